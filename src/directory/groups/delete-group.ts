import { audited, type Fact } from '#audit/record.ts'
import { NotFound, Stale, TooCostly } from '#errors.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { prepared, type Sql, sql } from '#platform/database/sql.ts'
import type { Precondition } from '#protocol/scim/messages/etag.ts'
import { echo } from '#protocol/scim/messages/secrets.ts'
import { because } from '#protocol/scim/refusals/refusals.ts'
import type { Provisioner } from '../provisioner.ts'
import { isUuid } from '../uuid.ts'
import { groupVersion } from './group-row.ts'
import { found, holding, readRow } from './groups.ts'
import { moveManyMembers, unhurried } from './large-members.ts'

/** Deletes a group and its memberships, but not its members. @throws {NotFound} {Stale} */
export async function deleteGroup(
  at: Provisioner,
  id: string,
  precondition: Precondition | undefined,
): Promise<void> {
  if (!isUuid(id)) throw new NotFound(because('group-not-found', { id: echo(id) }))
  const rows = await deleteWhole(at, id, precondition).catch((error: unknown) => {
    if (error instanceof TooCostly) return deleteInSteps(at, id, precondition)
    throw error
  })
  if (rows.length === 0) throw new NotFound(because('group-not-found', { id: echo(id) }))
}

function deleteWhole(at: Provisioner, id: string, precondition: Precondition | undefined) {
  const scope = holding(at, id, 'alone')
  if (!precondition) return at.db.run(scope, deletion(at, id))
  return at.db.transaction(scope, async (tx) => {
    await demand(tx, at, id, precondition)
    return tx.query(deletion(at, id))
  })
}

/** Deletes a group that has too many members for one statement. */
function deleteInSteps(at: Provisioner, id: string, precondition: Precondition | undefined) {
  return at.db.transaction(unhurried(holding(at, id, 'alone')), async (tx) => {
    if (precondition) await demand(tx, at, id, precondition)
    await moveManyMembers(tx, at, id, { clear: true, removeWhere: [], remove: [], add: [] })
    return tx.query(deletion(at, id))
  })
}

async function demand(tx: TenantTx, at: Provisioner, id: string, precondition: Precondition): Promise<void> {
  const version = groupVersion(found(id, await readRow(tx, at, id, false)))
  if (!precondition(version)) throw new Stale(because('version-changed', { type: 'Group', id, version }))
}

function deletion(at: Provisioner, id: string): Sql {
  const fact: Fact = {
    action: 'delete',
    objectType: 'Group',
    objectId: id,
    objectName: sql`changed.display_name`,
    change: sql`'{"before":' || changed.resource || '}'`,
  }
  const gone = sql`delete from directory_group u where u.id = ${id} and u.idp_id = ${at.idpId}
    and u.tenant_id = ${at.tenantId} returning u.id, u.display_name, u.resource`
  return prepared('group.delete', audited(at.auditContext, gone, fact))
}
