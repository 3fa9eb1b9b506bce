// The groups of one identity provider, as that provider sees and changes them over SCIM. A PATCH that only adds and
// removes members is one statement on the rows it names; what also touches the group itself keeps other writers away.
import { audited, type Change, type Fact, record } from '#audit/record.ts'
import { Conflict, NotFound, Stale } from '#errors.ts'
import type { Queryable, Scope } from '#platform/database.ts'
import { violatedIndex } from '#platform/database-errors.ts'
import { orderedId } from '#platform/ordered-id.ts'
import { prepared, raw, type Sql, sql } from '#platform/sql.ts'
import type { Precondition } from '#protocol/scim/etag.ts'
import type { MemberChange, MemberRef } from '#protocol/scim/membership.ts'
import type { Resource } from '#protocol/scim/resource.ts'
import { attributeDiff } from './diff.ts'
import {
  type GroupRow,
  groupColumns,
  groupRow,
  groupVersion,
  MEMBER_STRETCHES,
  MEMBERS,
  NO_MEMBERS,
  revision,
  storedGroup,
} from './group-row.ts'
import { changeMembers, isIndependent, type MemberOutcome, memberDiff, moveMembers } from './members.ts'
import type { Provisioner } from './provisioner.ts'
import { isUuid } from './uuid.ts'

/** Creates a group with its first members, all or nothing. @throws {Conflict} {ScimError} for members that do not exist */
export async function createGroup(
  at: Provisioner,
  resource: Resource,
  members: readonly MemberRef[],
): Promise<string> {
  const id = orderedId()
  const insert = insertGroup(at, id, resource)
  const created = (change: Change): Fact => ({ ...group(id, resource), action: 'create', change })
  if (members.length === 0) {
    const statement = audited(at.witness, insert, created({ after: resource }))
    await decided(at.db.run(at.scope, prepared('group.create', statement)))
    return id
  }
  await at.db.transaction(at.scope, async (tx) => {
    await decided(tx.query(insert))
    const outcome = await moveMembers(tx, at, id, {
      clear: false,
      add: [...members],
      remove: [],
      removeWhere: [],
    })
    const { after } = memberDiff(outcome ?? NOBODY)
    await record(tx, at.witness, created({ after: { ...resource, ...after } }))
  })
  return id
}

const NOBODY: MemberOutcome = { added: [], removed: [] }

function group(id: string, resource: Resource): Pick<Fact, 'objectType' | 'objectId' | 'objectName'> {
  return { objectType: 'Group', objectId: id, objectName: String(resource.displayName) }
}

function insertGroup(at: Provisioner, id: string, resource: Resource): Sql {
  const columns = groupColumns(id, resource, at.uniqueGroupNames)
  return sql`insert into directory_group (id, tenant_id, idp_id, display_name, display_name_key, unique_name_key,
      external_id, resource)
    values (${id}, ${at.tenantId}, ${at.idpId}, ${columns.displayName}, ${columns.displayNameKey},
      ${columns.uniqueNameKey}, ${columns.externalId}, ${columns.resource})
    returning id`
}

/** The unique indexes decide; the loser hears which attribute is taken. */
async function decided<Row>(rows: Promise<Row[]>): Promise<Row[]> {
  try {
    return await rows
  } catch (error) {
    const index = violatedIndex(error)
    if (index === 'directory_group_unique_name')
      throw new Conflict('displayName', 'displayName is taken by another group')
    if (index === 'directory_group_external_id')
      throw new Conflict('externalId', 'externalId is taken by another group')
    throw error
  }
}

function groupById(at: Provisioner, id: string, members: Sql): Sql {
  return sql`select ${groupRow(members)} from directory_group u
    where u.id = ${id} and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
}

/** @param members whether the answer wants `members`; they are not read otherwise @throws {NotFound} */
export async function readGroup(at: Provisioner, id: string, members: boolean): Promise<GroupRow> {
  // A group with its members may be long; one without is quick.
  const query: Queryable['query'] = (statement) =>
    members ? at.db.run(at.scope, statement) : at.db.read(at.scope, statement)
  return found(id, await read({ query }, at, id, members))
}

/** A group with all its members, as stretches of the elements of `members`; of one moment, since it is one statement. */
export interface WholeGroup {
  readonly row: GroupRow
  readonly stretches: readonly string[]
}

/** @throws {NotFound} */
export async function readWholeGroup(at: Provisioner, id: string): Promise<WholeGroup> {
  const statement = sql`select ${groupRow(raw('stretch.members'))} from directory_group u
    left join lateral ${MEMBER_STRETCHES} stretch on true
    where u.id = ${id} and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
  const rows = isUuid(id) ? await at.db.run<GroupRow>(at.scope, prepared('group.read-whole', statement)) : []
  return { row: found(id, rows), stretches: rows.flatMap(({ members }) => members ?? []) }
}

function read(tx: Queryable, at: Provisioner, id: string, members: boolean): Promise<GroupRow[]> {
  if (!isUuid(id)) return Promise.resolve([])
  return tx.query<GroupRow>(
    members
      ? prepared('group.read', groupById(at, id, MEMBERS))
      : prepared('group.read-plain', groupById(at, id, NO_MEMBERS)),
  )
}

function found(id: string, rows: readonly GroupRow[]): GroupRow {
  const [row] = rows
  if (!row) throw new NotFound(`Group ${id} not found`)
  return row
}

/** Adds and removes members, nothing else. @throws {NotFound} {ScimError} */
export async function changeGroupMembers(at: Provisioner, id: string, members: MemberChange): Promise<void> {
  if (!isUuid(id) || !(await moved(at, id, members))) throw new NotFound(`Group ${id} not found`)
}

function moved(at: Provisioner, id: string, members: MemberChange): Promise<MemberOutcome | undefined> {
  const scope = holding(at, id, isIndependent(members) ? 'shared' : 'alone')
  return changeMembers({ ...at, scope }, id, members)
}

/**
 * Every change of a group or of its members is made under the group's lock. Alone, it keeps all other writers away, and
 * what is read is the newest. Whoever adds this group to another one is not held up, so that groups that hold each other
 * cannot wait in a circle.
 */
function holding({ scope }: Provisioner, id: string, mode: 'shared' | 'alone'): Scope {
  return { ...scope, lock: { id, mode } }
}

/** A change of a group's own attributes, of its members, or of both. */
export interface GroupChange {
  readonly precondition: Precondition | undefined
  /** Answers the attributes after the change, or the very same object for "no change". */
  readonly decide: (current: Resource) => Resource
  readonly members: MemberChange | undefined
}

/** Changes a group under its lock. @throws {NotFound} {Stale} {Conflict} {ScimError} */
export async function changeGroup(at: Provisioner, id: string, change: GroupChange): Promise<void> {
  if (!isUuid(id)) throw new NotFound(`Group ${id} not found`)
  await at.db.transaction(holding(at, id, 'alone'), async (tx) => {
    const before = found(id, await read(tx, at, id, false))
    if (change.precondition && !change.precondition(groupVersion(before))) {
      throw new Stale(`Group ${id} is at version ${groupVersion(before)}`)
    }
    const current = storedGroup(before)
    const next = change.decide(current)
    const diff = next === current ? undefined : attributeDiff(current, next)
    if (diff) await decided(tx.query(updateGroup(at, id, next)))
    const moved = (change.members && (await moveMembers(tx, at, id, change.members))) ?? NOBODY
    const members = memberDiff(moved)
    if (!diff && !members.before && !members.after) return
    const both = {
      before: { ...diff?.before, ...members.before },
      after: { ...diff?.after, ...members.after },
    }
    await record(tx, at.witness, { ...group(id, next), action: 'update', change: both })
    await tx.query(revision(id, at.tenantId))
  })
}

function updateGroup(at: Provisioner, id: string, resource: Resource): Sql {
  const columns = groupColumns(id, resource, at.uniqueGroupNames)
  return sql`update directory_group u set display_name = ${columns.displayName},
      display_name_key = ${columns.displayNameKey}, unique_name_key = ${columns.uniqueNameKey},
      external_id = ${columns.externalId}, resource = ${columns.resource}
    where u.id = ${id} and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
}

/** Deletes a group; its members stay, their membership goes. @throws {NotFound} {Stale} */
export async function deleteGroup(
  at: Provisioner,
  id: string,
  precondition: Precondition | undefined,
): Promise<void> {
  if (!isUuid(id)) throw new NotFound(`Group ${id} not found`)
  const fact: Fact = {
    action: 'delete',
    objectType: 'Group',
    objectId: id,
    objectName: sql`changed.display_name`,
    change: sql`'{"before":' || changed.resource || '}'`,
  }
  const gone = sql`delete from directory_group u where u.id = ${id} and u.idp_id = ${at.idpId}
    and u.tenant_id = ${at.tenantId} returning u.id, u.display_name, u.resource`
  const statement = prepared('group.delete', audited(at.witness, gone, fact))
  const scope = holding(at, id, 'alone')
  const rows = precondition
    ? await at.db.transaction(scope, async (tx) => {
        const row = found(id, await read(tx, at, id, false))
        if (!precondition(groupVersion(row)))
          throw new Stale(`Group ${id} is at version ${groupVersion(row)}`)
        return tx.query(statement)
      })
    : await at.db.run(scope, statement)
  if (rows.length === 0) throw new NotFound(`Group ${id} not found`)
}
