// Groups and memberships of one identity provider, as it creates, reads, changes and deletes them over SCIM. This
// folder owns the rows of groups, members and revisions. It doesn't parse messages (src/protocol/scim), list groups
// (../lists) or serve administrators (../administration). SCIM routes, bulk requests and the portal call it.
// Start with this file, then read change-group.ts and members.ts.
import { audited, type Change, type Fact, record } from '#audit/record.ts'
import { NotFound } from '#errors.ts'
import type { Queryable, Scope, TenantTx } from '#platform/database/database.ts'
import { orderedId } from '#platform/database/ordered-id.ts'
import { prepared, raw, type Sql, sql } from '#platform/database/sql.ts'
import { echo } from '#protocol/scim/messages/secrets.ts'
import type { MemberChange, MemberRef } from '#protocol/scim/patch/membership.ts'
import { because } from '#protocol/scim/refusals/refusals.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'
import { repeatOf } from '../external-ids.ts'
import type { Provisioner } from '../provisioner.ts'
import { unlessRefused } from '../taken.ts'
import { isUuid } from '../uuid.ts'
import { type WantedGroup, whileFree } from './group-holder.ts'
import {
  type GroupRow,
  groupColumns,
  groupMembers,
  groupRow,
  memberStretches,
  NO_MEMBERS,
} from './group-row.ts'
import { isLarge, moveManyMembers, unhurried } from './large-members.ts'
import { type MemberOutcome, memberDiff, moveMembers } from './members.ts'

/**
 * Creates a group with its first members, all or nothing.
 * @returns its id
 * @throws {Conflict}
 * @throws {ScimError} if a member doesn't exist
 */
export async function createGroup(
  at: Provisioner,
  resource: Resource,
  members: readonly MemberRef[],
): Promise<string> {
  const id = orderedId()
  const group = { id, columns: groupColumns(id, resource, at.uniqueGroupNames) }
  const insert = insertGroup(at, group)
  const created = (change: Change): Fact => ({ ...groupFact(id, resource), action: 'create', change })
  if (members.length === 0) {
    const statement = prepared('group.create', audited(at.auditContext, insert, created({ after: resource })))
    await whileFree(at, () => unlessRefused(group, at.db.run(at.scope, statement)))
    return id
  }
  const first: MemberChange = { clear: false, add: [...members], remove: [], removeWhere: [] }
  const scope = isLarge(first) ? unhurried(at.scope) : at.scope
  const withMembers = async (tx: TenantTx) => {
    await unlessRefused(group, tx.query(insert))
    const outcome = await (isLarge(first) ? moveManyMembers : moveMembers)(tx, at, id, first)
    const { after } = memberDiff(outcome ?? NOBODY)
    await record(tx, at.auditContext, created({ after: { ...resource, ...after } }))
  }
  await whileFree(at, () => at.db.transaction(scope, withMembers))
  return id
}

export const NOBODY: MemberOutcome = { added: [], removed: [], addedCount: 0, removedCount: 0 }

export function groupFact(
  id: string,
  resource: Resource,
): Pick<Fact, 'objectType' | 'objectId' | 'objectName'> {
  return { objectType: 'Group', objectId: id, objectName: String(resource.displayName) }
}

function insertGroup(at: Provisioner, { id, columns }: WantedGroup): Sql {
  const repeat = repeatOf('directory_group', at, { id: sql`${id}`, externalId: sql`${columns.externalId}` })
  return sql`insert into directory_group (id, tenant_id, idp_id, display_name, display_name_key, unique_name_key,
      external_id, external_id_repeat, resource)
    values (${id}, ${at.tenantId}, ${at.idpId}, ${columns.displayName}, ${columns.displayNameKey},
      ${columns.uniqueNameKey}, ${columns.externalId}, ${repeat}, ${columns.resource})
    returning id`
}

function groupById(at: Provisioner, id: string, members: Sql): Sql {
  return sql`select ${groupRow(members)} from directory_group u
    where u.id = ${id} and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
}

/** Returns a group. @param members whether to read `members` @throws {NotFound} */
export async function readGroup(at: Provisioner, id: string, members: boolean): Promise<GroupRow> {
  // A group with its members may be long; one without them is quick to read.
  const query: Queryable['query'] = (statement) =>
    members ? at.db.run(at.scope, statement) : at.db.read(at.scope, statement)
  return found(id, await readRow({ query }, at, id, members))
}

/**
 * A group with all its members, in pieces of the elements of `members`. One statement reads all of it, so it is
 * consistent.
 */
export interface WholeGroup {
  readonly row: GroupRow
  readonly stretches: readonly string[]
}

/** Returns a group with all its members. @throws {NotFound} */
export async function readWholeGroup(at: Provisioner, id: string): Promise<WholeGroup> {
  const statement = sql`select ${groupRow(raw('stretch.members'))} from directory_group u
    left join lateral ${memberStretches(at)} stretch on true
    where u.id = ${id} and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
  const rows = isUuid(id) ? await at.db.run<GroupRow>(at.scope, prepared('group.read-whole', statement)) : []
  const stretches = rows.flatMap(({ members }) => members ?? [])
  return { row: { ...found(id, rows), members: stretches[0] ?? '' }, stretches }
}

export function readRow(tx: Queryable, at: Provisioner, id: string, members: boolean): Promise<GroupRow[]> {
  if (!isUuid(id)) return Promise.resolve([])
  return tx.query<GroupRow>(
    members
      ? prepared('group.read', groupById(at, id, groupMembers(at)))
      : prepared('group.read-plain', groupById(at, id, NO_MEMBERS)),
  )
}

export function found(id: string, rows: readonly GroupRow[]): GroupRow {
  const [row] = rows
  if (!row) throw new NotFound(because('group-not-found', { id: echo(id) }))
  return row
}

/**
 * Returns a scope that holds the group's lock, which every change of a group or of its members needs. In mode `alone`
 * it keeps all other writers away, so that the newest rows are read. Adding this group to another one doesn't need
 * its lock, so that groups that contain each other can't deadlock.
 */
export function holding({ scope }: Provisioner, id: string, mode: 'shared' | 'alone'): Scope {
  return { ...scope, lock: { id, mode } }
}
