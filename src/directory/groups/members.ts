// Memberships as rows. A change costs what it names, whatever the size of the group: the members that are there already
// are never read. @see RFC 7643 §4.2
import { type Change, eventInsert, type Fact } from '#audit/record.ts'
import type { Queryable } from '#platform/database/database.ts'
import { prepared, raw, type Sql, sql } from '#platform/database/sql.ts'
import type { ScimError } from '#protocol/scim/messages/error.ts'
import { echo } from '#protocol/scim/messages/secrets.ts'
import type { MemberChange, MemberRef } from '#protocol/scim/patch/membership.ts'
import { refuse } from '#protocol/scim/refusals/refusals.ts'
import type { Provisioner } from '../provisioner.ts'
import { isUuid } from '../uuid.ts'
import { memberCondition } from './group-attributes.ts'
import { revision } from './group-row.ts'
import { type MemberMove, MOVED_ALONE } from './one-member.ts'

/** What became of a change of members: who came and who went; of very many the first ones, and how many in all. */
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

/** The ids of members to add. @throws {ScimError} 400 invalidValue for one that can't be an id */
export function requireIds(members: readonly MemberRef[]): string[] {
  const strange = members.find((member) => !isUuid(member.value))
  if (strange) throw noSuchMember([strange.value])
  return members.map((member) => member.value)
}

/** In one order for everyone, so that parallel writers cannot wait for each other in a circle. */
function idsToAdd(members: readonly MemberRef[]): string[] {
  return [...new Set(requireIds(members))].sort()
}

function noSuchMember(ids: readonly string[]): ScimError {
  return refuse('member-unknown', { ids: ids.slice(0, 5).map(echo) })
}

/** The members that an operation takes out: listed ones, those that a filter selects, or all but the ones to keep. */
function removal(at: Provisioner, change: MemberChange, keep: readonly string[]): Sql {
  const listed = change.remove.filter(isUuid)
  if (change.clear) return sql`m.member_id <> all(${keep}::uuid[])`
  const conditions = change.removeWhere.map(
    (filter) => sql`(${memberCondition(filter, at)} and m.member_id <> all(${keep}::uuid[]))`,
  )
  return conditions.reduce((all, one) => sql`${all} or ${one}`, sql`m.member_id = any(${listed}::uuid[])`)
}

/**
 * Applies a change of members and records it, in one statement: all of it, or nothing when a member to add does not
 * exist in the directory of this identity provider.
 * @param at its scope holds the group's lock
 * @returns undefined when there is no such group
 * @throws {ScimError} 400 invalidValue naming the members that do not exist
 */
export async function changeMembers(at: Provisioner, groupId: string, change: MemberChange) {
  const one = onlyMove(at, groupId, change)
  const moves = at.together?.members ?? MOVED_ALONE
  if (one && (await moves.move(one))) {
    return one.kind === 'add' ? outcome([one.memberId], []) : outcome([], [one.memberId])
  }
  return changeAny(at, groupId, change)
}

/** The one member that comes or goes, where a change is no more than that. */
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
 * Whether a change may run beside others of the same group: memberships that are added, or a single one that goes, each
 * stand for themselves. Anything more looks at several rows, and another writer could come between them.
 */
export function isIndependent({ clear, removeWhere, remove, add }: MemberChange): boolean {
  return (
    !clear && removeWhere.length === 0 && (remove.length === 0 || (remove.length === 1 && add.length === 0))
  )
}

/** The same without an event, for a caller that records it together with what else changed. */
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
 * Adds members of which none is there yet, all or nothing. @returns the ids of those who came
 * @throws {ScimError} 400 invalidValue naming the members that do not exist
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

/** Most changes only add or only remove; their statements are spared the other half, which costs even when it is idle. */
type Kind = 'add' | 'remove' | 'both'

function kindOf({ add, remove, removeWhere, clear }: MemberChange): Kind {
  if (clear || removeWhere.length > 0) return 'both'
  if (remove.length === 0) return 'add'
  return add.length === 0 ? 'remove' : 'both'
}

const NOBODY_MISSING = raw(`missing as (select '{}'::uuid[] as ids)`)
const NOBODY_REMOVED = raw('removed as (select null::uuid as member_id where false)')
const NOBODY_ADDED = raw('added as (select null::uuid as member_id where false)')

/** Rows `target` (the group), `missing` (members to add that do not exist) and `outcome` (who came and who went). */
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
 * The members to add are locked, only so that they stay. Groups are looked for only where not all of them are users, and
 * who is missing only where somebody is.
 */
function missingOf(own: Sql, adding: readonly string[]): Sql {
  // Sent once: 500 ids are long to read.
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

/** The event of a change of members names who came and who went; of very many it keeps the number and the first ones. */
export const KEPT = 1_000
const MEMBER_CHANGE = raw(`(json_build_object(
  'before', json_build_object('members', coalesce(outcome.removed[1:${KEPT}], '{}')),
  'after', json_build_object('members', coalesce(outcome.added[1:${KEPT}], '{}'),
    'removed', coalesce(cardinality(outcome.removed), 0), 'added', coalesce(cardinality(outcome.added), 0))))`)

/** The same words for an event that tells of attributes and members together. */
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
