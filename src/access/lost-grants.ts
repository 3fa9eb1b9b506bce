// How administrators remove or replace lost grants. Nothing happens by itself: a new group with the old name, or a restored
// user, gets access only when an administrator decides so.
import { type AuditContext, audited } from '#audit/record.ts'
import { NotFound, Refused } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type Application, applicationEvent, lockApplication, readApplicationRow } from './applications.ts'
import { addGrants, type LostGrant, removeGrants } from './grants.ts'

/** Names a lost grant: the application, and the user or group that was deleted. */
export interface LostGrantId {
  readonly applicationId: string
  readonly subjectId: string
}

/** @returns the application without it @throws {NotFound} */
export function removeLostGrant(
  db: Database,
  auditContext: AuditContext,
  place: LostGrantId,
): Promise<Application> {
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const { application, lost } = await lockLostGrant(tx, place)
    const removal = sql`delete from application_grant where application_id = ${application.id}
      and subject_id = ${lost.id} and tenant_id = ${tx.tenantId} returning subject_id`
    const change = { before: { lostGrant: auditedGrant(lost) } }
    await tx.query(audited(auditContext, removal, applicationEvent('update', application, change)))
    return readApplicationRow(tx, application.id)
  })
}

/**
 * Grants access to a lost grant's successor.
 * @param successorId the one that the administrator saw @returns the application with the new grant
 * @throws {NotFound} @throws {Refused} it isn't the successor (any more)
 */
export function grantToSuccessor(
  db: Database,
  auditContext: AuditContext,
  place: LostGrantId,
  successorId: string,
): Promise<Application> {
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const { application, lost } = await lockLostGrant(tx, place)
    const { successor } = lost
    if (successor?.id !== successorId)
      throw new Refused('This is no longer the successor of the group or user that was deleted. Look again.')
    await removeGrants(tx, application.id, [lost])
    await addGrants(tx, application.id, [successor])
    const update = sql`update application set version = version + 1, changed_at = now()
      where id = ${application.id} and tenant_id = ${tx.tenantId} returning id`
    const change = { before: { lostGrant: auditedGrant(lost) }, after: { grant: successor } }
    await tx.query(audited(auditContext, update, applicationEvent('update', application, change)))
    return readApplicationRow(tx, application.id)
  })
}

async function lockLostGrant(
  tx: TenantTx,
  { applicationId, subjectId }: LostGrantId,
): Promise<{ application: Application; lost: LostGrant }> {
  const application = await lockApplication(tx, applicationId)
  const lost = application.lostGrants.find(({ id }) => id === subjectId)
  if (!lost) throw new NotFound(`${application.name} has no lost grant of ${subjectId}`)
  return { application, lost }
}

function auditedGrant({ type, id, name, externalId }: LostGrant) {
  return { type, id, name, externalId }
}
