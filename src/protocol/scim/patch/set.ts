import type { Filter } from '../filter/filter.ts'
import { matches } from '../filter/match.ts'
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { refuse } from '../refusals/refusals.ts'
import { nameOf } from '../schema/names.ts'
import { findSubAttribute } from '../schema/resource-schema.ts'
import type { Attribute } from '../schema/schema.ts'
import { isUnassigned, readElement, readElements, readValue } from '../values/value.ts'
import { append, describedBy, withOnePrimary } from './elements.ts'
import { elementsOf, type Patch, requireOneElement, type Target, withContent, withMember } from './target.ts'

/**
 * Returns an attribute's value after an add or replace, or undefined if it has none. The two differ only for lists:
 * add appends to the list, replace replaces it.
 * @throws {ScimError} 400 invalidValue or noTarget
 * @see RFC 7644 §3.5.2.1, §3.5.2.3
 */
export function setValue(current: Json | undefined, target: Target, patch: Patch): Json | undefined {
  const { attribute, sub } = target.ref
  if (attribute.multiValued) return setList(current, target, patch)
  if (attribute.type !== 'complex') return read(target, attribute, patch)
  const object = isObject(current) ? current : {}
  if (sub) return setMember(object, target, patch)
  // RFC 7644 §3.5.2.3 merges the members. The interop profile draft replaces the whole object.
  return merge(patch.mode === 'strict' && target.op === 'replace' ? {} : object, target, patch)
}

function setList(current: Json | undefined, target: Target, patch: Patch): Json | undefined {
  const { ref, filter, op } = target
  if (filter) return setSelected(elementsOf(current), filter, target, patch)
  if (ref.sub) return setEverywhere(elementsOf(current), target, patch)
  return op === 'add' ? addElements(current, target, patch) : read(target, ref.attribute, patch)
}

/** Sets every element that the filter selects. If it selects none, adds the element that it describes. */
function setSelected(elements: JsonObject[], filter: Filter, target: Target, patch: Patch): Json | undefined {
  const selected = new Set(elements.filter((element) => matches(element, filter)))
  requireOneElement(selected.size, target, patch)
  if (selected.size === 0) return addDescribed(elements, filter, target, patch)
  return rewrite(elements, selected, (element) => setElement(element, filter, target, patch))
}

/** Sets a sub-attribute of every element, as for the path `emails.value`. An empty list gets a first element. */
function setEverywhere(elements: JsonObject[], target: Target, patch: Patch): Json | undefined {
  const all = elements.length > 0 ? elements : [{}]
  return rewrite(all, new Set(all), (element) => setMember(element, target, patch))
}

function rewrite(
  elements: JsonObject[],
  selected: ReadonlySet<JsonObject>,
  write: (element: JsonObject) => JsonObject | undefined,
): JsonObject[] {
  const changed = new Set<JsonObject>()
  const next = elements.flatMap((element) => {
    if (!selected.has(element)) return [element]
    const written = write(element)
    if (!written) return []
    changed.add(written)
    return [written]
  })
  return withOnePrimary(next, changed)
}

/** Returns the element after the operation, or undefined if it has no content left. */
function setElement(
  element: JsonObject,
  filter: Filter,
  target: Target,
  patch: Patch,
): JsonObject | undefined {
  if (target.ref.sub) return setMember(element, target, patch)
  if (target.op === 'add') return isUnassigned(target.value) ? element : merge(element, target, patch)
  const replacement = merge({}, target, patch)
  // RFC 7644 §3.5.2.3 replaces the whole element, but it has to stay the one that the filter describes: a client that
  // replaces emails[type eq "work"] by a bare value doesn't mean to remove the type. Strict mode never gets here.
  return replacement && { ...describedBy(filter), ...replacement }
}

/**
 * Adds the element that a filter describes if the filter selected none. RFC 7644 §3.5.2.3 fails with noTarget, but
 * Entra expects a new element and sends one operation for each of its sub-attributes.
 * This can't be a quirk: whether the filter selects anything is only known once the earlier operations have been
 * applied.
 * @throws {ScimError} 400 noTarget in strict mode, or if the filter doesn't describe an element
 */
function addDescribed(
  elements: JsonObject[],
  filter: Filter,
  target: Target,
  patch: Patch,
): Json | undefined {
  const described = patch.mode === 'lenient' ? describedBy(filter) : undefined
  if (!described) {
    throw refuse('filter-selects-nothing', { name: nameOf(target.ref) })
  }
  const element = target.ref.sub ? setMember({}, target, patch) : merge({}, target, patch)
  return element ? append(elements, [{ ...described, ...element }]) : elements
}

function addElements(current: Json | undefined, target: Target, patch: Patch): Json | undefined {
  const { attribute } = target.ref
  const value = target.value ?? null
  const list = Array.isArray(value) ? value : [value]
  const added = readElements(list, attribute, nameOf(target.ref), patch.unknown, patch.mode) ?? []
  if (attribute.type === 'complex') return append(elementsOf(current), elementsOf(added))
  return [...(Array.isArray(current) ? current : []), ...added]
}

function setMember(object: JsonObject, target: Target, patch: Patch): JsonObject | undefined {
  const { sub } = target.ref
  return sub && withContent(withMember(object, sub.name, read(target, sub, patch)), object)
}

/** Merges the value into an object: sub-attributes that it doesn't name keep their values. @see RFC 7644 §3.5.2.3 */
function merge(object: JsonObject, target: Target, patch: Patch): JsonObject | undefined {
  const { attribute } = target.ref
  const value = target.value ?? null
  if (isUnassigned(value)) return undefined
  const given = readElement(value, attribute, nameOf(target.ref), patch.unknown, patch.mode)
  const kept = isObject(value) ? withoutCleared(object, attribute, value) : object
  return withContent({ ...kept, ...(isObject(given) ? given : {}) }, object)
}

function withoutCleared(object: JsonObject, attribute: Attribute, value: JsonObject): JsonObject {
  return Object.entries(value).reduce((rest, [name, each]) => {
    const sub = isUnassigned(each) ? findSubAttribute(attribute, name) : undefined
    return sub && sub.mutability !== 'readOnly' ? withMember(rest, sub.name, undefined) : rest
  }, object)
}

function read(target: Target, attribute: Attribute, patch: Patch): Json | undefined {
  return readValue(target.value ?? null, attribute, nameOf(target.ref), patch.unknown, patch.mode)
}
