// Users of one identity provider, as it sees and changes them over SCIM, users created at sign-in, and deleted users.
// This folder owns their rows, but not memberships (../groups), profiles (../profiles) or the actions of
// administrators (../administration). SCIM routes, bulk requests, sign-in, the portal and the command line call it.
// Frequent operations are one statement: the change and its audit event. PATCH and PUT read, decide in memory, and
// write if the version is still the one that was read. Start with this file, then read user-row.ts.

import { audited, type Fact } from '#audit/record.ts'
import { NotFound, Stale, Unavailable } from '#errors.ts'
import type { Queryable } from '#platform/database/database.ts'
import { prepared, type Sql, sql } from '#platform/database/sql.ts'
import type { Precondition } from '#protocol/scim/messages/etag.ts'
import { echo } from '#protocol/scim/messages/secrets.ts'
import { because } from '#protocol/scim/refusals/refusals.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'
import { isSameName } from '#protocol/scim/values/same-name.ts'
import { type AttributeDiff, attributeDiff } from '../diff.ts'
import type { Provisioner } from '../provisioner.ts'
import { unlessRefused, unlessTaken } from '../taken.ts'
import { isUuid } from '../uuid.ts'
import { KEEP_DELETED, KEPT_COLUMNS } from './deleted-users.ts'
import { holderOf, takenBy, takenUser } from './user-holder.ts'
import {
  NO_GROUPS,
  NO_HOLD,
  storedResource,
  userColumns,
  userGroups,
  userRow,
  userVersion,
} from './user-row.ts'
import { newUser, updateStatement } from './user-statements.ts'
import type { Hold, NewUser, Stamps, UserColumns, UserRow, UserUpdate } from './user-types.ts'
import { ALONE } from './user-writes.ts'

/** How often a change is decided again on newer rows, before a PATCH or PUT locks the row. */
const OPTIMISTIC_ATTEMPTS = 3

/** Creates a user, or adopts one who was created at sign-in with the same userName. @throws {Conflict} */
export async function createUser(at: Provisioner, given: Resource): Promise<UserRow> {
  const creation = newUser(at, given)
  const { create } = at.together?.users ?? ALONE
  for (let attempt = 1; attempt <= OPTIMISTIC_ATTEMPTS; attempt++) {
    const write = attempt === 1 ? create(at, creation) : ALONE.create(at, { ...creation, mayRepeat: true })
    const stamps = await unlessTaken(unlessRefused(creation, write), async () => undefined)
    const user = stamps
      ? written(stamps, creation.columns, NO_HOLD, null)
      : await adoptUser(at, given, creation)
    if (user) return user
  }
  throw inMotion()
}

/** Returns the error for a value whose holder was gone each time it was looked up. */
function inMotion(): Unavailable {
  return new Unavailable(because('user-name-in-motion'))
}

/** Returns the row as it was written, without reading it back. */
function written(stamps: Stamps, columns: UserColumns, hold: Hold, groups: string | null): UserRow {
  const { resource, idpActive } = columns
  return { ...stamps, ...hold, resource, idpActive, groups }
}

/**
 * Adopts the user who has the userName, if that user signed in before being provisioned. A user whose name only looks
 * like it isn't adopted.
 * @returns undefined if the holder of the userName or externalId is gone by now
 * @throws {ValueTaken}
 */
async function adoptUser(at: Provisioner, resource: Resource, wanted: NewUser): Promise<UserRow | undefined> {
  const holder = await holderOf(at, wanted)
  if (!holder) return undefined
  if (!holder.byName || holder.provisioned || !isSameName(holder.userName, wanted.columns.userName))
    throw takenBy(holder, wanted.columns)
  const untouched: Precondition = (version) => version === userVersion(holder)
  return changeUser(at, holder.id, untouched, () => resource, 'create').catch((error) => {
    if (error instanceof NotFound || error instanceof Stale) return undefined
    throw error
  })
}

/** Returns a user. @param groups whether the response needs the `groups` attribute @throws {NotFound} */
export async function readUser(at: Provisioner, id: string, groups = true): Promise<UserRow> {
  const [row] = isUuid(id)
    ? await at.db.read<UserRow>(at.scope, groups ? readWithGroups(at, id) : readWithoutGroups(at, id))
    : []
  if (!row) throw new NotFound(because('user-not-found', { id: echo(id) }))
  return row
}

function userById(at: Provisioner, id: string, groups: Sql): Sql {
  return sql`select ${userRow(groups)} from directory_user u
    where u.id = ${id} and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
}
function readWithGroups(at: Provisioner, id: string): Sql {
  return prepared('user.read', userById(at, id, userGroups(at)))
}
function readWithoutGroups(at: Provisioner, id: string): Sql {
  return prepared('user.read-plain', userById(at, id, NO_GROUPS))
}

/**
 * Gets the user's attributes before the change and returns those after it, or the same object if nothing changes. A
 * user deleted in the portal has no `active` here, so that only a message can set it. A result without `active` keeps
 * the stored value.
 */
export type Decide = (current: Resource) => Resource

/**
 * Changes a user as the identity provider requests. An explicit `active: true` restores a user who was deleted in the
 * portal.
 * @throws {NotFound} {Stale} {Conflict}
 */
export async function changeUser(
  at: Provisioner,
  id: string,
  precondition: Precondition | undefined,
  decide: Decide,
  action: 'create' | 'update' = 'update',
): Promise<UserRow> {
  for (let attempt = 1; attempt <= OPTIMISTIC_ATTEMPTS; attempt++) {
    const before = await readUser(at, id)
    const change = changeOf(at, before, precondition, decide, action)
    if (!change) return before
    const write = (at.together?.users ?? ALONE).update(at, change)
    const after = await unlessTaken(unlessRefused(change, write), takenUser(at))
    if (after) return written(after, change.columns, change.hold, before.groups)
  }
  return changeLockedUser(at, id, precondition, decide, action)
}

/** Locks the row first, so that every writer gets a turn when there are many in parallel. */
async function changeLockedUser(
  at: Provisioner,
  id: string,
  precondition: Precondition | undefined,
  decide: Decide,
  action: 'create' | 'update',
): Promise<UserRow> {
  const locked = at.db.transaction(at.scope, async (tx) => {
    await tx.query(sql`select from directory_user u where u.id = ${id} and u.idp_id = ${at.idpId}
      and u.tenant_id = ${at.tenantId} for update`)
    const before = await readIn(tx, at, id)
    const change = changeOf(at, before, precondition, decide, action)
    if (!change) return before
    const [after] = await unlessRefused(change, tx.query<Stamps>(updateStatement(at, change)))
    return written(after ?? before, change.columns, change.hold, before.groups)
  })
  const row = await unlessTaken(locked, takenUser(at))
  if (!row) throw inMotion()
  return row
}

async function readIn(tx: Queryable, at: Provisioner, id: string): Promise<UserRow> {
  const [row] = await tx.query<UserRow>(readWithGroups(at, id))
  if (!row) throw new NotFound(because('user-not-found', { id: echo(id) }))
  return row
}

/** Returns what to write, or undefined if nothing changes. */
function changeOf(
  at: Provisioner,
  before: UserRow,
  precondition: Precondition | undefined,
  decide: Decide,
  action: 'create' | 'update',
): UserUpdate | undefined {
  if (precondition && !precondition(userVersion(before)))
    throw new Stale(because('version-changed', { type: 'User', id: before.id, version: userVersion(before) }))
  const stored = storedResource(before)
  const current = before.deleted ? withoutActive(stored) : stored
  const wanted = decide(current)
  if (wanted === current && action === 'update') return undefined
  const next = { ...wanted, active: wanted.active ?? before.idpActive }
  const restored = before.deleted && wanted.active === true
  const change = changeWritten(attributeDiff(stored, next), restored)
  if (!change && action === 'update') return undefined
  const hold: Hold = { disabled: before.disabled, deleted: before.deleted && !restored }
  const columns = userColumns(before.id, next, hold, at.mapping)
  return { id: before.id, version: before.version, columns, hold, action, change: change ?? { after: next } }
}

function withoutActive({ active: _, ...resource }: Resource): Resource {
  return resource
}

/** Returns what the audit event shows of a change, or undefined if nothing changes. */
function changeWritten(diff: AttributeDiff | undefined, restored: boolean): AttributeDiff | undefined {
  if (!restored) return diff
  return { before: { ...diff?.before, deleted: true }, after: { ...diff?.after, deleted: false } }
}

/**
 * Deletes a user and its memberships. The user is kept for a while, see deleted-users.ts.
 * @throws {NotFound} {Stale}
 */
export async function deleteUser(
  at: Provisioner,
  id: string,
  precondition: Precondition | undefined,
): Promise<void> {
  if (precondition) await deleteVersion(at, await readUser(at, id, false), precondition)
  else if (!isUuid(id) || !(await removed(at, id, sql``)))
    throw new NotFound(because('user-not-found', { id: echo(id) }))
}

async function deleteVersion(at: Provisioner, row: UserRow, precondition: Precondition): Promise<void> {
  const matches = precondition(userVersion(row))
  if (!matches || !(await removed(at, row.id, sql`and u.version = ${row.version}`))) {
    throw new Stale(because('version-changed', { type: 'User', id: row.id }))
  }
}

async function removed(at: Provisioner, id: string, condition: Sql): Promise<boolean> {
  const fact: Fact = {
    action: 'delete',
    objectType: 'User',
    objectId: id,
    objectName: sql`changed.user_name`,
    change: sql`'{"before":' || changed.resource || '}'`,
  }
  const gone = sql`delete from directory_user u where u.id = ${id} and u.idp_id = ${at.idpId}
    and u.tenant_id = ${at.tenantId} ${condition} returning ${KEPT_COLUMNS}`
  const statement = audited(at.auditContext, gone, fact, KEEP_DELETED)
  const rows = await at.db.run(
    at.scope,
    condition.parts.length === 0 ? prepared('user.delete', statement) : statement,
  )
  return rows.length > 0
}
