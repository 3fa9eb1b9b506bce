// Invitations, password reset links and API keys are valid only while the administrator who issued them may still
// issue them.
import { type AuditContext, recordEach } from '#audit/record.ts'
import { Refused } from '#errors.ts'
import type { Queryable, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Role } from './administrators.ts'

/** A condition on a link `l`: its issuer may still issue it. Links without an issuer come from the service itself. */
export const ISSUER_STILL_MAY = sql`(l.issuer_id is null or exists (
  select from administrator issuer
  where issuer.id = l.issuer_id and issuer.role = 'owner' and issuer.disabled_at is null))`

/**
 * Locks the administrator who acts, or who created the API key that acts. A change that demotes, disables or removes
 * the administrator waits for this transaction, and then revokes what it issued.
 * @returns the administrator's id
 * @throws {Refused} if the administrator may no longer issue it
 */
export async function lockIssuer(
  tx: Queryable,
  { tenantId, actor }: AuditContext,
  roles: readonly Role[] = ['owner'],
): Promise<string> {
  const id = actor.id ?? null
  const [issuer] = await tx.query<{ id: string }>(
    sql`select id from administrator
      where id = coalesce((select creator_id from api_key where id = ${id} and tenant_id = ${tenantId}), ${id}::uuid)
        and tenant_id = ${tenantId} and role = any(${roles}::text[]) and disabled_at is null for share`,
  )
  if (!issuer) throw new Refused('Your role no longer allows this.')
  return issuer.id
}

/** Deletes the links of an administrator who may no longer issue them. */
export async function revokeLinksOf(
  tx: TenantTx,
  auditContext: AuditContext,
  issuerId: string,
): Promise<void> {
  const gone = await tx.query<{ id: string; kind: string; email: string; role: string }>(
    sql`delete from account_link where issuer_id = ${issuerId} and tenant_id = ${tx.tenantId}
      returning id, kind, email, role`,
  )
  const invitations = gone.filter(({ kind }) => kind === 'invitation')
  await recordEach(
    tx,
    auditContext,
    invitations.map(({ id, email, role }) => ({
      action: 'delete',
      objectType: 'Invitation',
      objectId: id,
      objectName: email,
      change: { before: { email, role } },
    })),
  )
}

/** Revokes the API keys of an administrator who is being removed. */
export async function revokeKeysOf(
  tx: TenantTx,
  auditContext: AuditContext,
  creatorId: string,
): Promise<void> {
  const gone = await tx.query<{ id: string; name: string; role: string }>(
    sql`delete from api_key where creator_id = ${creatorId} and tenant_id = ${tx.tenantId} returning id, name, role`,
  )
  await recordEach(
    tx,
    auditContext,
    gone.map(({ id, name, role }) => ({
      action: 'delete',
      objectType: 'ApiKey',
      objectId: id,
      objectName: name,
      change: { before: { name, role } },
    })),
  )
}
