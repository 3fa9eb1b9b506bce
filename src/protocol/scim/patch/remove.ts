import { matches } from '../filter/match.ts'
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import type { Attribute } from '../schema/schema.ts'
import { caseKey } from '../values/text.ts'
import { isUnassigned } from '../values/value.ts'
import { listed } from './elements.ts'
import {
  elementsOf,
  own,
  type Patch,
  requireOneElement,
  type Target,
  withContent,
  withMember,
} from './target.ts'

/**
 * Returns an attribute's value after a remove, or undefined if none is left. Removing a missing value succeeds.
 * @see RFC 7644 §3.5.2.2
 */
export function removeValue(current: Json | undefined, target: Target, patch: Patch): Json | undefined {
  const { ref, filter } = target
  if (current === undefined) return undefined
  if (ref.attribute.multiValued) return removeFromList(current, target, patch)
  if (filter || !ref.sub) return undefined
  return isObject(current) ? withContent(withMember(current, ref.sub.name, undefined), current) : current
}

function removeFromList(current: Json, target: Target, patch: Patch): Json | undefined {
  const { ref, filter, value } = target
  if (ref.attribute.type !== 'complex') return removeListedValues(current, ref.attribute, value)
  if (ref.sub || filter) return removeSelected(elementsOf(current), target, patch)
  // RFC 7644 gives the value of a remove no meaning, but identity providers list in it what they want to remove.
  // Removing the whole list would lose data that nobody asked to remove, so both modes remove the listed elements.
  if (isUnassigned(value) && !Array.isArray(value)) return undefined
  const doomed = (Array.isArray(value) ? value : [value]).map((item) => listed(ref.attribute, item ?? null))
  return elementsOf(current).filter((element) => !doomed.some((filter) => matches(element, filter)))
}

/** Removes the listed values from a list of simple values. */
function removeListedValues(current: Json, attribute: Attribute, value: Json | undefined): Json | undefined {
  if (isUnassigned(value) && !Array.isArray(value)) return undefined
  const doomed = (Array.isArray(value) ? value : [value]).map((item) => keyOf(bare(item ?? null), attribute))
  const values = Array.isArray(current) ? current : [current]
  return values.filter((each) => !doomed.includes(keyOf(each, attribute)))
}

function bare(item: Json): Json {
  return isObject(item) ? (own(item, 'value') ?? null) : item
}

/** Returns a key that is the same for equal values. */
function keyOf(value: Json, { caseExact }: Attribute): string {
  return JSON.stringify(typeof value === 'string' && !caseExact ? caseKey(value) : value)
}

function removeSelected(elements: JsonObject[], target: Target, patch: Patch): JsonObject[] {
  const { ref, filter } = target
  const selected = new Set(filter ? elements.filter((element) => matches(element, filter)) : elements)
  if (filter) requireOneElement(selected.size, target, patch)
  return elements.flatMap((element) => {
    if (!selected.has(element)) return [element]
    if (!ref.sub) return []
    const rest = withContent(withMember(element, ref.sub.name, undefined), element)
    return rest ? [rest] : []
  })
}
