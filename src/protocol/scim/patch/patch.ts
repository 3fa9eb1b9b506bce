// This folder applies PATCH operations to one resource in memory. src/http/scim and src/directory/groups call it.
// It only knows what the standard says: what identity providers send differently is rewritten first, in ../quirks.
// The one exception is addDescribed in set.ts. Group members are rows and not part of the resource, so membership.ts
// plans their changes and the directory writes them.
// Start here, then read target.ts and set.ts. @see RFC 7644 §3.5.2

import type { Json } from '../messages/json.ts'
import { refuse } from '../refusals/refusals.ts'
import { requireComplete } from '../schema/complete.ts'
import { nameOf } from '../schema/names.ts'
import type { AttributeRef, ResourceSchema } from '../schema/schema.ts'
import { sameJson } from '../values/equal.ts'
import type { Resource } from '../values/resource.ts'
import { type Mode, readValue } from '../values/value.ts'
import { applyAsList, asElements } from './as-list.ts'
import { BUDGET, spend } from './budget.ts'
import { removeValue } from './remove.ts'
import { setValue } from './set.ts'
import {
  getAttribute,
  type Patch,
  type PatchOperation,
  requireUnchanged,
  requireWritable,
  setAttribute,
  type Target,
  targetsOf,
} from './target.ts'

export type { PatchOperation } from './target.ts'

export interface Patched {
  resource: Resource
  /** The last password that was set. It isn't part of the resource. */
  password: string | undefined
  /** Names that the schema doesn't have. In lenient mode they are ignored. */
  unknown: string[]
  /**
   * Names of the attributes that the message mentions. Empty unless the schema has attributes that are returned on
   * request.
   */
  named: ReadonlySet<string>
  /** Whether any operation named a known attribute. If none did, the whole message was ignored (lenient mode). */
  hasTarget: boolean
  /** Whether an operation cleared `active`, which then keeps its value. */
  activeKept: boolean
}

/**
 * Applies the operations of a PATCH request in order, each to the result of the previous one.
 * @param resource stored JSON of one user or group; never changed in place
 * @param mode `lenient` ignores unknown names, and an add or replace of `list[type eq "x"]` creates a missing
 *   element; `strict` follows the interop profile draft: the path of every operation names exactly what it replaces
 * @returns a new resource, or `resource` itself if nothing changed
 * @throws {ScimError} 400 invalidPath, invalidFilter, noTarget, invalidValue or mutability; strict mode:
 *   invalidSyntax
 * @see RFC 7644 §3.5.2
 */
export function applyPatch(
  resource: Resource,
  operations: readonly PatchOperation[],
  schema: ResourceSchema,
  mode: Mode,
): Patched {
  const patch: Patch = {
    schema,
    mode,
    unknown: [],
    named: new Set(),
    password: undefined,
    budget: BUDGET,
    targets: 0,
    activeKept: false,
  }
  const patched = operations.reduce(
    (current, operation) => applyOperation(current, operation, patch),
    resource,
  )
  const next = patched === resource ? resource : withSchemas(patched, schema)
  if (next !== resource) requireComplete(next, schema)
  return {
    resource: sameJson(next, resource) ? resource : next,
    password: patch.password,
    unknown: [...new Set(patch.unknown)],
    named: patch.named,
    hasTarget: patch.targets > 0,
    activeKept: patch.activeKept,
  }
}

function applyOperation(resource: Resource, operation: PatchOperation, patch: Patch): Resource {
  return targetsOf(operation, patch).reduce(
    (current, target) => applyTarget(current, target, patch),
    resource,
  )
}

function applyTarget(resource: Resource, target: Target, patch: Patch): Resource {
  const { ref, op } = target
  requireWritable(target)
  patch.targets += 1
  if (patch.schema.hasUnasked) patch.named.add(nameOf({ ...ref, sub: undefined }))
  if (ref.attribute.returned === 'never') {
    patch.password = op === 'remove' ? undefined : readPassword(target, patch)
    return resource
  }
  // `schemas` is derived from the data in withSchemas, so setting it has no effect.
  if (isSchemas(ref)) return resource
  const current = getAttribute(resource, ref)
  spend(target, target.asList ? asElements(current, ref.attribute) : current, patch)
  const next = settled(changed(current, target, patch), ref)
  if (sameJson(current, next)) return resource
  if (next === undefined && isActive(ref)) {
    patch.activeKept = true
    return resource
  }
  if (current !== undefined) requireUnchanged(ref)
  if (isBlank(next)) requireOptional(ref)
  return setAttribute(resource, ref, next)
}

function changed(current: Json | undefined, target: Target, patch: Patch): Json | undefined {
  if (target.asList) return applyAsList(current, target, patch)
  return target.op === 'remove' ? removeValue(current, target, patch) : setValue(current, target, patch)
}

/** Normalizes the combined value by reading it again: schema order, no duplicates, within the limits of a list. */
function settled(value: Json | undefined, ref: AttributeRef): Json | undefined {
  return value === undefined ? undefined : readValue(value, ref.attribute, nameOf(ref), [], 'lenient')
}

function readPassword({ ref, value }: Target, patch: Patch): string | undefined {
  const password = readValue(value ?? null, ref.attribute, nameOf(ref), patch.unknown, patch.mode)
  return typeof password === 'string' ? password : undefined
}

function isSchemas({ extension, attribute }: AttributeRef): boolean {
  return extension === undefined && attribute.name === 'schemas'
}

/**
 * Returns whether the attribute is `active`. It decides whether a user has access, so only `true` and `false` change
 * it and clearing it changes nothing.
 */
function isActive({ extension, attribute }: AttributeRef): boolean {
  return extension === undefined && attribute.name === 'active'
}

function isBlank(value: Json | undefined): boolean {
  return value === undefined || (typeof value === 'string' && value.trim() === '')
}

/**
 * Refuses to clear a required attribute. Those of an extension are checked by requireComplete, since an extension may
 * be removed as a whole.
 * @throws {ScimError} 400 invalidValue
 * @see RFC 7644 §3.12, table 9
 */
function requireOptional(ref: AttributeRef): void {
  if (ref.attribute.required && ref.extension === undefined)
    throw refuse('value-missing', { at: nameOf(ref), how: 'cleared' })
}

/** Sets `schemas` to the core schema and the extensions that have data. @see RFC 7643 §3 */
function withSchemas(resource: Resource, schema: ResourceSchema): Resource {
  const extensions = schema.extensions.filter(({ id }) => Object.hasOwn(resource, id))
  return { ...resource, schemas: [schema.core, ...extensions].map(({ id }) => id) }
}
