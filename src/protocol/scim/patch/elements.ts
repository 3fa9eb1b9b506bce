// Lists of complex values: which elements a PATCH operation means, and the two rules that hold for the list as a whole,
// one primary at most and nothing twice.

import type { Filter } from '../filter/filter.ts'
import type { Json, JsonObject } from '../messages/json.ts'
import { findSubAttribute } from '../schema/resource-schema.ts'
import type { Attribute } from '../schema/schema.ts'
import { sameJson } from '../values/equal.ts'
import { own } from './target.ts'

/**
 * Elements of which `changed` were written by the operation. When one of those is primary, every other value is not; of
 * several, the last one wins.
 * @see RFC 7644 §3.5.2
 */
export function withOnePrimary(
  elements: readonly JsonObject[],
  changed: ReadonlySet<JsonObject>,
): JsonObject[] {
  const primary = elements.findLast((element) => changed.has(element) && element.primary === true)
  if (!primary) return [...elements]
  return elements.map((element) =>
    element !== primary && element.primary === true ? { ...element, primary: false } : element,
  )
}

/** Adds elements, except what the list already says; one with the same value and type is completed, not repeated. */
export function append(current: readonly JsonObject[], added: readonly JsonObject[]): JsonObject[] {
  const elements = [...current]
  const places = new Map(elements.map((element, index) => [identity(element), index]))
  const changed = new Set<JsonObject>()
  for (const element of added) {
    const place = places.get(identity(element)) ?? elements.length
    const existing = elements[place]
    const next = existing ? { ...existing, ...element } : element
    if (sameJson(existing, next)) continue
    elements[place] = next
    places.set(identity(next), place)
    changed.add(next)
  }
  return withOnePrimary(elements, changed)
}

/** RFC 7643 §2.4: a list should not hold the same (type, value) twice; elements without a value compare whole. */
function identity(element: JsonObject): string {
  const { value, type } = element
  return value === undefined
    ? JSON.stringify(Object.entries(element).sort())
    : JSON.stringify([value, type ?? null])
}

/** The element that a filter describes: only `eq`, joined by `and`, says what a missing element should be. */
export function describedBy(filter: Filter): JsonObject | undefined {
  if (filter.kind === 'compare') {
    const writable =
      filter.op === 'eq' && filter.value !== null && filter.ref.attribute.mutability !== 'readOnly'
    return writable ? { [filter.ref.attribute.name]: filter.value } : undefined
  }
  if (filter.kind !== 'and') return undefined
  const parts = filter.terms.map(describedBy)
  return parts.every((part) => part !== undefined) ? Object.assign({}, ...parts) : undefined
}

/** A filter for the elements that a listed value means: by value and type, else by all that it says. */
export function listed(attribute: Attribute, item: Json): Filter {
  const given = typeof item === 'object' && item !== null && !Array.isArray(item) ? item : { value: item }
  const terms = Object.entries(given).flatMap(([name, value]): Filter[] => {
    const sub = findSubAttribute(attribute, name)
    if (!sub || value === null || typeof value === 'object') return []
    return [
      { kind: 'compare', ref: { extension: undefined, attribute: sub, sub: undefined }, op: 'eq', value },
    ]
  })
  const telling = own(given, 'value') === undefined ? terms : terms.filter(isIdentifying)
  // An item that says nothing means no element, not every one.
  return telling.length > 0 ? { kind: 'and', terms: telling } : { kind: 'never', name: attribute.name }
}

function isIdentifying(term: Filter): boolean {
  return (
    term.kind === 'compare' && (term.ref.attribute.name === 'value' || term.ref.attribute.name === 'type')
  )
}
