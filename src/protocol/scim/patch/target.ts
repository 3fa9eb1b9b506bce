// What the operations of one PATCH share: where each of them points, what has been found out on the way, and how an
// attribute is read from and put into the resource.
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
  /** Names that lead to no attribute, in the order in which they were met. */
  readonly unknown: string[]
  password: string | undefined
  /** How many attributes the operations have found. */
  targets: number
  /** Whether an operation cleared `active`, which keeps its value. */
  activeKept: boolean
  /** Names of the attributes that the operations speak of. */
  readonly named: Set<string>
  /** What the operations may still cost, see `spend`. */
  budget: number
}

/** One attribute, or a part of it, with what one operation wants done to it. */
export interface Target {
  readonly op: PatchOperation['op']
  readonly ref: AttributeRef
  readonly filter: Filter | undefined
  readonly value: Json | undefined
  /** See Path. */
  readonly asList?: Attribute | undefined
}

/** @throws {ScimError} 400 noTarget | invalidPath | invalidFilter | invalidValue; strict: invalidSyntax */
export function targetsOf(operation: PatchOperation, patch: Patch): Target[] {
  const { op, path, value } = operation
  if (op !== 'remove' && value === undefined) throw refuse('operation-without-value', { op })
  if (path === undefined) {
    if (patch.mode === 'strict') throw refuse('operation-without-path', { op })
    // RFC 7644 §3.5.2.2: only a remove needs a path.
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

/** The interop profile draft, 6.5.2: an element is changed by its sub-attributes. */
function inMode(target: Target, path: string, { mode }: Patch): Target {
  if (mode === 'lenient' || !target.filter || target.ref.sub) return target
  throw refuse('path-malformed', { path: echo(path), problem: 'whole-element' })
}

/** The interop profile draft, 6.5.3: a filter means one element. @throws {ScimError} 400 invalidFilter in strict mode */
export function requireOneElement(selected: number, { ref }: Target, { mode }: Patch): void {
  if (mode === 'lenient' || selected <= 1) return
  throw refuse('filter-selects-many', { name: nameOf(ref) })
}

/** RFC 7644 §3.5.2.1, §3.5.2.3: without a path the value is a set of attributes of the resource, or of an extension. */
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

/** A whole extension: its attributes are set one by one, or cleared one by one. */
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

/** RFC 7644 says nothing of unknown names: reported where the IdP is treated leniently, refused where strictly. */
function unknownPath(path: string, { mode, unknown }: Patch): [] {
  leaveOut(path, unknown, mode)
  return []
}

/** @throws {ScimError} 400 mutability. @see RFC 7644 §3.5.2 */
export function requireWritable({ ref, op }: Target): void {
  const leaf = ref.sub ?? ref.attribute
  if (ref.attribute.mutability === 'readOnly' || leaf.mutability === 'readOnly')
    throw refuse('attribute-read-only', { name: nameOf(ref) })
  // An extension may go as a whole, with what it requires; see requireComplete.
  if (op === 'remove' && leaf.required && ref.extension === undefined)
    throw refuse('attribute-not-removable', { name: nameOf(ref) })
}

/** RFC 7644 §3.5.2: a value may be added to an immutable attribute that has none. */
export function requireUnchanged(ref: AttributeRef): void {
  if ((ref.sub ?? ref.attribute).mutability === 'immutable')
    throw refuse('attribute-immutable', { name: nameOf(ref) })
}

export function getAttribute(resource: JsonObject, { extension, attribute }: AttributeRef): Json | undefined {
  const container = extension === undefined ? resource : own(resource, extension)
  return isObject(container) ? own(container, attribute.name) : undefined
}

/** A resource with that value; without a trace of the attribute, or of its extension, when nothing is left of it. */
export function setAttribute(resource: JsonObject, ref: AttributeRef, value: Json | undefined): JsonObject {
  const { extension, attribute } = ref
  if (extension === undefined) return withMember(resource, attribute.name, value)
  const container = own(resource, extension)
  const next = withMember(isObject(container) ? container : {}, attribute.name, value)
  return withMember(resource, extension, Object.keys(next).length > 0 ? next : undefined)
}

/** A copy of an object with one member set or, for undefined, left out. */
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

/** The single element type of a multi-valued attribute. */
export function singular(attribute: Attribute): Attribute {
  return { ...attribute, multiValued: false }
}

/**
 * What an object has become, or undefined when nothing is left of it that says anything: no member, or only the labels
 * `type`, `primary` and `$ref` of a value that was there before.
 */
export function withContent(next: JsonObject, before: JsonObject): JsonObject | undefined {
  const names = Object.keys(next)
  const lostContent = names.every(isLabel) && !Object.keys(before).every(isLabel)
  return names.length === 0 || lostContent ? undefined : next
}

function isLabel(name: string): boolean {
  return name === 'type' || name === 'primary' || name === '$ref'
}
