// Applies the rules for the elements of a multi-valued attribute as a whole. @see RFC 7643 §2.4
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { findSubAttribute } from '../schema/resource-schema.ts'
import type { Attribute } from '../schema/schema.ts'

/**
 * Returns the list without duplicates, with one element for each value and type and at most one primary element; the
 * last one wins.
 * @param elements as readElement returns them: their members are in schema order, so equal elements are equal as text
 */
export function settledElements(elements: Json[], attribute: Attribute): Json[] {
  if (elements.length < 2) return elements
  const different = hasTypedValues(attribute) ? together(elements, attribute) : distinct(elements)
  const settled = withOnePrimary(different)
  return settled === different ? different : distinct(settled)
}

function hasTypedValues(attribute: Attribute): boolean {
  return Boolean(findSubAttribute(attribute, 'value') && findSubAttribute(attribute, 'type'))
}

/** Merges elements with the same value and type. Where both have a member, the later element's wins. */
function together(elements: Json[], attribute: Attribute): Json[] {
  const found = new Map<string, Json>()
  for (const element of elements) {
    const key = identity(element)
    const before = found.get(key)
    found.set(key, before === undefined ? element : completed(before, element, attribute))
  }
  return found.size === elements.length ? elements : [...found.values()]
}

/** Returns what identifies an element: its value and type or, without a value, the whole element. */
function identity(element: Json): string {
  return isObject(element) && element.value !== undefined
    ? JSON.stringify([element.value, element.type ?? null])
    : JSON.stringify(element)
}

function completed(before: Json, after: Json, { subAttributes = [] }: Attribute): Json {
  if (!isObject(before) || !isObject(after)) return after
  const both: JsonObject = { ...before, ...after }
  const names = subAttributes.map(({ name }) => name).filter((name) => Object.hasOwn(both, name))
  return Object.fromEntries(names.map((name) => [name, both[name] ?? null]))
}

function distinct(elements: Json[]): Json[] {
  const seen = new Set<string>()
  const different = elements.filter((element) => seen.size !== seen.add(JSON.stringify(element)).size)
  return different.length === elements.length ? elements : different
}

/** Returns the list with only its last primary element primary; `elements` itself if it has at most one. */
function withOnePrimary(elements: Json[]): Json[] {
  const last = elements.findLastIndex(isPrimary)
  if (elements.findIndex(isPrimary) === last) return elements
  return elements.map((element, index) =>
    index !== last && isObject(element) && element.primary === true
      ? { ...element, primary: false }
      : element,
  )
}

function isPrimary(element: Json): boolean {
  return isObject(element) && element.primary === true
}
