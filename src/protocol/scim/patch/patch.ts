// The PATCH engine: what RFC 7644 §3.5.2 says, for one resource in memory. The dialects of IdPs are turned into these
// messages before (quirks/), and the members of groups, which are rows and no part of the resource, are planned in
// membership.ts.

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
  /** The last password that was set; it is no part of the resource. */
  password: string | undefined
  /** Names in the message that the schema does not have, and that were passed over (lenient mode). */
  unknown: string[]
  /** Names of the attributes that it speaks of, where the answer depends on them. */
  named: ReadonlySet<string>
  /** Whether an operation had something to change; if none had, the whole message was passed over (lenient mode). */
  hasTarget: boolean
  /** Whether an operation cleared `active`, which keeps its value. */
  activeKept: boolean
}

/**
 * Applies the operations of one PATCH request, in order, each to the result of the one before.
 * @param resource stored JSON of one User or Group; never changed in place
 * @param mode `lenient`: unknown names are passed over, and add or replace of `list[type eq "x"]` makes a missing element;
 *   `strict`: as the interop profile draft says, every operation names by its path exactly what it changes, and replaces it
 * @returns a new resource, or `resource` itself when nothing changed
 * @throws {ScimError} 400 invalidPath | invalidFilter | noTarget | invalidValue | mutability; strict: invalidSyntax
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
  // `schemas` follows from the data (withSchemas): setting it has no effect of its own.
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

/** What was put together is read once more: in the order of the schema, nothing twice, within the limits of a list. */
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

/** The `active` of a user says who has access: only `true` and `false` change it, and clearing it says neither. */
function isActive({ extension, attribute }: AttributeRef): boolean {
  return extension === undefined && attribute.name === 'active'
}

function isBlank(value: Json | undefined): boolean {
  return value === undefined || (typeof value === 'string' && value.trim() === '')
}

/** RFC 7644 §3.12, table 9: a required value was missing. An extension may go as a whole; see requireComplete. */
function requireOptional(ref: AttributeRef): void {
  if (ref.attribute.required && ref.extension === undefined)
    throw refuse('value-missing', { at: nameOf(ref), how: 'cleared' })
}

/** RFC 7643 §3: the schema of the resource type, and those extensions of which there are data. */
function withSchemas(resource: Resource, schema: ResourceSchema): Resource {
  const extensions = schema.extensions.filter(({ id }) => Object.hasOwn(resource, id))
  return { ...resource, schemas: [schema.core, ...extensions].map(({ id }) => id) }
}
