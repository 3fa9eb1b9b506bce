// Why a request was refused, as the log keeps it.

/** The code of the catalogue of refusals and what its sentence is filled with. */
export interface LoggedRefusal {
  readonly code: string
  readonly params: Readonly<Record<string, unknown>>
}

interface Failed {
  readonly status: number
  readonly refusal?: LoggedRefusal
}

/** The code of a bulk request of which operations failed. */
export const BULK_PART = 'bulk-part'

/** A bulk request is answered with 200: how many of its operations failed, and the refusal of the first. */
export function refusalOfParts(parts: readonly Failed[]): LoggedRefusal | undefined {
  const failed = parts.filter(({ status }) => status >= 400)
  const [first] = failed
  if (!first) return undefined
  const params = { failed: failed.length, operations: parts.length, status: first.status }
  return { code: BULK_PART, params: first.refusal ? { ...params, first: first.refusal } : params }
}
