// Passwords of users whose identity provider is Doorlist itself: look-up, check and change. Start with checkPassword;
// password-sign-in.ts uses it, password-links.ts sets a password by link. Hashing is in src/factors.
import { type AuditContext, audited } from '#audit/record.ts'
import { Invalid, Unauthenticated } from '#errors.ts'
import { hashPassword, normalizePassword, type PasswordHash, verifyPassword } from '#factors/passwords.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { caseKey } from '#protocol/scim/values/text.ts'
import { userNameKey } from '#protocol/scim/values/user-name.ts'
import { limitedGuess } from '#throttle/guesses.ts'
import { forgetBrowsers, knownBrowser, rememberBrowser } from '#throttle/known-browsers.ts'
import { guessLimits, signedInLimit } from '#throttle/limits.ts'
import { forgetDevices } from '../factors/devices.ts'
import { endSessionsOf } from '../sessions/sessions.ts'
import { lockUser } from '../sessions/sign-in-user.ts'

export interface LocalUser {
  readonly id: string
  readonly userName: string
  readonly email: string | null
  readonly hash: string | null
  readonly isLong: boolean
  /** Digest of this browser's token, if this user was signed in in it before. */
  readonly browser: Buffer | null
}

/**
 * Finds a user by userName, or by an email address that only one user has.
 * @returns undefined if there is none, or more than one
 */
export async function findLocalUser(
  db: Database,
  { id: idpId, tenantId }: Pick<IdentityProvider, 'id' | 'tenantId'>,
  name: string,
  browserTokens?: readonly string[],
): Promise<LocalUser | undefined> {
  const key = caseKey(name.trim())
  const nameKey = userNameKey(name.trim())
  const found = await db.run<LocalUser & { byName: boolean }>(
    { tenantId },
    sql`select u.id, u.user_name as "userName", u.profile->>'email' as email, p.hash,
        coalesce(p.is_long, true) as "isLong", u.user_name_key = ${nameKey} as "byName",
        ${knownBrowser('user', 'u.id', browserTokens)} as browser
      from directory_user u left join user_password p on p.user_id = u.id
      where u.idp_id = ${idpId} and u.tenant_id = ${tenantId} and u.deleted_at is null
        and (u.user_name_key = ${nameKey} or u.emails @> array[${key}]::text[])
      order by "byName" desc, u.id limit 2`,
  )
  const [first, second] = found
  return first?.byName || second === undefined ? first : undefined
}

/** Returns the account that guesses are counted for: the user's id, whatever name was typed; or a name that nobody has. */
export function guessAccount(idpId: string, name: string, user: Pick<LocalUser, 'id'> | undefined): string {
  return user?.id ?? `${idpId} ${caseKey(name.trim())}`
}

export interface PasswordAttempt {
  readonly name: string
  readonly password: string
  readonly sourceAddress: string
  readonly browserTokens?: readonly string[]
}

/**
 * Checks a name and password.
 * @throws {Unauthenticated} with the same text and after the same work, whatever is wrong @throws {Throttled}
 */
export async function checkPassword(
  db: Database,
  provider: Pick<IdentityProvider, 'id' | 'tenantId'>,
  { name, password, sourceAddress, browserTokens }: PasswordAttempt,
): Promise<LocalUser> {
  const found = await findLocalUser(db, provider, name, browserTokens)
  const from = { sourceAddress, browser: found?.browser }
  const limits = guessLimits('password', guessAccount(provider.id, name, found), from)
  const user = await limitedGuess(db, limits, async () =>
    (await verifyPassword(password, found?.hash ?? undefined)) ? found : undefined,
  )
  if (!user) throw wrongPassword()
  return user
}

/**
 * Locks the password that was checked. Changing it waits, and then ends what began with it.
 * @throws {Unauthenticated} it was changed meanwhile
 */
export async function lockPassword(
  tx: TenantTx,
  { id, hash }: Pick<LocalUser, 'id' | 'hash'>,
): Promise<void> {
  const held = await tx.query(
    sql`select user_id from user_password where user_id = ${id} and tenant_id = ${tx.tenantId} and hash = ${hash}
      for share`,
  )
  if (held.length === 0) throw wrongPassword()
}

function wrongPassword(): Unauthenticated {
  return new Unauthenticated('The user name or password is wrong.')
}

/**
 * Checks the current password of a signed-in user.
 * @returns what was checked, to be locked later
 * @throws {Invalid} `current` @throws {Throttled}
 */
async function requireOwnPassword(
  db: Database,
  tenantId: string,
  userId: string,
  password: string,
): Promise<{ readonly hash: string; readonly email: string | null }> {
  const right = await limitedGuess(db, [signedInLimit('password', userId)], async () => {
    const [kept] = await db.run<{ hash: string; email: string | null }>(
      { tenantId },
      sql`select p.hash, u.profile->>'email' as email from user_password p join directory_user u on u.id = p.user_id
        where p.user_id = ${userId} and p.tenant_id = ${tenantId}`,
    )
    return (await verifyPassword(password, kept?.hash)) ? kept : undefined
  })
  if (!right) throw new Invalid('current', 'is wrong')
  return right
}

/** Returns the rule for passwords: short ones are allowed only if a second factor is always required. */
export function passwordRule({ mfa }: Pick<IdentityProvider, 'mfa'>): { withFactor: boolean } {
  return { withFactor: mfa === 'mandatory' }
}

/** Sets a password. All other sessions, links, remembered and known browsers end. @param keep a session that stays */
export async function setPassword(
  tx: TenantTx,
  auditContext: AuditContext,
  { id, userName }: Pick<LocalUser, 'id' | 'userName'>,
  { hash, isLong }: PasswordHash,
  keep?: string,
): Promise<void> {
  const write = sql`insert into user_password (user_id, tenant_id, hash, is_long)
    values (${id}, ${tx.tenantId}, ${hash}, ${isLong})
    on conflict (user_id) do update set hash = excluded.hash, is_long = excluded.is_long, changed_at = now()
    returning user_id`
  await tx.query(
    audited(auditContext, write, {
      action: 'update',
      objectType: 'User',
      objectId: id,
      objectName: userName,
      change: { after: { password: 'set' } },
    }),
  )
  await endSessionsOf(tx, id, keep)
  await tx.query(sql`delete from user_link where user_id = ${id} and tenant_id = ${tx.tenantId}`)
  await forgetDevices(tx, id)
  await forgetBrowsers(tx, { kind: 'user', id })
}

/**
 * Changes a signed-in user's password.
 * @returns the token that keeps this browser known @throws {Throttled} @throws {Invalid} `current` or `password`
 */
export async function changePassword(
  db: Database,
  auditContext: AuditContext,
  provider: IdentityProvider,
  own: { readonly userId: string; readonly userName: string; readonly sessionId: string },
  { current, password }: { readonly current: string; readonly password: string },
): Promise<string> {
  normalizePassword(password, passwordRule(provider)) // the new password's rules first, so that the current one isn't counted as a guess in vain
  const { userId: id, userName, sessionId } = own
  const { tenantId } = provider
  const { hash, email } = await requireOwnPassword(db, tenantId, id, current)
  if (password === current) throw new Invalid('password', 'is the same as the current one')
  const kept = await hashPassword(password, { ...passwordRule(provider), about: [userName, email] })
  return db.transaction({ tenantId }, async (tx) => {
    await lockUser(tx, id)
    await lockPassword(tx, { id, hash })
    await requireSession(tx, sessionId)
    await setPassword(tx, auditContext, { id, userName }, kept, sessionId)
    return rememberBrowser(tx, { kind: 'user', id })
  })
}

/** @throws {Unauthenticated} the session ended meanwhile */
async function requireSession(tx: TenantTx, sessionId: string): Promise<void> {
  const there = sql`select id from user_session where id = ${sessionId} and tenant_id = ${tx.tenantId} for update`
  if ((await tx.query(there)).length === 0) throw new Unauthenticated('Sign in again')
}
