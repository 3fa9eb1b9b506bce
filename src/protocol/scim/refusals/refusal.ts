import type { ScimType } from '../messages/error.ts'

/** What the sentence of a refusal is filled with. Texts of the client are masked and cut before they become one (`echo`). */
export type Params = Readonly<Record<string, string | number | readonly string[] | undefined>>

/** One way to refuse a request: how SCIM answers it, and its sentence. */
export interface Refusal<P extends Params> {
  readonly status: number
  readonly scimType: ScimType | undefined
  readonly detail: (params: P) => string
}

/** For the refusals whose sentence has nothing to fill in. */
export type NoParams = Readonly<Record<never, never>>

export function refusal<P extends Params = NoParams>(
  status: number,
  scimType: ScimType | undefined,
  detail: (params: P) => string,
): Refusal<P> {
  return { status, scimType, detail }
}
