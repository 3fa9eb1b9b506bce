// One-time links for setting a password, where Doorlist is the identity provider. A link alone doesn't sign in: a second factor
// is still needed.

import type { Role } from '#administrators/administrators.ts'
import { lockIssuer } from '#administrators/handed-out.ts'
import { type AuditContext, record } from '#audit/record.ts'
import { NotFound, Refused } from '#errors.ts'
import { hashPassword } from '#factors/passwords.ts'
import type { Mfa } from '#identity-providers/settings.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { forgetGuesses } from '#throttle/guesses.ts'
import { rememberBrowser } from '#throttle/known-browsers.ts'
import type { Origin } from '../complete.ts'
import { auditContextOf } from '../complete.ts'
import { lockUser } from '../sessions/sign-in-user.ts'
import { passwordRule, setPassword } from './passwords.ts'

export type LinkKind = 'invitation' | 'reset'

/** Roles that may create links for users. */
const ISSUERS: readonly Role[] = ['owner', 'admin']
const MINUTES: Record<LinkKind, number> = { invitation: 72 * 60, reset: 60 }
/** A link that is valid for longer than this is still fresh. */
const FRESH_MINUTES = 30

export interface PasswordLink {
  readonly token: string
  readonly userName: string
  readonly email: string | null
  readonly tenantName: string
}

/**
 * Creates a link for the user's current address and voids the previous one of the same kind. The link is valid while the
 * administrator, or the creator of the API key, still may invite.
 * @throws {NotFound} @throws {Refused} the password is kept elsewhere, or the administrator may not invite any more
 */
export async function createPasswordLink(
  tx: TenantTx,
  auditContext: AuditContext,
  userId: string,
  kind: LinkKind,
): Promise<PasswordLink> {
  const link = await createLink(tx, auditContext, userId, kind, true)
  if (!link) throw new Error('a link was not made')
  return link
}

/**
 * Creates a link for a forgotten password. Strangers can ask for it, too, so a fresh link isn't replaced: that would fill the
 * mailbox and void the link that the user is about to open.
 * @param isKnown the user was signed in in this browser before @returns undefined: the fresh link stays
 */
export function createResetLink(
  db: Database,
  auditContext: AuditContext,
  userId: string,
  isKnown: boolean,
): Promise<PasswordLink | undefined> {
  return db.transaction({ tenantId: auditContext.tenantId }, (tx) =>
    createLink(tx, auditContext, userId, 'reset', isKnown),
  )
}

async function createLink(
  tx: TenantTx,
  auditContext: AuditContext,
  userId: string,
  kind: LinkKind,
  evenIfFresh: boolean,
): Promise<PasswordLink | undefined> {
  const isHandedOut = auditContext.actor.type === 'administrator'
  const issuerId = isHandedOut ? await lockIssuer(tx, auditContext, ISSUERS) : null
  const { type, ...user } = await lockLinkUser(tx, userId)
  if (type !== 'local')
    throw new Refused('This user signs in with another identity provider, which manages their password')
  const token = newScopedToken('userLink', tx.tenantId)
  const made = await tx.query(
    sql`insert into user_link (user_id, kind, tenant_id, digest, issuer_id, expires_at)
      values (${userId}, ${kind}, ${tx.tenantId}, ${digestOf(token)}, ${issuerId},
        now() + make_interval(mins => ${MINUTES[kind]}))
      on conflict (user_id, kind) do update set digest = excluded.digest, issuer_id = excluded.issuer_id,
        created_at = now(), expires_at = excluded.expires_at
        where ${evenIfFresh} or user_link.expires_at < now() + make_interval(mins => ${FRESH_MINUTES})
      returning user_id`,
  )
  if (made.length === 0) return undefined
  await record(tx, auditContext, {
    action: 'update',
    objectType: 'User',
    objectId: userId,
    objectName: user.userName,
    change: { after: { passwordLink: kind } },
  })
  return { token, ...user }
}

interface LinkUser {
  readonly userName: string
  readonly email: string | null
  readonly tenantName: string
  readonly type: string
}

/** Locks the user: changing the address waits, and then voids the link. */
async function lockLinkUser(tx: TenantTx, userId: string): Promise<LinkUser> {
  const [user] = await tx.query<LinkUser>(
    sql`select u.user_name as "userName", u.profile->>'email' as email, t.name as "tenantName", i.type
      from directory_user u join identity_provider i on i.id = u.idp_id join tenant t on t.id = u.tenant_id
      where u.id = ${userId} and u.tenant_id = ${tx.tenantId} and u.active and u.deleted_at is null for share of u`,
  )
  if (!user) throw new NotFound(`There is no active user ${userId}`)
  return user
}

export interface ValidLink {
  readonly kind: LinkKind
  readonly tenantId: string
  readonly userId: string
  readonly userName: string
  readonly email: string | null
  readonly idpId: string
  readonly tenantName: string
  readonly mfa: Mfa
}

/** @throws {NotFound} the link is unknown, used, expired or replaced, or its user can't sign in */
export async function findPasswordLink(db: Database, token: string): Promise<ValidLink> {
  const tenantId = tenantOfToken('userLink', token)
  if (tenantId === undefined) throw invalidLink()
  const [found] = await db.run<ValidLink>(
    { tenantId },
    sql`select l.kind, l.tenant_id as "tenantId", u.id as "userId", u.user_name as "userName",
        u.profile->>'email' as email, u.idp_id as "idpId", t.name as "tenantName", i.mfa
      from user_link l join directory_user u on u.id = l.user_id and u.active and u.deleted_at is null
        join identity_provider i on i.id = u.idp_id and i.enabled and i.type = 'local' and i.enabled_at < l.created_at
        join tenant t on t.id = l.tenant_id
        left join administrator issuer on issuer.id = l.issuer_id
      where (l.issuer_id is null or issuer.role = any(${ISSUERS}::text[]) and issuer.disabled_at is null)
        and l.digest = ${digestOf(token)} and l.tenant_id = ${tenantId} and l.expires_at > now()`,
  )
  if (!found) throw invalidLink()
  return found
}

/**
 * Sets the password and voids the link. The browser becomes known, so strangers' guesses don't lock it out.
 * @throws {NotFound} the link isn't valid @throws {Invalid} `password`: the link stays valid
 */
export async function redeemPasswordLink(
  db: Database,
  token: string,
  password: string,
  origin: Origin,
): Promise<ValidLink & { readonly browserToken: string }> {
  const link = await findPasswordLink(db, token)
  const { tenantId, userId: id, userName, idpId, email } = link
  const kept = await hashPassword(password, { ...passwordRule(link), about: [userName, email] })
  const browserToken = await db.transaction({ tenantId }, async (tx) => {
    await lockUser(tx, id) // in this order, as changes of the user do, which void the links
    const used = await tx.query(
      sql`delete from user_link where digest = ${digestOf(token)} and tenant_id = ${tenantId} and expires_at > now()
        returning user_id`,
    )
    if (used.length === 0) throw invalidLink() // of several simultaneous requests with one link, one succeeds
    await setPassword(
      tx,
      auditContextOf({ tenantId, idpId }, { userId: id, userName }, origin),
      { id, userName },
      kept,
    )
    return rememberBrowser(tx, { kind: 'user', id })
  })
  await forgetGuesses(db, 'password', id)
  return { ...link, browserToken }
}

function invalidLink(): NotFound {
  return new NotFound('This link is not valid. It was used, has expired, or was replaced by a newer one.')
}
