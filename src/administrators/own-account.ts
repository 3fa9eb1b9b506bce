// Changes that administrators make to their own account.
import { type AuditContext, audited, record } from '#audit/record.ts'
import { Invalid } from '#errors.ts'
import { type FactorTools, hasFactor } from '#factors/factors.ts'
import { hashPassword, normalizePassword, type PasswordHash } from '#factors/passwords.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { readPlainName } from '#tenancy/rules.ts'
import { forgetBrowsers, rememberBrowser } from '#throttle/known-browsers.ts'
import { administratorId, lockAdministrator, type Owner, readFactors } from './factors.ts'
import { forgetPasswordGuesses } from './sign-in/password.ts'
import { demandPassword } from './sign-in/proof.ts'
import { changeOwnAccount, passwordChanged } from './sign-in/proofs.ts'
import { endSessionsOf, type OpenedSession, type SignedIn } from './sign-in/sessions.ts'

/** Changes the administrator's own name. @throws {Invalid} `name` */
export async function renameSelf(
  db: Database,
  auditContext: AuditContext,
  own: SignedIn,
  text: string,
): Promise<void> {
  const name = readPlainName(text)
  if (name === own.name) return
  const update = sql`update administrator set name = ${name}
    where id = ${own.administratorId} and tenant_id = ${own.tenantId} returning id`
  const fact = {
    action: 'update',
    objectType: 'Administrator',
    objectId: own.administratorId,
    objectName: own.email,
    change: { before: { name: own.name }, after: { name } },
  } as const
  await db.run({ tenantId: own.tenantId }, audited(auditContext, update, fact))
}

/**
 * Changes the password, ends every other session, and gives this session a new token. If the password is the only
 * factor, this also counts as a fresh proof of identity.
 * @throws {Unauthenticated} if the current password is wrong
 * @throws {Invalid} `password` if the new one breaks a rule
 * @throws {Throttled}
 */
export async function changePassword(
  tools: FactorTools,
  auditContext: AuditContext,
  own: SignedIn,
  { current, password }: { readonly current: string; readonly password: string },
): Promise<OpenedSession> {
  // A new password that is never allowed is refused before the current one is checked.
  normalizePassword(password, { withFactor: true })
  await demandPassword(tools, own, current)
  if (password === current) throw new Invalid('password', 'is the same as the current one')
  const kept = await hashPassword(password, { withFactor: true, about: [own.email, own.name] })
  const owner = { id: own.administratorId, email: own.email }
  return tools.db.transaction({ tenantId: own.tenantId }, async (tx) => {
    await changeOwnAccount(tx, own, async () => {
      await setPassword(tx, auditContext, owner, kept)
      await endSessionsOf(tx, own.administratorId, own.sessionId)
    })
    const sessionToken = await passwordChanged(tx, own)
    return { sessionToken, browserToken: await rememberBrowser(tx, administratorId(owner.id)) }
  })
}

/**
 * Sets a password by command line, for an administrator who is locked out.
 * @throws {Invalid} `password` if it has fewer than 15 characters
 */
export async function replacePassword(
  db: Database,
  auditContext: AuditContext,
  owner: Owner,
  password: string,
): Promise<void> {
  const kept = await hashPassword(password, { about: [owner.email] })
  await db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    await setPassword(tx, auditContext, owner, kept)
    await endSessionsOf(tx, owner.id)
  })
  await forgetPasswordGuesses(db, auditContext.tenantId, owner)
}

/**
 * Stores a new password, and forgets the browsers in which the account was signed in.
 * @throws {Invalid} `password` if it is short and the account has no second factor
 * @throws {NotFound}
 */
export async function setPassword(
  tx: TenantTx,
  auditContext: AuditContext,
  owner: Owner,
  { hash, isLong }: PasswordHash,
): Promise<void> {
  await lockAdministrator(tx, owner.id)
  if (!isLong && !hasFactor(await readFactors(tx, tx.tenantId, owner.id)))
    throw new Invalid('password', 'must have at least 15 characters, or 8 together with a second factor')
  await tx.query(
    sql`update administrator set password_hash = ${hash}, password_is_long = ${isLong}
      where id = ${owner.id} and tenant_id = ${tx.tenantId}`,
  )
  await forgetBrowsers(tx, administratorId(owner.id))
  await record(tx, auditContext, {
    action: 'update',
    objectType: 'Administrator',
    objectId: owner.id,
    objectName: owner.email,
    change: { after: { password: 'changed' } },
  })
}
