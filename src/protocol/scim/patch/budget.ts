import type { Filter } from '../filter/filter.ts'
import type { Json } from '../messages/json.ts'
import { refuse } from '../refusals/refusals.ts'
import { elementsOf, type Patch, type Target } from './target.ts'

/**
 * The number of element comparisons that one PATCH may cause. They take a fraction of a second, and it is about a
 * hundred times what the largest message of an identity provider needs.
 */
export const BUDGET = 200_000

/** Comparing this many characters costs about as much as visiting one element. */
const CHARACTERS_PER_STEP = 256

/**
 * Charges an operation for walking a list. A thousand operations with long filters on a list of a thousand elements
 * are each within their limits, but together they would block all other requests.
 * @throws {ScimError} 400 tooMany
 */
export function spend({ filter, value, op }: Target, current: Json | undefined, patch: Patch): void {
  const listed = op === 'remove' && Array.isArray(value) ? value.length : 1
  patch.budget -= steps(current) * (filter ? conditions(filter) : listed)
  if (patch.budget < 0) throw refuse('patch-too-costly', { limit: BUDGET })
}

function steps(list: Json | undefined): number {
  return elementsOf(list).reduce(
    (total, element) => total + 1 + characters(Object.values(element)) / CHARACTERS_PER_STEP,
    0,
  )
}

function characters(values: Json[]): number {
  return values.reduce((total: number, value) => total + (typeof value === 'string' ? value.length : 0), 0)
}

function conditions(filter: Filter): number {
  if (filter.kind === 'and' || filter.kind === 'or') {
    return filter.terms.reduce((total, term) => total + conditions(term), 0)
  }
  return filter.kind === 'not' ? conditions(filter.term) : 1
}
