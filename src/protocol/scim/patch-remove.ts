import { isObject, type Json, type JsonObject } from './json.ts'
import { matches } from './match.ts'
import { listed } from './patch-elements.ts'
import {
  elementsOf,
  type Patch,
  requireOneElement,
  type Target,
  withContent,
  withMember,
} from './patch-target.ts'
import { isUnassigned } from './value.ts'

/**
 * The attribute's value after a remove; undefined when none is left. What is not there needs no removing.
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
  if (ref.attribute.type !== 'complex') return undefined
  if (ref.sub || filter) return removeSelected(elementsOf(current), target, patch)
  // RFC 7644 gives the value of a remove no meaning. IdPs list there what they mean to remove: taking the whole list
  // away instead would be a loss that nobody asked for, so the list is heard in every mode.
  if (isUnassigned(value) && !Array.isArray(value)) return undefined
  const doomed = (Array.isArray(value) ? value : [value]).map((item) => listed(ref.attribute, item ?? null))
  return elementsOf(current).filter((element) => !doomed.some((filter) => matches(element, filter)))
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
