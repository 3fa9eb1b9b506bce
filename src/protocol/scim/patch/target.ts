// Finds the attributes that a PATCH operation changes, and reads and writes one attribute of a resource. `Patch`
// carries what the operations of one request share.
import type { Filter } from '../filter/filter.ts'
import { findPath } from '../filter/path.ts'
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { echo } from '../messages/secrets.ts'
import { refuse } from '../refusals/refusals.ts'
import { nameOf } from '../schema/names.ts'
import { findAttribute, findExtension, isSameUrn } from '../schema/resource-schema.ts'
import type { Attribute, AttributeRef, ResourceSchema, Schema } from '../schema/schema.ts'
import { leaveOut, type Mode } from '../values/value.ts'

export type PatchOperation = { op: 'add' | 'remove' | 'replace'; path?: string; value?: Json }

export interface Patch {
  readonly schema: ResourceSchema
  readonly mode: Mode
  /** Names that match no attribute, in the order they occur. */
  readonly unknown: string[]
  password: string | undefined
  /** How many known attributes the operations have named. */
  targets: number
  /** Whether an operation cleared `active`, which then keeps its value. */
  activeKept: boolean
  /** Names of the attributes that the operations mention. */
  readonly named: Set<string>
  /** How much work the operations may still cause, see `spend`. */
  budget: number
}

/** An attribute, or a part of one, and the change that an operation makes to it. */
export interface Target {
  readonly op: PatchOperation['op']
  readonly ref: AttributeRef
  readonly filter: Filter | undefined
  readonly value: Json | undefined
  /** See `Path` in ../filter/path.ts. */
  readonly asList?: Attribute | undefined
}

/**
 * Returns what an operation changes. The list is empty if its names are unknown.
 * @throws {ScimError} 400 noTarget, invalidPath, invalidFilter or invalidValue; strict mode: invalidSyntax
 */
export function targetsOf(operation: PatchOperation, patch: Patch): Target[] {
  const { op, path, value } = operation
  if (op !== 'remove' && value === undefined) throw refuse('operation-without-value', { op })
  if (path === undefined) {
    if (patch.mode === 'strict') throw refuse('operation-without-path', { op })
    // RFC 7644 §3.5.2.2: of the three operations, only remove requires a path.
    if (op === 'remove') throw refuse('remove-without-path')
    return membersOf(op, value, patch, undefined)
  }
  if (isSameUrn(path, patch.schema.core.id)) return membersOf(op, value, patch, undefined)
  const extension = findExtension(patch.schema, path)
  if (extension) return extensionTargets(op, value, patch, extension)
  const found = findPath(path, patch.schema, patch.mode)
  if (found) {
    const { ref, filter, asList } = found
    return [inMode({ op, ref, filter, value, asList }, path, patch)]
  }
  return unknownPath(path, patch)
}

/**
 * In strict mode, refuses a filter that selects whole elements: they are changed by their sub-attributes (interop
 * profile draft, 6.5.2).
 * @throws {ScimError} 400 invalidPath
 */
function inMode(target: Target, path: string, { mode }: Patch): Target {
  if (mode === 'lenient' || !target.filter || target.ref.sub) return target
  throw refuse('path-malformed', { path: echo(path), problem: 'whole-element' })
}

/**
 * In strict mode, refuses a filter that selects several elements (interop profile draft, 6.5.3).
 * @throws {ScimError} 400 invalidFilter
 */
export function requireOneElement(selected: number, { ref }: Target, { mode }: Patch): void {
  if (mode === 'lenient' || selected <= 1) return
  throw refuse('filter-selects-many', { name: nameOf(ref) })
}

/**
 * Returns one target for each attribute in the value of an operation that has no path, or whose path is a schema's
 * URN. @see RFC 7644 §3.5.2.1, §3.5.2.3
 */
function membersOf(
  op: PatchOperation['op'],
  value: Json | undefined,
  patch: Patch,
  extension: Schema | undefined,
): Target[] {
  if (!isObject(value)) {
    throw refuse('operation-value-not-object')
  }
  return Object.entries(value).flatMap(([name, each]) => memberTargets(op, name, each, patch, extension))
}

function memberTargets(
  op: PatchOperation['op'],
  name: string,
  value: Json,
  patch: Patch,
  extension: Schema | undefined,
): Target[] {
  const inner = extension ? undefined : findExtension(patch.schema, name)
  if (inner) return extensionTargets(op, value, patch, inner)
  const attribute = findAttribute(patch.schema, name, extension?.id)
  if (!attribute) {
    leaveOut(extension ? `${extension.id}:${name}` : name, patch.unknown, patch.mode)
    return []
  }
  return [{ op, ref: { extension: extension?.id, attribute, sub: undefined }, filter: undefined, value }]
}

/** Returns one target for each attribute of an extension, so that it can be set or cleared as a whole. */
function extensionTargets(
  op: PatchOperation['op'],
  value: Json | undefined,
  patch: Patch,
  extension: Schema,
): Target[] {
  if (op !== 'remove' && value !== null) return membersOf(op, value, patch, extension)
  return extension.attributes
    .filter(({ mutability }) => mutability !== 'readOnly')
    .map((attribute) => ({
      op: 'remove' as const,
      ref: { extension: extension.id, attribute, sub: undefined },
      filter: undefined,
      value: undefined,
    }))
}

/** Reports an unknown path in lenient mode and refuses it in strict mode. RFC 7644 doesn't say which is right. */
function unknownPath(path: string, { mode, unknown }: Patch): [] {
  leaveOut(path, unknown, mode)
  return []
}

/**
 * Refuses to write read-only attributes and to remove required ones.
 * @throws {ScimError} 400 mutability
 * @see RFC 7644 §3.5.2
 */
export function requireWritable({ ref, op }: Target): void {
  const leaf = ref.sub ?? ref.attribute
  if (ref.attribute.mutability === 'readOnly' || leaf.mutability === 'readOnly')
    throw refuse('attribute-read-only', { name: nameOf(ref) })
  // An extension may be removed together with its required attributes; requireComplete checks what remains.
  if (op === 'remove' && leaf.required && ref.extension === undefined)
    throw refuse('attribute-not-removable', { name: nameOf(ref) })
}

/**
 * Refuses to change an immutable attribute. RFC 7644 §3.5.2 only lets a client add a value to one that has none.
 * @throws {ScimError} 400 mutability
 */
export function requireUnchanged(ref: AttributeRef): void {
  if ((ref.sub ?? ref.attribute).mutability === 'immutable')
    throw refuse('attribute-immutable', { name: nameOf(ref) })
}

export function getAttribute(resource: JsonObject, { extension, attribute }: AttributeRef): Json | undefined {
  const container = extension === undefined ? resource : own(resource, extension)
  return isObject(container) ? own(container, attribute.name) : undefined
}

/**
 * Returns a copy of the resource with one attribute set. An attribute without a value is left out, and so is an
 * extension that becomes empty.
 */
export function setAttribute(resource: JsonObject, ref: AttributeRef, value: Json | undefined): JsonObject {
  const { extension, attribute } = ref
  if (extension === undefined) return withMember(resource, attribute.name, value)
  const container = own(resource, extension)
  const next = withMember(isObject(container) ? container : {}, attribute.name, value)
  return withMember(resource, extension, Object.keys(next).length > 0 ? next : undefined)
}

/** Returns a copy of an object with one member set or, if `value` is undefined, left out. */
export function withMember(object: JsonObject, name: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...object, [name]: value }
  const { [name]: _left, ...rest } = object
  return rest
}

export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

export function elementsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Returns a multi-valued attribute's definition as that of one of its elements. */
export function singular(attribute: Attribute): Attribute {
  return { ...attribute, multiValued: false }
}

/**
 * Returns `next`, or undefined if it no longer has content: it has no members, or only the labels `type`, `primary`
 * and `$ref` although `before` had more.
 */
export function withContent(next: JsonObject, before: JsonObject): JsonObject | undefined {
  const names = Object.keys(next)
  const lostContent = names.every(isLabel) && !Object.keys(before).every(isLabel)
  return names.length === 0 || lostContent ? undefined : next
}

function isLabel(name: string): boolean {
  return name === 'type' || name === 'primary' || name === '$ref'
}
