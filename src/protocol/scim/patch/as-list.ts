// Applies operations whose filter is on an attribute that isn't a list of objects: `manager[value eq "7"]`, or
// `urn:…:assurance[value eq "low"]` on a list of texts. RFC 7644 §3.5.2 has no such paths, but identity providers
// send them, and refusing one would also lose the other operations of the request. The attribute is treated as a list
// of objects and converted back.
import { matches } from '../filter/match.ts'
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import type { Attribute } from '../schema/schema.ts'
import { removeValue } from './remove.ts'
import { setValue } from './set.ts'
import { elementsOf, type Patch, type Target } from './target.ts'

/** Returns an attribute's value as a list of objects. */
export function asElements(current: Json | undefined, { type }: Attribute): JsonObject[] {
  if (current === undefined) return []
  const values = Array.isArray(current) ? current : [current]
  return type === 'complex' ? values.filter(isObject) : values.map((value) => ({ value }))
}

/**
 * Returns the attribute's value after the operation. If the filter doesn't match an existing single value, nothing
 * changes. If there is no value, add and replace create the one that the filter describes.
 */
export function applyAsList(current: Json | undefined, target: Target, patch: Patch): Json | undefined {
  const { attribute } = target.ref
  if (!target.asList) return current
  const before = asElements(current, attribute)
  const listed: Target = {
    ...target,
    ref: { ...target.ref, attribute: target.asList },
    value: target.ref.sub ? target.value : asObject(target.value),
  }
  if (!attribute.multiValued && before[0] && !isSelected(before[0], target)) return current
  const list = before.length > 0 ? before : undefined
  const after = elementsOf(
    target.op === 'remove' ? removeValue(list, listed, patch) : setValue(list, listed, patch),
  )
  const values = attribute.type === 'complex' ? after : after.map(({ value }) => value)
  return attribute.multiValued ? values.filter((value) => value !== undefined) : values[0]
}

function isSelected(element: JsonObject, { filter }: Target): boolean {
  return filter === undefined || matches(element, filter)
}

function asObject(value: Json | undefined): Json | undefined {
  const only = Array.isArray(value) && value.length === 1 ? value[0] : value
  return only === undefined || only === null || isObject(only) ? only : { value: only }
}
