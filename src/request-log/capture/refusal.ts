// The reason why a request was refused, in the form the log stores.

/** A code of the refusal catalog and the parameters of its message. */
export interface LoggedRefusal {
  readonly code: string
  readonly params: Readonly<Record<string, unknown>>
}

interface Failed {
  readonly status: number
  readonly refusal?: LoggedRefusal
}

/** The code of a bulk request with failed operations. */
export const BULK_PART = 'bulk-part'

/**
 * Summarizes a bulk request, which is answered with 200: the number of failed operations and the refusal of the
 * first.
 */
export function refusalOfParts(parts: readonly Failed[]): LoggedRefusal | undefined {
  const failed = parts.filter(({ status }) => status >= 400)
  const [first] = failed
  if (!first) return undefined
  const params = { failed: failed.length, operations: parts.length, status: first.status }
  return { code: BULK_PART, params: first.refusal ? { ...params, first: first.refusal } : params }
}
