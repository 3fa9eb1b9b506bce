// One-time links: set up the first owner, accept an invitation, or reset a password. They share one page and the same
// rules. Accepting one deletes the link and changes the account in a single transaction.
import { NotFound } from '#errors.ts'
import { hasFactor } from '#factors/factors.ts'
import { hashPassword, normalizePassword } from '#factors/passwords.ts'
import { digestOf, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import { type Database, inTenant, type TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { readEmail, readPlainName } from '#tenancy/rules.ts'
import { rememberBrowser } from '#throttle/known-browsers.ts'
import { addAdministrator, prepareAdministrator, type Role } from './administrators.ts'
import {
  addFactor,
  type Enrolled,
  administratorId as holderId,
  lockAdministrator,
  proveNewFactor,
  readFactors,
} from './factors.ts'
import { ISSUER_STILL_MAY } from './handed-out.ts'
import { setPassword } from './own-account.ts'
import { findSetupLink, voidSetupLink } from './setup-link.ts'
import { startSession } from './sign-in/proofs.ts'
import { auditContextOf, recordSignInActivity, type SignInTools } from './sign-in/record-activity.ts'
import { endSessionsOf, type SessionOrigin } from './sign-in/sessions.ts'

export interface AccountLink {
  readonly kind: 'setup' | 'invitation' | 'reset'
  readonly tenantId: string
  readonly tenantName: string
  /** Undefined for a set-up link: the new owner enters it. */
  readonly email: string | undefined
  readonly role: Role
  /** Set only for a password reset. */
  readonly administratorId: string | undefined
  /** Whether a short password (8 characters) is enough, because the account already has a second factor. */
  readonly hasFactor: boolean
  /** Passkey ceremonies started from this link are valid only with this value. */
  readonly boundTo: string
}

export interface Acceptance {
  readonly email?: string | undefined
  readonly name?: string | undefined
  readonly password: string
  readonly factor?: Enrolled | undefined
}

export interface Accepted {
  readonly email: string
  /** Undefined after a password reset: the administrator then signs in as usual. */
  readonly sessionToken: string | undefined
  /** Marks this browser as known, so that guesses made from other browsers don't lock the administrator out of it. */
  readonly browserToken: string
  /** Shown only once. */
  readonly recoveryCodes: readonly string[] | undefined
}

/** Returns what the link is for. @throws {NotFound} if it is unknown, used, expired or replaced */
export async function findAccountLink(db: Database, token: string): Promise<AccountLink> {
  const boundTo = `link:${digestOf(token).toString('hex')}`
  const tenantId = tenantOfToken('link', token)
  if (tenantId === undefined) {
    const setup = await findSetupLink(db, token)
    return {
      kind: 'setup',
      ...setup,
      email: undefined,
      role: 'owner',
      administratorId: undefined,
      hasFactor: false,
      boundTo,
    }
  }
  const [found] = await db.run<
    Omit<AccountLink, 'tenantId' | 'hasFactor' | 'boundTo' | 'administratorId'> & {
      administratorId: string | null
    }
  >(
    { tenantId },
    sql`select l.kind, t.name as "tenantName", l.email, coalesce(l.role, a.role) as role,
        l.administrator_id as "administratorId"
      from account_link l join tenant t on t.id = l.tenant_id
        left join administrator a on a.id = l.administrator_id
      where l.digest = ${digestOf(token)} and l.tenant_id = ${tenantId} and l.expires_at > now()
        and a.disabled_at is null and ${ISSUER_STILL_MAY}`,
  )
  if (!found) throw gone()
  const administratorId = found.administratorId ?? undefined
  const factors = administratorId && (await readFactors(inTenant(db, tenantId), tenantId, administratorId))
  return { ...found, tenantId, administratorId, hasFactor: !!factors && hasFactor(factors), boundTo }
}

/**
 * Creates the account, or sets the new password, and deletes the link.
 * @throws {NotFound} as {@link findAccountLink}
 * @throws {Invalid} {Conflict} {Refused} and the link can be used again
 */
export async function acceptAccountLink(
  tools: SignInTools,
  token: string,
  input: Acceptance,
  origin: SessionOrigin,
): Promise<Accepted> {
  const link = await findAccountLink(tools.db, token)
  return link.administratorId === undefined
    ? makeAccount(tools, token, link, input, origin)
    : resetPassword(tools, token, link, link.administratorId, input, origin)
}

async function makeAccount(
  tools: SignInTools,
  token: string,
  link: AccountLink,
  { email = '', name = '', password, factor }: Acceptance,
  origin: SessionOrigin,
): Promise<Accepted> {
  const { tenantId, role } = link
  const wish = { email: link.email ?? email, name, role, password }
  // Check everything the user can correct first: the passkey challenge works only once.
  readEmail(wish.email)
  readPlainName(name)
  normalizePassword(password, { withFactor: factor !== undefined })
  const proven = factor && (await proveNewFactor(tools, tenantId, link.boundTo, factor))
  const fresh = await prepareAdministrator(wish, { withFactor: proven !== undefined })
  const accepted = await tools.db.transaction({ tenantId }, async (tx) => {
    await voidLink(tx, token, link)
    const auditContext = auditContextOf({ tenantId, ...fresh }, origin)
    await addAdministrator(tx, auditContext, fresh)
    const recoveryCodes = proven && (await addFactor(tx, tools, auditContext, fresh, proven))
    const { securityVersion } = await lockAdministrator(tx, fresh.id)
    const shown = { password: true, factor: proven !== undefined, passkey: false, securityVersion }
    const sessionToken = await startSession(tx, fresh.id, shown, origin)
    const browserToken = await rememberBrowser(tx, holderId(fresh.id), origin.browserTokens)
    return { email: fresh.email, sessionToken, browserToken, recoveryCodes }
  })
  const reason = link.kind === 'setup' ? 'set-up link' : 'invitation accepted'
  recordSignInActivity(tools, { tenantId, id: fresh.id, email: fresh.email }, origin, {
    kind: 'sign-in',
    reason,
  })
  return accepted
}

async function resetPassword(
  tools: SignInTools,
  token: string,
  link: AccountLink,
  id: string,
  { password }: Acceptance,
  origin: SessionOrigin,
): Promise<Accepted> {
  const { tenantId } = link
  const kept = await hashPassword(password, { withFactor: link.hasFactor, about: [link.email] })
  const email = link.email ?? ''
  const browserToken = await tools.db.transaction({ tenantId }, async (tx) => {
    // Changes of an account lock it first and then delete its links. The same order here prevents a deadlock.
    await lockAdministrator(tx, id)
    await voidLink(tx, token, link)
    await setPassword(tx, auditContextOf({ tenantId, id, email }, origin), { id, email }, kept)
    await endSessionsOf(tx, id)
    return rememberBrowser(tx, holderId(id))
  })
  recordSignInActivity(tools, { tenantId, id, email }, origin, { kind: 'password', reason: 'set by a link' })
  return { email, sessionToken: undefined, browserToken, recoveryCodes: undefined }
}

/** Deletes the link. Of simultaneous requests with the same link, only one succeeds. @throws {NotFound} */
async function voidLink(tx: TenantTx, token: string, { kind }: AccountLink): Promise<void> {
  if (kind === 'setup') return voidSetupLink(tx, token)
  const used = await tx.query(
    sql`delete from account_link where digest = ${digestOf(token)} and tenant_id = ${tx.tenantId} and expires_at > now()
      returning id`,
  )
  if (used.length === 0) throw gone()
}

function gone(): NotFound {
  return new NotFound('This link is not valid: it was used, is too old, or was replaced by a newer one')
}
