// The form of an attack case, as it stands in the JSON files beside this one.
import { readFileSync } from 'node:fs'

export interface AttackRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Object or array = JSON, string = raw text, null = none. */
  readonly body: unknown
  readonly count?: number
}

/** Rules by name; which there are stands in checks.ts. */
export type Rules = Readonly<Record<string, unknown>>

export interface FollowUp {
  readonly afterMs: number
  readonly request: AttackRequest
  readonly must?: Rules
  readonly mustNot?: Rules
}

export interface AttackCase {
  readonly id: string
  readonly area: string
  readonly title: string
  readonly request: AttackRequest
  readonly must: Rules
  readonly mustNot: Rules
  readonly then?: readonly FollowUp[]
  readonly repeat?: {
    readonly count: number
    readonly concurrency?: number
    readonly retryOn?: readonly number[]
  }
  readonly parallelWith?: AttackRequest
  readonly ref?: string
}

export const SCIM_AREAS = [
  'scim-authn',
  'scim-tenancy',
  'scim-filter',
  'scim-patch',
  'scim-parse',
  'scim-race',
  'scim-bulk',
] as const

export function casesOf(area: (typeof SCIM_AREAS)[number]): AttackCase[] {
  return JSON.parse(readFileSync(`${import.meta.dirname}/${area}.json`, 'utf8')) as AttackCase[]
}
