import type { ScimType } from '../messages/error.ts'

/** The parameters of a refusal's sentence. Pass a client's text through `echo` first, which masks and shortens it. */
export type Params = Readonly<Record<string, string | number | readonly string[] | undefined>>

/** One way to refuse a request, and its sentence. */
export interface Refusal<P extends Params> {
  readonly status: number
  readonly scimType: ScimType | undefined
  readonly detail: (params: P) => string
}

/** For refusals whose sentence has no parameters. */
export type NoParams = Readonly<Record<never, never>>

export function refusal<P extends Params = NoParams>(
  status: number,
  scimType: ScimType | undefined,
  detail: (params: P) => string,
): Refusal<P> {
  return { status, scimType, detail }
}
