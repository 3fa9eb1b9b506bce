// Invitations for new administrators: a one-time link for an email address and a role, valid for three days.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited } from '#audit/record.ts'
import { Conflict, NotFound } from '#errors.ts'
import { digestOf, newScopedToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database } from '#platform/database/database.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import { emailKey, readEmail } from '#tenancy/rules.ts'
import type { Role } from './administrators.ts'
import { lockIssuer } from './handed-out.ts'

export interface Invitation {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly invitedBy: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** The token is part of the link. Only its digest is stored. */
export interface IssuedInvitation {
  readonly invitation: Invitation
  readonly token: string
}

const HOURS = 72
const COLUMNS = raw(
  'id, email, role, invited_by as "invitedBy", created_at as "createdAt", expires_at as "expiresAt"',
)

/**
 * Creates an invitation.
 * @throws {Invalid} {Refused}
 * @throws {Conflict} `email` if it belongs to an administrator or an open invitation
 */
export async function invite(
  db: Database,
  auditContext: AuditContext,
  input: { readonly email: string; readonly role: Role },
): Promise<IssuedInvitation> {
  const { tenantId } = auditContext
  const email = readEmail(input.email)
  const token = newScopedToken('link', tenantId)
  const id = randomUUIDv7()
  const insert = sql`insert into account_link
      (id, tenant_id, kind, digest, email, email_key, role, invited_by, issuer_id, expires_at)
    select ${id}, ${tenantId}, 'invitation', ${digestOf(token)}, ${email}, ${emailKey(email)}, ${input.role},
      ${auditContext.actor.name}, ${auditContext.actor.id ?? null}::uuid, now() + make_interval(hours => ${HOURS})
    where not exists (select from administrator where tenant_id = ${tenantId} and email_key = ${emailKey(email)})
    returning ${COLUMNS}`
  const fact = {
    action: 'create',
    objectType: 'Invitation',
    objectId: id,
    objectName: email,
    change: { after: { email, role: input.role } },
  } as const
  try {
    const [invitation] = await issue<Invitation>(db, auditContext, audited(auditContext, insert, fact))
    if (!invitation) throw new Conflict('email', `There is an administrator ${email} already`)
    return { invitation, token }
  } catch (error) {
    if (violatedIndex(error) !== 'account_link_invitation') throw error
    throw new Conflict('email', `${email} is invited already; send that invitation again, or revoke it`)
  }
}

function issue<Row extends object>(db: Database, auditContext: AuditContext, statement: Sql): Promise<Row[]> {
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    await lockIssuer(tx, auditContext)
    return tx.query<Row>(statement)
  })
}

/**
 * Replaces the link of an invitation; the old one stops working. The administrator who renews it becomes its issuer.
 * @throws {NotFound} {Refused}
 */
export async function renewInvitation(
  db: Database,
  auditContext: AuditContext,
  id: string,
): Promise<IssuedInvitation> {
  const { tenantId } = auditContext
  const token = newScopedToken('link', tenantId)
  const { name, id: issuerId = null } = auditContext.actor
  const update = sql`update account_link set digest = ${digestOf(token)}, invited_by = ${name}, issuer_id = ${issuerId},
      expires_at = now() + make_interval(hours => ${HOURS})
    where id = ${id} and tenant_id = ${tenantId} and kind = 'invitation' returning ${COLUMNS}`
  const fact = {
    action: 'update',
    objectType: 'Invitation',
    objectId: id,
    objectName: raw('changed.email'),
    change: { after: { link: 'renewed' } },
  } as const
  const [invitation] = await issue<Invitation>(db, auditContext, audited(auditContext, update, fact))
  if (!invitation) throw new NotFound('There is no such invitation')
  return { invitation, token }
}

/** Revokes an invitation. @throws {NotFound} */
export async function revokeInvitation(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  const { tenantId } = auditContext
  const gone = sql`delete from account_link where id = ${id} and tenant_id = ${tenantId} and kind = 'invitation'
    returning email, role`
  const fact = {
    action: 'delete',
    objectType: 'Invitation',
    objectId: id,
    objectName: raw('changed.email'),
    change: raw(
      `jsonb_build_object('before', jsonb_build_object('email', changed.email, 'role', changed.role))::text`,
    ),
  } as const
  if ((await db.run({ tenantId }, audited(auditContext, gone, fact))).length === 0)
    throw new NotFound('There is no such invitation')
}

/** Returns open invitations, and expired ones that can be renewed. */
export function listInvitations(db: Database, tenantId: string): Promise<Invitation[]> {
  return db.run<Invitation>(
    { tenantId },
    sql`select ${COLUMNS} from account_link where tenant_id = ${tenantId} and kind = 'invitation'
      order by tenant_id, email_key`,
  )
}
