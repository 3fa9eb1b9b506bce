// Changes of a group over SCIM. A PATCH that only adds or removes a few members is one statement on the rows it
// names. A change of the group itself keeps other writers away. A change of thousands of members is done in steps.
import { record } from '#audit/record.ts'
import { NotFound, Stale, TooCostly } from '#errors.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Precondition } from '#protocol/scim/messages/etag.ts'
import { echo } from '#protocol/scim/messages/secrets.ts'
import type { MemberChange } from '#protocol/scim/patch/membership.ts'
import { because } from '#protocol/scim/refusals/refusals.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'
import { attributeDiff } from '../diff.ts'
import { repeatAfter } from '../external-ids.ts'
import type { Provisioner } from '../provisioner.ts'
import { unlessRefused } from '../taken.ts'
import { isUuid } from '../uuid.ts'
import { whileFree } from './group-holder.ts'
import { groupColumns, groupVersion, revision, storedGroup } from './group-row.ts'
import { found, groupFact, holding, NOBODY, readRow } from './groups.ts'
import { isLarge, moveManyMembers, unhurried } from './large-members.ts'
import { changeMembers, isIndependent, memberDiff, moveMembers } from './members.ts'
import { withoutUndoneAdds } from './undone-adds.ts'

/** A change of a group's own attributes, of its members, or of both. */
export interface GroupChange {
  readonly precondition: Precondition | undefined
  /** Returns the attributes after the change, or the same object if nothing changes. */
  readonly decide: (current: Resource) => Resource
  readonly members: MemberChange | undefined
}

/** Adds and removes members, and changes nothing else. @throws {NotFound} {ScimError} */
export async function changeGroupMembers(at: Provisioner, id: string, asked: MemberChange): Promise<void> {
  if (!isUuid(id)) throw new NotFound(because('group-not-found', { id: echo(id) }))
  const members = await withoutUndoneAdds(at, asked)
  const large = { precondition: undefined, decide: (current: Resource) => current, members }
  const mode = isIndependent(members) ? 'shared' : 'alone'
  if (isLarge(members)) return changeInSteps(at, id, large, mode)
  const scope = holding(at, id, mode)
  const outcome = await changeMembers({ ...at, scope }, id, members).catch(whenTooCostly(members))
  if (outcome === 'too costly') return changeInSteps(at, id, large, mode)
  if (!outcome) throw new NotFound(because('group-not-found', { id: echo(id) }))
}

/** Changes a group under its lock. @throws {NotFound} {Stale} {Conflict} {ScimError} */
export async function changeGroup(at: Provisioner, id: string, asked: GroupChange): Promise<void> {
  if (!isUuid(id)) throw new NotFound(because('group-not-found', { id: echo(id) }))
  const members = asked.members && (await withoutUndoneAdds(at, asked.members))
  await whileFree(at, () => attemptChange(at, id, { ...asked, members }))
}

async function attemptChange(at: Provisioner, id: string, change: GroupChange): Promise<void> {
  const { members } = change
  if (members && isLarge(members)) return changeInSteps(at, id, change)
  const move = members && ((tx: TenantTx) => moveMembers(tx, at, id, members))
  const done = at.db.transaction(holding(at, id, 'alone'), (tx) => changeIn(tx, at, id, change, move))
  if ((await done.catch(whenTooCostly(members))) === 'too costly') return changeInSteps(at, id, change)
}

/**
 * Handles changes that name few members but affect many, such as emptying a group. One statement may be too costly
 * for them.
 */
function whenTooCostly(members: MemberChange | undefined) {
  return (error: unknown) => {
    if (members && error instanceof TooCostly) return 'too costly' as const
    throw error
  }
}

async function changeInSteps(
  at: Provisioner,
  id: string,
  change: GroupChange,
  mode: 'shared' | 'alone' = 'alone',
): Promise<void> {
  const { members } = change
  const move = members && ((tx: TenantTx) => moveManyMembers(tx, at, id, members))
  const work = (tx: TenantTx) => changeIn(tx, at, id, change, move)
  await at.db.transaction(unhurried(holding(at, id, mode)), work).catch((error: unknown) => {
    // Only a filter is evaluated by a single statement, whatever the size of the group, so a retry doesn't help.
    if (!(error instanceof TooCostly) || !members?.removeWhere.length) throw error
    const { seconds } = error
    throw new TooCostly(because('members-filter-too-costly', { seconds }), { seconds, cause: error })
  })
}

type Move = (tx: TenantTx) => ReturnType<typeof moveMembers>

async function changeIn(
  tx: TenantTx,
  at: Provisioner,
  id: string,
  { precondition, decide }: GroupChange,
  move: Move | undefined,
): Promise<void> {
  const before = found(id, await readRow(tx, at, id, false))
  if (precondition && !precondition(groupVersion(before)))
    throw new Stale(because('version-changed', { type: 'Group', id, version: groupVersion(before) }))
  const current = storedGroup(before)
  const next = decide(current)
  const diff = next === current ? undefined : attributeDiff(current, next)
  if (diff) await updateGroup(tx, at, id, next)
  const members = memberDiff((await move?.(tx)) ?? NOBODY)
  if (!diff && !members.before && !members.after) return
  const both = {
    before: { ...diff?.before, ...members.before },
    after: { ...diff?.after, ...members.after },
  }
  await record(tx, at.auditContext, { ...groupFact(id, next), action: 'update', change: both })
  await tx.query(revision(id, at.tenantId))
}

async function updateGroup(tx: TenantTx, at: Provisioner, id: string, resource: Resource): Promise<void> {
  const columns = groupColumns(id, resource, at.uniqueGroupNames)
  const repeat = repeatAfter('directory_group', at, {
    id: sql`${id}`,
    externalId: sql`${columns.externalId}`,
  })
  const update = sql`update directory_group u set display_name = ${columns.displayName},
      display_name_key = ${columns.displayNameKey}, unique_name_key = ${columns.uniqueNameKey},
      external_id = ${columns.externalId}, external_id_repeat = ${repeat}, resource = ${columns.resource}
    where u.id = ${id} and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
  await unlessRefused({ id, columns }, tx.query(update))
}
