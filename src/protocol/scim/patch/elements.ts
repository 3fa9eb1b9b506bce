// Selects and combines elements of lists of complex values. A list has at most one primary element and no duplicates.

import type { Filter } from '../filter/filter.ts'
import type { Json, JsonObject } from '../messages/json.ts'
import { findSubAttribute } from '../schema/resource-schema.ts'
import type { Attribute } from '../schema/schema.ts'
import { sameJson } from '../values/equal.ts'
import { own } from './target.ts'

/**
 * Returns the elements. If the operation wrote a primary one (`changed` has what it wrote), all others become
 * non-primary; of several, the last one stays primary.
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

/** Appends elements. One with the value and type of an existing element completes that instead of repeating it. */
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

/**
 * Returns what identifies an element: its value and type or, if it has no value, all its members. RFC 7643 §2.4 says
 * that a list shouldn't have the same value and type twice.
 */
function identity(element: JsonObject): string {
  const { value, type } = element
  return value === undefined
    ? JSON.stringify(Object.entries(element).sort())
    : JSON.stringify([value, type ?? null])
}

/**
 * Returns the element that a filter describes. Only `eq` conditions, joined by `and`, say what a missing element
 * should contain; other filters return undefined.
 */
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

/**
 * Returns a filter for the elements that a listed value refers to: by value and type or, if it has no value, by all
 * its members.
 */
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
  // An item without content selects no element, rather than all of them.
  return telling.length > 0 ? { kind: 'and', terms: telling } : { kind: 'never', name: attribute.name }
}

function isIdentifying(term: Filter): boolean {
  return (
    term.kind === 'compare' && (term.ref.attribute.name === 'value' || term.ref.attribute.name === 'type')
  )
}
