// Why a request failed and what to do about it, in words for the administrator who has to: what is the matter, with
// which field, by which rule, and where in that identity provider's console it is put right.

import type { Operation } from '../capture/operation.ts'
import { CONSOLES } from './consoles.ts'
import type { IdpKind } from './idp-kind.ts'
import { KNOWN } from './known-failures.ts'

/** What is known of a request that failed. */
export interface Failure {
  readonly status: number
  readonly scimType: string | null
  readonly detail: string | null
  readonly operation: Operation
  readonly objectType: string | null
  readonly objectName: string | null
}

export interface Explanation {
  /** Stable, for programs and translations. */
  readonly code: string
  /** The SCIM attribute that it is about. */
  readonly field: string | undefined
  /** Id of the user that has already what this one wanted. */
  readonly otherUserId: string | undefined
  /** The rule that was broken, as it was told to the identity provider. */
  readonly rule: string
  /** What that means. */
  readonly cause: string
  /** What to do, in order. */
  readonly steps: readonly string[]
  /** Who can put it right: somebody there, somebody here, or nobody needs to. */
  readonly where: 'idp' | 'here' | 'nowhere'
}

export function explain(failure: Failure, kind: IdpKind): Explanation {
  const known = KNOWN.find(({ fits }) => fits(failure))
  if (!known) throw new Error('the last one fits everything')
  const field = known.field?.(failure)
  return {
    code: known.code,
    field,
    otherUserId: /taken by the user .*\(id ([0-9a-f-]{36})\)/.exec(failure.detail ?? '')?.[1],
    rule: failure.detail ?? `HTTP ${failure.status}`,
    cause: sentence(known.cause(failure)),
    steps: known.steps(CONSOLES[kind], failure, field).map(sentence),
    where: known.where,
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
