// The catalogue of refusals: every way in which a SCIM request is refused has a code, a status, a `scimType` and a sentence
// that is made of typed parameters. Refusals are raised by their code alone. The request log keeps code and parameters, and
// what an administrator can do about each is told by request-log/explanations. Pure.
import { ScimError } from '../messages/error.ts'
import { BODY_REFUSALS } from './body.ts'
import { BULK_REFUSALS } from './bulk.ts'
import { FILTER_REFUSALS } from './filter.ts'
import { PATCH_REFUSALS } from './patch.ts'
import { QUERY_REFUSALS } from './query.ts'
import type { Params, Refusal } from './refusal.ts'
import { RESOURCE_REFUSALS } from './resource.ts'
import { SERVICE_REFUSALS } from './service.ts'
import { VALUE_REFUSALS } from './value.ts'

export const REFUSALS = {
  ...SERVICE_REFUSALS,
  ...BODY_REFUSALS,
  ...VALUE_REFUSALS,
  ...PATCH_REFUSALS,
  ...FILTER_REFUSALS,
  ...QUERY_REFUSALS,
  ...RESOURCE_REFUSALS,
  ...BULK_REFUSALS,
}

export type RefusalCode = keyof typeof REFUSALS
export type ParamsOf<Code extends RefusalCode> = Parameters<(typeof REFUSALS)[Code]['detail']>[0]
/** Nothing is given where the sentence has nothing to fill in. */
type Given<Code extends RefusalCode> = keyof ParamsOf<Code> extends never ? [] : [params: ParamsOf<Code>]

/** A refusal that is known and not yet raised, for the errors that all doors share. */
export interface Reason {
  readonly code: string
  readonly params: Params
  readonly detail: string
}

/** Makes the error that refuses a request. */
export function refuse<Code extends RefusalCode>(code: Code, ...[params]: Given<Code>): ScimError {
  return fill(code, params ?? {})
}

export function because<Code extends RefusalCode>(code: Code, ...[params = {}]: Given<Code>): Reason {
  return { code, params, detail: refusalOf(code).detail(params) }
}

/** The same with what went wrong inside, for the log of the operator alone. */
export function refuseBecause({ code, params }: Reason, cause: unknown): ScimError {
  return fill(isRefusalCode(code) ? code : 'internal', params, cause)
}

export function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(REFUSALS, code)
}

function fill(code: RefusalCode, params: Params, cause?: unknown): ScimError {
  const { status, scimType, detail } = refusalOf(code)
  return new ScimError({ code, params, status, scimType, detail: detail(params) }, cause)
}

function refusalOf(code: RefusalCode): Refusal<Params> {
  return REFUSALS[code] as Refusal<Params>
}
