// Memberships as rows. A change costs only what it names, whatever the size of the group: existing members are never
// read. @see RFC 7643 §4.2

import { type Change, eventInsert, type Fact } from '#audit/record.ts'
import type { Queryable } from '#platform/database/database.ts'
import { prepared, raw, type Sql, sql } from '#platform/database/sql.ts'
import type { ScimError } from '#protocol/scim/messages/error.ts'
import { echo } from '#protocol/scim/messages/secrets.ts'
import type { MemberChange, MemberRef } from '#protocol/scim/patch/membership.ts'
import { refuse } from '#protocol/scim/refusals/refusals.ts'
import type { MemberMove, Provisioner } from '../provisioner.ts'
import { isUuid } from '../uuid.ts'
import { memberCondition } from './group-attributes.ts'
import { revision } from './group-row.ts'
import { MOVED_ALONE } from './one-member.ts'

/**
 * The outcome of a change: which members were added and removed (only the first ones if there are very many), and how
 * many.
 */
export interface MemberOutcome {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly addedCount: number
  readonly removedCount: number
}

interface OutcomeRow {
  readonly missing: string[]
  readonly added: string[] | null
  readonly removed: string[] | null
}

/** Returns the ids of members to add. @throws {ScimError} 400 invalidValue if one of them can't be an id */
export function requireIds(members: readonly MemberRef[]): string[] {
  const strange = members.find((member) => !isUuid(member.value))
  if (strange) throw noSuchMember([strange.value])
  return members.map((member) => member.value)
}

/** Returns the ids in sorted order, so that parallel writers can't deadlock. */
function idsToAdd(members: readonly MemberRef[]): string[] {
  return [...new Set(requireIds(members))].sort()
}

function noSuchMember(ids: readonly string[]): ScimError {
  return refuse('member-unknown', { ids: ids.slice(0, 5).map(echo) })
}

/**
 * Returns a condition for the members to remove: listed ones, those that a filter selects, or all but the ones to
 * keep.
 */
function removal(at: Provisioner, change: MemberChange, keep: readonly string[]): Sql {
  const listed = change.remove.filter(isUuid)
  if (change.clear) return sql`m.member_id <> all(${keep}::uuid[])`
  const conditions = change.removeWhere.map(
    (filter) => sql`(${memberCondition(filter, at)} and m.member_id <> all(${keep}::uuid[]))`,
  )
  return conditions.reduce((all, one) => sql`${all} or ${one}`, sql`m.member_id = any(${listed}::uuid[])`)
}

/**
 * Applies a change of members and records it, in one statement: all of it, or nothing if a member to add doesn't
 * exist in the directory of this identity provider.
 * @param at its scope holds the group's lock
 * @returns undefined if there is no such group
 * @throws {ScimError} 400 invalidValue naming the members that don't exist
 */
export async function changeMembers(at: Provisioner, groupId: string, change: MemberChange) {
  const one = onlyMove(at, groupId, change)
  const moves = at.together?.members ?? MOVED_ALONE
  if (one && (await moves.move(one))) {
    return one.kind === 'add' ? outcome([one.memberId], []) : outcome([], [one.memberId])
  }
  return changeAny(at, groupId, change)
}

/** Returns the member to add or remove, if the change is only that one. */
function onlyMove(at: Provisioner, groupId: string, change: MemberChange): MemberMove | undefined {
  const [id, ...more] = [...change.add.map(({ value }) => value), ...change.remove]
  if (id === undefined || more.length > 0 || !isUuid(id) || !isIndependent(change)) return undefined
  return { at, groupId, memberId: id, kind: change.add.length > 0 ? 'add' : 'remove' }
}

function changeAny(at: Provisioner, groupId: string, change: MemberChange) {
  const tx: Queryable = { query: (statement) => at.db.run(at.scope, statement) }
  const fact: Fact = {
    action: 'update',
    objectType: 'Group',
    objectId: groupId,
    objectName: sql`target.display_name`,
    change: MEMBER_CHANGE,
  }
  const changed = raw('from target, outcome where outcome.added is not null or outcome.removed is not null')
  return apply(
    tx,
    at,
    groupId,
    change,
    sql`, recorded as (${eventInsert(at.auditContext, fact, changed)}),
    revised as (${revision(groupId, at.tenantId, changed)})`,
  )
}

/**
 * Returns whether a change may run in parallel with others of the same group. Added members, or a single removed one,
 * don't depend on other rows. Any other change reads several rows, and another writer could change them meanwhile.
 */
export function isIndependent({ clear, removeWhere, remove, add }: MemberChange): boolean {
  return (
    !clear && removeWhere.length === 0 && (remove.length === 0 || (remove.length === 1 && add.length === 0))
  )
}

/** Changes members without an audit event, for a caller that records it together with other changes. */
export function moveMembers(tx: Queryable, at: Provisioner, groupId: string, change: MemberChange) {
  return apply(tx, at, groupId, change, undefined)
}

async function apply(
  tx: Queryable,
  at: Provisioner,
  groupId: string,
  change: MemberChange,
  recorded: Sql | undefined,
): Promise<MemberOutcome | undefined> {
  const adding = idsToAdd(change.add)
  const kind = kindOf(change)
  const statement = sql`${outcomeOf(at, groupId, adding, kind, removal(at, change, adding))}${recorded ?? raw('')}
    select missing.ids as missing, outcome.added, outcome.removed from target cross join missing cross join outcome`
  const plain = recorded && kind !== 'both'
  const [row] = await tx.query<OutcomeRow>(plain ? prepared(`group.members-${kind}`, statement) : statement)
  if (row && row.missing.length > 0) throw noSuchMember(row.missing)
  return row && outcome(row.added ?? [], row.removed ?? [])
}

function outcome(added: readonly string[], removed: readonly string[]): MemberOutcome {
  return { added, removed, addedCount: added.length, removedCount: removed.length }
}

/**
 * Adds members who aren't in the group yet, all or nothing.
 * @returns the ids of the added members
 * @throws {ScimError} 400 invalidValue naming the members that don't exist
 */
export async function addMembers(
  tx: Queryable,
  at: Provisioner,
  groupId: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const add = ids.map((value) => ({ value, type: undefined }))
  const change: MemberChange = { clear: false, removeWhere: [], remove: [], add }
  return (await apply(tx, at, groupId, change, undefined))?.added ?? []
}

/**
 * Most changes only add or only remove. Their statements leave out the other half, which costs time even if it does
 * nothing.
 */
type Kind = 'add' | 'remove' | 'both'

function kindOf({ add, remove, removeWhere, clear }: MemberChange): Kind {
  if (clear || removeWhere.length > 0) return 'both'
  if (remove.length === 0) return 'add'
  return add.length === 0 ? 'remove' : 'both'
}

const NOBODY_MISSING = raw(`missing as (select '{}'::uuid[] as ids)`)
const NOBODY_REMOVED = raw('removed as (select null::uuid as member_id where false)')
const NOBODY_ADDED = raw('added as (select null::uuid as member_id where false)')

/**
 * Returns the rows `target` (the group), `missing` (members to add that don't exist) and `outcome` (the added and
 * removed ones).
 */
function outcomeOf(
  at: Provisioner,
  groupId: string,
  adding: readonly string[],
  kind: Kind,
  removal: Sql,
): Sql {
  const own = sql`u.tenant_id = ${at.tenantId} and u.idp_id = ${at.idpId}`
  return sql`with target as (
      select u.id, u.tenant_id, u.display_name from directory_group u where u.id = ${groupId} and ${own}),
    ${kind === 'remove' ? NOBODY_MISSING : missingOf(own, adding)},
    ${kind === 'add' ? NOBODY_REMOVED : removedOf(removal)},
    ${kind === 'remove' ? NOBODY_ADDED : ADDED},
    outcome as (select (select array_agg(member_id) from added) as added,
      (select array_agg(member_id) from removed) as removed)`
}

/**
 * Finds the members to add, and locks them so that they can't be deleted meanwhile. Groups are searched only if not
 * all members are users. Missing members are determined only if there are any.
 */
function missingOf(own: Sql, adding: readonly string[]): Sql {
  // The ids are sent once, because parsing 500 of them takes time.
  const ids = raw('(select ids from wanted)::uuid[]')
  const number = sql`${adding.length}::int`
  return sql`wanted as (select ${adding}::uuid[] as ids),
    users as (select u.id, 'User' as type from directory_user u
      where u.id = any(${ids}) and ${own} order by u.id for key share),
    groups as (select u.id, 'Group' as type from directory_group u
      where (select count(*) from users) < ${number} and u.id = any(${ids}) and ${own} order by u.id for key share),
    found as (select id, type from users union all select id, type from groups),
    missing as (select case when (select count(*) from found) = ${number} then '{}' else array(
      select unnest(${ids}) except select id from found) end as ids)`
}

function removedOf(removal: Sql): Sql {
  return sql`removed as (delete from group_member m using target, missing
      where m.group_id = target.id and m.tenant_id = target.tenant_id and missing.ids = '{}' and (${removal})
      returning m.member_id)`
}

const ADDED = raw(`added as (insert into group_member (group_id, member_id, tenant_id, member_type)
      select target.id, found.id, target.tenant_id, found.type from target, found, missing where missing.ids = '{}'
      order by found.id on conflict do nothing returning member_id)`)

/** How many added and removed members the audit event names. If there are more, it also has their number. */
export const KEPT = 1_000
const MEMBER_CHANGE = raw(`(json_build_object(
  'before', json_build_object('members', coalesce(outcome.removed[1:${KEPT}], '{}')),
  'after', json_build_object('members', coalesce(outcome.added[1:${KEPT}], '{}'),
    'removed', coalesce(cardinality(outcome.removed), 0), 'added', coalesce(cardinality(outcome.added), 0))))`)

/** Returns the same change for an event about attributes and members together. */
export function memberDiff({ added, removed, addedCount, removedCount }: MemberOutcome): Change {
  return {
    ...(removedCount > 0 && { before: { members: removed.slice(0, KEPT) } }),
    ...((addedCount > 0 || removedCount > KEPT) && {
      after: {
        ...(addedCount > 0 && { members: added.slice(0, KEPT), added: addedCount }),
        ...(removedCount > KEPT && { removed: removedCount }),
      },
    }),
  }
}
