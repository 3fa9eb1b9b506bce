// This folder is the catalog of refusals: each way to refuse a SCIM request has a code, a status, a `scimType` and a
// sentence with typed parameters. All of protocol/scim raises refusals by their code, and so do the SCIM endpoint and
// the directory.
// The request log stores code and parameters; src/request-log/explanations tells administrators what to do. Pure.
// Start here with `refuse`; refusal.ts has the types, and each other file one group of refusals.
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
/** No argument if the sentence has no parameters. */
type Given<Code extends RefusalCode> = keyof ParamsOf<Code> extends never ? [] : [params: ParamsOf<Code>]

/** A refusal that hasn't been raised yet, for errors that don't only concern SCIM. */
export interface Reason {
  readonly code: string
  readonly params: Params
  readonly detail: string
}

/** Returns the error that refuses a request. */
export function refuse<Code extends RefusalCode>(code: Code, ...[params]: Given<Code>): ScimError {
  return fill(code, params ?? {})
}

/** Returns a refusal without raising it. */
export function because<Code extends RefusalCode>(code: Code, ...[params = {}]: Given<Code>): Reason {
  return { code, params, detail: refusalOf(code).detail(params) }
}

/** Returns the error for a reason, with the internal cause for the operator's log only. */
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
