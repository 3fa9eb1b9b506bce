// Finds the accounts that an email address and a password open. Guesses are counted for the address as typed, which
// doesn't reveal whether an account exists. In a browser where one of the accounts has signed in before, they are
// counted for that account and browser.
import { Busy, Throttled, Unauthenticated } from '#errors.ts'
import { verifyPassword } from '#factors/passwords.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { emailKey } from '#tenancy/rules.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import { countGuess, forgetGuesses, uncountGuess } from '#throttle/guesses.ts'
import { knownBrowser } from '#throttle/known-browsers.ts'
import { guessLimits, type Limit } from '#throttle/limits.ts'
import type { Owner } from '../factors.ts'
import { type Account, recordRefusal, type SignInTools } from './record-activity.ts'
import type { SessionOrigin } from './sessions.ts'

export interface Organisation {
  readonly slug: string
  readonly name: string
}

export interface PasswordSignIn {
  readonly email: string
  readonly password: string
  /** Slug of the tenant. */
  readonly organisation?: string | undefined
}

export interface Candidate extends Organisation, Account {
  /** Null if the account has no password. */
  readonly passwordHash: string | null
  readonly disabled: boolean
  /** Of the account when the password hash was read. */
  readonly securityVersion: string
  /** Digest of the browser that asks, if this account has signed in there before. */
  readonly browser: Buffer | null
}

/** At most this many accounts with the same address are checked, because each check of a password is slow. */
const MOST_CANDIDATES = 5

/**
 * Returns the accounts that the address and password open.
 * @throws {Unauthenticated} with the same text whatever is wrong
 * @throws {Throttled} {Busy}
 */
export async function accountsOpenedBy(
  tools: SignInTools,
  input: PasswordSignIn,
  origin: SessionOrigin,
): Promise<readonly [Candidate, ...Candidate[]]> {
  const candidates = await findCandidates(tools.db, input, origin.browserTokens)
  try {
    const groups = await countedGroups(tools.db, guessedGroups(input, candidates, origin))
    const [first, ...others] = await openedOf(tools.db, groups, input.password)
    if (!first) throw new Unauthenticated('E-mail address or password is wrong')
    return [first, ...others]
  } catch (error) {
    for (const one of candidates)
      recordRefusal(tools, one, origin, error, {
        kind: 'sign-in',
        what: one.disabled ? 'password, and the account is disabled' : 'password',
      })
    throw error
  }
}

/** Returns all accounts with this address; those that can be signed in to come first. */
function findCandidates(
  db: Database,
  { email, organisation }: PasswordSignIn,
  browserTokens: readonly string[] | undefined,
): Promise<Candidate[]> {
  return db.run<Candidate>(
    SYSTEM, // the tenant isn't known before the address is found
    sql`select a.id, a.tenant_id as "tenantId", a.email, a.password_hash as "passwordHash", t.slug, t.name,
        a.disabled_at is not null as disabled, a.security_version as "securityVersion",
        ${knownBrowser('administrator', 'a.id', browserTokens)} as browser
      from administrator a join tenant t on t.id = a.tenant_id
      where a.email_key = ${emailKey(email)}
        and (${organisation ?? null}::text is null or t.slug = ${organisation ?? null})
      order by a.disabled_at is not null or a.password_hash is null, a.id limit ${MOST_CANDIDATES}`,
  )
}

/** Accounts for which a guess is counted once. */
interface Group {
  readonly candidates: readonly Candidate[]
  readonly limits: readonly Limit[]
}

/**
 * Returns the key under which guesses at a typed address are counted.
 * @param organisation slug of a tenant; undefined if none was named
 */
function typed(email: string, organisation?: string): string {
  return `administrator ${organisation ?? ''} ${emailKey(email)}`
}

function guessedGroups(
  { email, organisation }: PasswordSignIn,
  candidates: readonly Candidate[],
  { sourceAddress = '' }: SessionOrigin,
): Group[] {
  const known = candidates.filter(({ browser }) => browser !== null)
  const groups = known.map((one) => ({
    candidates: [one],
    limits: guessLimits('password', one.id, { sourceAddress, browser: one.browser }),
  }))
  const others = candidates.filter(({ browser }) => browser === null)
  if (others.length === 0 && known.length > 0) return groups
  const isShared = candidates.length > 1
  const limits = guessLimits('password', typed(email, organisation), { sourceAddress }, isShared)
  return [...groups, { candidates: others, limits }]
}

/**
 * Counts a guess for each group.
 * @returns the groups that are still within their limit
 * @throws {Throttled} if none is
 */
async function countedGroups(db: Database, groups: readonly Group[]): Promise<Group[]> {
  const counted: Group[] = []
  let refusal: Throttled | undefined
  for (const group of groups) {
    try {
      await countGuess(db, group.limits)
      counted.push(group)
    } catch (error) {
      if (!(error instanceof Throttled)) throw error
      refusal = error
    }
  }
  if (counted.length === 0 && refusal) throw refusal
  return counted
}

async function openedOf(db: Database, groups: readonly Group[], password: string): Promise<Candidate[]> {
  const candidates = groups.flatMap((group) => group.candidates)
  const opened = await matchPassword(candidates, password).catch(async (error) => {
    if (error instanceof Busy)
      for (const { limits } of groups) await uncountGuess(db, limits, 'not looked at')
    throw error
  })
  for (const group of groups)
    if (group.candidates.some((one) => opened.includes(one))) await uncountGuess(db, group.limits, 'right')
  return opened
}

/**
 * Returns the accounts whose password matches. Does the same work if there is no account, so that the time it takes
 * doesn't reveal whether one exists.
 * @throws {Busy}
 */
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

/** Resets the count of wrong passwords of an account after its password has changed. */
export async function forgetPasswordGuesses(
  db: Database,
  tenantId: string,
  { id, email }: Owner,
): Promise<void> {
  const { slug } = await findTenantById(db, tenantId)
  for (const account of [id, typed(email), typed(email, slug)]) await forgetGuesses(db, 'password', account)
}
