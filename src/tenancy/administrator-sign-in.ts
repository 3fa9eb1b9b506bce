// How an administrator signs in to the portal: a password, then a second factor where there is one; or a passkey alone.
// `nextStep` decides; what happens here is proving, and giving out the token of what comes next.
import { Unauthenticated } from '#errors.ts'
import type { FactorTools } from '#factors/factors.ts'
import { type Assertion, provePasskey } from '#factors/passkeys.ts'
import { type Database, SYSTEM } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { type SessionOrigin, startSession } from './administrator-sessions.ts'
import { demandFactor, type FactorAnswer, readMeans } from './means.ts'
import { type Method, nextStep } from './next-step.ts'
import { verifyPassword } from './passwords.ts'
import { emailKey } from './rules.ts'
import { beginAttempt, findAttempt, finishAttempt } from './sign-in-attempts.ts'
import { countTry, forgetTries, giveTryBack } from './throttle.ts'

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

interface Candidate extends Organisation {
  readonly id: string
  readonly tenantId: string
  readonly passwordHash: string
}

/** Accounts with one address whose passwords are compared; each costs what a password costs. */
const MOST_CANDIDATES = 5

/** What a passkey ceremony is bound to when nobody has said yet who they are. */
export const ANYONE = 'anyone'

/** @throws {Unauthenticated} in the same words, whatever is wrong @throws {Throttled} */
export async function signIn(
  tools: FactorTools,
  input: PasswordSignIn,
  origin: SessionOrigin,
): Promise<SignInOutcome> {
  const { db } = tools
  const account = { what: 'password', who: emailKey(input.email) } as const
  const address = { what: 'address', who: origin.sourceAddress ?? '' } as const
  await countTry(db, address)
  await countTry(db, account)
  const [candidate, ...others] = await matching(db, input)
  if (!candidate) throw new Unauthenticated('E-mail address or password is wrong')
  await Promise.all([forgetTries(db, account), giveTryBack(db, address)])
  if (others.length > 0) {
    const organisations = [candidate, ...others].map(({ slug, name }) => ({ slug, name }))
    return { next: 'organisation', organisations }
  }
  const { tenantId, id } = candidate
  const means = await readMeans(tools, tenantId, id)
  const step = nextStep({ password: true, factor: false, passkey: false }, means)
  if (step.next === 'factor') return { ...step, attemptToken: await beginAttempt(db, tenantId, id) }
  const sessionToken = await db.transaction({ tenantId }, (tx) => startSession(tx, tenantId, id, origin))
  return { next: 'complete', sessionToken }
}

/** The accounts that this address and password open. Where there is no account, the work is done all the same. */
async function matching(
  db: Database,
  { email, password, organisation }: PasswordSignIn,
): Promise<Candidate[]> {
  const candidates = await db.run<Candidate>(
    SYSTEM, // whose administrator it is, only the address says
    sql`select a.id, a.tenant_id as "tenantId", a.password_hash as "passwordHash", t.slug, t.name
      from administrator a join tenant t on t.id = a.tenant_id
      where a.email_key = ${emailKey(email)} and a.disabled_at is null and a.password_hash is not null
        and (${organisation ?? null}::text is null or t.slug = ${organisation ?? null})
      order by a.email_key, a.id limit ${MOST_CANDIDATES}`,
  )
  if (candidates.length === 0) {
    await verifyPassword(password, undefined)
    return []
  }
  const right = await Promise.all(candidates.map((one) => verifyPassword(password, one.passwordHash)))
  return candidates.filter((_, i) => right[i])
}

/** The second factor of an attempt. @throws {Unauthenticated} {Throttled} {Refused} */
export async function signInByFactor(
  tools: FactorTools,
  attemptToken: string | undefined,
  answer: FactorAnswer,
  origin: SessionOrigin,
): Promise<string> {
  const { tenantId, administratorId, boundTo } = await findAttempt(tools.db, attemptToken)
  await demandFactor(tools, tenantId, administratorId, boundTo, answer)
  return tools.db.transaction({ tenantId }, async (tx) => {
    await finishAttempt(tx, attemptToken ?? '')
    return startSession(tx, tenantId, administratorId, origin)
  })
}

/** A passkey, and nothing else: it says who it is, and is two factors at once. @throws {Unauthenticated} {Throttled} */
export async function signInByPasskey(
  tools: FactorTools,
  assertion: Assertion,
  origin: SessionOrigin,
): Promise<string> {
  const address = { what: 'address', who: origin.sourceAddress ?? '' } as const
  await countTry(tools.db, address)
  const proven = await provePasskey(tools, undefined, ANYONE, assertion)
  if (proven?.holder.kind !== 'administrator')
    throw new Unauthenticated('This passkey belongs to no account here')
  const { tenantId, holder } = proven
  await giveTryBack(tools.db, address)
  return tools.db.transaction({ tenantId }, async (tx) => {
    const enabled = sql`select id from administrator
      where id = ${holder.id} and tenant_id = ${tenantId} and disabled_at is null`
    if ((await tx.query(enabled)).length === 0)
      throw new Unauthenticated('This passkey belongs to no account here')
    return startSession(tx, tenantId, holder.id, origin)
  })
}
