// How an administrator signs in to the portal: a password, then a second factor where there is one; or a passkey alone.
// `nextStep` decides; what happens here is proving, and giving out the token of what comes next.
import { Unauthenticated } from '#errors.ts'
import { type Assertion, type ProvenHolder, provePasskey } from '#factors/passkeys.ts'
import { type Database, SYSTEM, type TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import type { SessionOrigin } from './administrator-sessions.ts'
import { readFactors } from './factors.ts'
import { demandFactor, type FactorAnswer, nameOf, readMeans } from './means.ts'
import { type Method, nextStep } from './next-step.ts'
import { verifyPassword } from './passwords.ts'
import { startSession } from './proofs.ts'
import { emailKey } from './rules.ts'
import { beginAttempt, findAttempt, finishAttempt } from './sign-in-attempts.ts'
import { type Account, type SignInTools, tell, tellRefusal, witnessOf } from './tell.ts'
import { countedTry, countTry, forgetTries, giveTryBack } from './throttle.ts'

export interface Organisation {
  readonly slug: string
  readonly name: string
}

export type SignInOutcome =
  | { readonly next: 'complete'; readonly sessionToken: string }
  | { readonly next: 'factor'; readonly methods: readonly Method[]; readonly attemptToken: string }
  /** The same address and password in several tenants: which is meant? */
  | { readonly next: 'organisation'; readonly organisations: readonly Organisation[] }

export interface PasswordSignIn {
  readonly email: string
  readonly password: string
  /** Slug of a tenant. */
  readonly organisation?: string | undefined
}

interface Candidate extends Organisation, Account {
  /** Null where this account is opened by no password. */
  readonly passwordHash: string | null
  readonly disabled: boolean
  /** Of the account as this password was read from it. */
  readonly securityVersion: string
}

/** Accounts with one address whose passwords are compared; each costs what a password costs. */
const MOST_CANDIDATES = 5

/** What a passkey ceremony is bound to when nobody has said yet who they are. */
export const ANYONE = 'anyone'

/** @throws {Unauthenticated} in the same words, whatever is wrong @throws {Throttled} */
export async function signIn(
  tools: SignInTools,
  input: PasswordSignIn,
  origin: SessionOrigin,
): Promise<SignInOutcome> {
  const { db } = tools
  const address = { what: 'address', who: origin.sourceAddress ?? '' } as const
  const [candidate, ...others] = await countedTry(db, [address], () => opened(tools, input, origin))
  await giveTryBack(db, address)
  if (others.length > 0) {
    const organisations = [candidate, ...others].map(({ slug, name }) => ({ slug, name }))
    return { next: 'organisation', organisations }
  }
  const { tenantId, id, securityVersion } = candidate
  const proven = { password: true, factor: false, passkey: false }
  const step = nextStep(proven, await readMeans(tools, tenantId, id))
  if (step.next === 'factor') return { ...step, attemptToken: await beginAttempt(db, tenantId, candidate) }
  const sessionToken = await db.transaction({ tenantId }, (tx) =>
    startSession(tx, id, { ...proven, securityVersion }, origin),
  )
  tell(tools, candidate, origin, { kind: 'sign-in', reason: 'password' })
  return { next: 'complete', sessionToken }
}

/** The accounts that this address and password open. @throws {Unauthenticated} none @throws {Throttled} */
async function opened(
  tools: SignInTools,
  input: PasswordSignIn,
  origin: SessionOrigin,
): Promise<readonly [Candidate, ...Candidate[]]> {
  const tried = { what: 'password', who: emailKey(input.email) } as const
  const candidates = await findCandidates(tools.db, input)
  try {
    const [first, ...others] = await countedTry(tools.db, [tried], () =>
      matchPassword(candidates, input.password),
    )
    if (!first) throw new Unauthenticated('E-mail address or password is wrong')
    await forgetTries(tools.db, tried)
    return [first, ...others]
  } catch (error) {
    for (const one of candidates)
      tellRefusal(tools, one, origin, error, {
        kind: 'sign-in',
        what: one.disabled ? 'password, and the account is disabled' : 'password',
      })
    throw error
  }
}

/** Every account of the address, those first that can be opened. */
function findCandidates(db: Database, { email, organisation }: PasswordSignIn): Promise<Candidate[]> {
  return db.run<Candidate>(
    SYSTEM, // whose administrator it is, only the address says
    sql`select a.id, a.tenant_id as "tenantId", a.email, a.password_hash as "passwordHash", t.slug, t.name,
        a.disabled_at is not null as disabled, a.security_version as "securityVersion"
      from administrator a join tenant t on t.id = a.tenant_id
      where a.email_key = ${emailKey(email)}
        and (${organisation ?? null}::text is null or t.slug = ${organisation ?? null})
      order by a.disabled_at is not null or a.password_hash is null, a.id limit ${MOST_CANDIDATES}`,
  )
}

/** Where no account can be opened, the work is done all the same. */
async function matchPassword(all: readonly Candidate[], password: string): Promise<Candidate[]> {
  const candidates = all.filter(({ disabled, passwordHash }) => !disabled && passwordHash !== null)
  if (candidates.length === 0) {
    await verifyPassword(password, undefined)
    return []
  }
  const right = await Promise.all(
    candidates.map(({ passwordHash }) => verifyPassword(password, passwordHash ?? undefined)),
  )
  return candidates.filter((_, i) => right[i])
}

/** The second factor of an attempt. @throws {Unauthenticated} {Throttled} {Refused} */
export async function signInByFactor(
  tools: SignInTools,
  attemptToken: string | undefined,
  answer: FactorAnswer,
  origin: SessionOrigin,
): Promise<string> {
  const attempt = await findAttempt(tools.db, attemptToken)
  const { tenantId, administratorId: id, email, boundTo, securityVersion } = attempt
  const account = { tenantId, id, email }
  const what = nameOf(answer)
  try {
    await demandFactor(tools, witnessOf(account, origin), account, boundTo, answer)
  } catch (error) {
    tellRefusal(tools, account, origin, error, { kind: 'sign-in', what })
    throw error
  }
  const shown = { password: true, factor: true, passkey: false, securityVersion }
  const token = await tools.db.transaction({ tenantId }, async (tx) => {
    const started = await startSession(tx, id, shown, origin)
    await finishAttempt(tx, attemptToken ?? '')
    return started
  })
  tell(tools, account, origin, { kind: 'sign-in', reason: `password and ${what}` })
  return token
}

/** A passkey, and nothing else: it says who it is, and is two factors at once. @throws {Unauthenticated} {Throttled} */
export async function signInByPasskey(
  tools: SignInTools,
  assertion: Assertion,
  origin: SessionOrigin,
): Promise<string> {
  const address = { what: 'address', who: origin.sourceAddress ?? '' } as const
  await countTry(tools.db, address)
  const proven = await provePasskey(tools, undefined, ANYONE, assertion)
  if (proven?.holder.kind !== 'administrator')
    throw new Unauthenticated('This passkey belongs to no account here')
  const { tenantId } = proven
  await giveTryBack(tools.db, address)
  const [owner, token] = await tools.db.transaction({ tenantId }, async (tx) => {
    const found = await findPasskeyOwner(tx, proven)
    if (!found || found.disabled) return [found, undefined]
    const { id, securityVersion } = found
    const shown = { password: false, factor: false, passkey: true, securityVersion }
    return [found, await startSession(tx, id, shown, origin)]
  })
  if (token === undefined) {
    if (owner)
      tell(tools, owner, origin, { kind: 'sign-in', result: 'failure', reason: 'the account is disabled' })
    throw new Unauthenticated('This passkey belongs to no account here')
  }
  if (owner) tell(tools, owner, origin, { kind: 'sign-in', reason: 'passkey' })
  return token
}

/** Under the lock that whoever removes a passkey waits for. @returns undefined also when it was removed meanwhile */
async function findPasskeyOwner(
  tx: TenantTx,
  { holder, passkeyId }: ProvenHolder,
): Promise<(Account & { readonly disabled: boolean; readonly securityVersion: string }) | undefined> {
  const [found] = await tx.query<Account & { disabled: boolean; securityVersion: string }>(
    sql`select id, tenant_id as "tenantId", email, disabled_at is not null as disabled,
        security_version as "securityVersion"
      from administrator where id = ${holder.id} and tenant_id = ${tx.tenantId} for share`,
  )
  const { passkeys } = await readFactors(tx, tx.tenantId, holder.id)
  return passkeys.some(({ id }) => id === passkeyId) ? found : undefined
}
