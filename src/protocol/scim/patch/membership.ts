// Plans how a Group PATCH changes the members. Members are rows, up to a hundred thousand of them, and are never
// loaded: the operations are reduced to one net change that the directory writes.

import type { Filter } from '../filter/filter.ts'
import { findPath, type Path } from '../filter/path.ts'
import type { ScimError } from '../messages/error.ts'
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { echo } from '../messages/secrets.ts'
import { refuse } from '../refusals/refusals.ts'
import { findAttribute, findSubAttribute, groupSchema, isSameUrn } from '../schema/resource-schema.ts'
import type { Attribute } from '../schema/schema.ts'
import { isUnassigned, leaveOut, type Mode } from '../values/value.ts'
import { own, type PatchOperation } from './target.ts'

export interface MemberRef {
  value: string
  type: 'User' | 'Group' | undefined
}

/** Steps are applied in this order: clear, removeWhere, remove, add. No id is in both `remove` and `add`. */
export interface MemberChange {
  clear: boolean
  /** Filters with conditions other than `value eq`. The database evaluates them. */
  removeWhere: Filter[]
  remove: string[]
  add: MemberRef[]
  /**
   * Filters like those in `removeWhere` that followed some of the additions. Added members that they select are
   * removed.
   */
  undo?: readonly { readonly filter: Filter; readonly ids: readonly string[] }[]
}

/**
 * Splits the operations of a Group PATCH into those on other attributes and the net change of the members, which is
 * undefined if no operation mentions members. The last operation on an id wins.
 * @param mode `strict` leaves operations without a path to applyPatch, which refuses them, and removes one member at
 *   a time
 * @throws {ScimError} 400 invalidPath for paths that members don't support, invalidFilter or invalidValue
 * @see RFC 7644 §3.5.2
 */
export function planMembers(
  operations: readonly PatchOperation[],
  mode: Mode = 'lenient',
): {
  rest: PatchOperation[]
  members: MemberChange | undefined
} {
  const rest: PatchOperation[] = []
  const steps: PatchOperation[] = []
  for (const operation of operations) {
    const { members, others } = split(operation, mode)
    if (members) steps.push(members)
    if (others) rest.push(others)
  }
  return { rest, members: steps.length === 0 ? undefined : netChange(steps, mode) }
}

/**
 * Reads the members in a POST or PUT body or in a PATCH value: a list, an object or an id.
 * @throws {ScimError} 400 invalidValue naming `members[n].value`; in strict mode 400 invalidSyntax for an unknown
 *   name
 */
export function readMembers(value: Json, mode: Mode = 'lenient'): MemberRef[] {
  if (isUnassigned(value)) return []
  const items = Array.isArray(value) ? value : [value]
  const members = new Map<string, MemberRef>()
  items.forEach((item, index) => {
    if (mode === 'strict' && isObject(item)) requireKnown(item, index)
    const member = readMember(item, index)
    members.set(member.value, { ...member, type: member.type ?? members.get(member.value)?.type })
  })
  return [...members.values()]
}

function readMember(item: Json, index: number): MemberRef {
  const value = isObject(item) ? member(item, 'value') : item
  if (typeof value !== 'string' || value === '') {
    throw refuse('member-without-id', { index })
  }
  return { value, type: isObject(item) ? readType(member(item, 'type')) : undefined }
}

function requireKnown(item: JsonObject, index: number): void {
  const members = findAttribute(groupSchema, 'members')
  const stranger = Object.keys(item).find((name) => !members || !findSubAttribute(members, name))
  if (stranger !== undefined) leaveOut(`members[${index}].${stranger}`, [], 'strict')
}

function readType(type: Json | undefined): MemberRef['type'] {
  const word = typeof type === 'string' ? type.toLowerCase() : ''
  return word === 'user' ? 'User' : word === 'group' ? 'Group' : undefined
}

/** Returns a property by its name in any letter case. */
function member(object: JsonObject, name: string): Json | undefined {
  const exact = own(object, name)
  if (exact !== undefined) return exact
  const spelled = Object.keys(object).find((key) => key.toLowerCase() === name)
  return spelled === undefined ? undefined : object[spelled]
}

/** Splits an operation into its part on members, with the path `members`, and the rest. */
function split(operation: PatchOperation, mode: Mode): { members?: PatchOperation; others?: PatchOperation } {
  const { op, path, value } = operation
  const wholeGroup = path === undefined || isSameUrn(path, groupSchema.core.id)
  if (!wholeGroup) return isMembersPath(path, mode) ? { members: operation } : { others: operation }
  if (!isObject(value) || (mode === 'strict' && path === undefined)) return { others: operation }
  const names = Object.keys(value).filter((name) => isMembers(findAttribute(groupSchema, name)))
  const name = names.at(-1)
  if (name === undefined) return { others: operation }
  const others = Object.fromEntries(Object.entries(value).filter(([key]) => !names.includes(key)))
  const members = { op, path: 'members', value: value[name] ?? null }
  return Object.keys(others).length === 0 ? { members } : { members, others: { op, value: others } }
}

function isMembersPath(path: string, mode: Mode): boolean {
  return isMembers(findPath(path, groupSchema, mode)?.ref.attribute)
}

function isMembers(attribute: Attribute | undefined): boolean {
  return attribute?.name === 'members'
}

interface Plan {
  readonly mode: Mode
  clear: boolean
  removeWhere: Filter[]
  readonly remove: Set<string>
  readonly add: Map<string, MemberRef>
  undo: { readonly filter: Filter; readonly ids: Set<string> }[]
}

function netChange(steps: readonly PatchOperation[], mode: Mode): MemberChange {
  const plan: Plan = { mode, clear: false, removeWhere: [], remove: new Set(), add: new Map(), undo: [] }
  for (const step of steps) applyStep(plan, step)
  const { clear, removeWhere } = plan
  const undo = plan.undo
    .map(({ filter, ids }) => ({ filter, ids: [...ids].filter((id) => plan.add.has(id)) }))
    .filter(({ ids }) => ids.length > 0)
  const change = { clear, removeWhere, remove: [...plan.remove], add: [...plan.add.values()] }
  return undo.length > 0 ? { ...change, undo } : change
}

function applyStep(plan: Plan, { op, path = 'members', value }: PatchOperation): void {
  const target = findPath(path, groupSchema, plan.mode)
  const selected = target?.filter && op !== 'remove' ? idsToSet(target.filter) : undefined
  const isSettable = !target?.filter || op === 'remove' || (selected !== undefined && plan.mode === 'lenient')
  if (!target || !isWholeMember(target, op, plan.mode) || !isSettable) throw unsupported(path)
  if (op === 'remove') removeMembers(plan, target, value)
  else if (selected) setSelected(plan, op, selected, value)
  else addMembers(plan, op, value)
}

/**
 * Returns whether a path means whole members. `members.value` and `members[value eq "id"].value` do, since the id is
 * all that a client can write of a member.
 */
function isWholeMember({ ref, filter }: Path, op: PatchOperation['op'], mode: Mode): boolean {
  if (!ref.sub) return true
  return mode === 'lenient' && ref.sub.name === 'value' && (filter !== undefined || op === 'add')
}

function isEmptyObject(value: Json | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 0
}

/**
 * Applies an add or replace of `members[value eq "id"]`. Add adds that member; replace with a member as its value
 * replaces one by the other.
 */
function setSelected(
  plan: Plan,
  op: PatchOperation['op'],
  ids: readonly string[],
  value: Json | undefined,
): void {
  const given = isUnassigned(value) || isEmptyObject(value) ? [] : idsOfMembers(value, plan.mode)
  if (op === 'replace' && given.length > 0) removeIds(plan, ids)
  const wanted = op === 'replace' && given.length > 0 ? given : [...ids, ...given]
  addMembers(plan, 'add', wanted)
}

function addMembers(plan: Plan, op: PatchOperation['op'], value: Json | undefined): void {
  if (value === undefined) throw refuse('operation-without-value', { op })
  if (op === 'replace') clear(plan)
  for (const each of readMembers(value, plan.mode)) {
    plan.remove.delete(each.value)
    plan.add.set(each.value, each)
    for (const { ids } of plan.undo) ids.delete(each.value)
  }
}

function removeMembers(plan: Plan, { filter }: Path, value: Json | undefined): void {
  if (filter) removeSelected(plan, filter)
  // A remove with a list of members removes those, as in remove.ts. An empty list removes none.
  else if (isUnassigned(value) && !Array.isArray(value)) clear(plan)
  else removeIds(plan, idsOfMembers(value, plan.mode))
}

function idsOfMembers(value: Json | undefined, mode: Mode): string[] {
  return readMembers(value ?? null, mode).map((each) => each.value)
}

function removeSelected(plan: Plan, filter: Filter): void {
  const ids = idsOf(filter)
  if (plan.mode === 'strict' && ids?.length !== 1) throw manyMembers()
  if (ids) removeIds(plan, ids)
  else removeWhere(plan, filter)
}

function removeWhere(plan: Plan, filter: Filter): void {
  if (!plan.clear) plan.removeWhere.push(filter)
  // A member's name and type are only known from its row, so the database has to decide which of the added ones
  // match.
  if (plan.add.size > 0) plan.undo.push({ filter, ids: new Set(plan.add.keys()) })
}

function removeIds(plan: Plan, ids: readonly string[]): void {
  for (const id of ids) {
    plan.add.delete(id)
    if (!plan.clear) plan.remove.add(id)
  }
}

function clear(plan: Plan): void {
  plan.clear = true
  plan.removeWhere = []
  plan.remove.clear()
  plan.add.clear()
  plan.undo = []
}

/** Returns the ids in `value eq "a" or value eq "b"`, however it is nested, or undefined for any other filter. */
function idsOf(filter: Filter): string[] | undefined {
  if (filter.kind === 'or') {
    const ids = filter.terms.map(idsOf)
    return ids.every((each) => each !== undefined) ? ids.flat() : undefined
  }
  const isId = filter.kind === 'compare' && filter.op === 'eq' && filter.ref.attribute.name === 'value'
  return isId && typeof filter.value === 'string' ? [filter.value] : undefined
}

/** Returns the ids in a filter that describes members to add, such as `value eq "a" and type eq "User"`. */
function idsToSet(filter: Filter): string[] | undefined {
  if (filter.kind !== 'and') return idsOf(filter)
  const [ids, ...more] = filter.terms.map(idsOf).filter((each) => each !== undefined)
  const others = filter.terms.filter((term) => idsOf(term) === undefined)
  const isDescribing = others.every((term) => term.kind === 'compare' && term.op === 'eq')
  return more.length === 0 && isDescribing ? ids : undefined
}

/**
 * Refuses a filter that isn't `members[value eq "id"]`. The interop profile draft forbids paths to whole elements,
 * but RFC 7644 has no other way to remove one member.
 */
function manyMembers(): ScimError {
  return refuse('members-filter-unsupported')
}

function unsupported(path: string): ScimError {
  return refuse('members-path-unsupported', { path: echo(path) })
}
