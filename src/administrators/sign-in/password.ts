// Which accounts an e-mail address and a password open. Guesses are counted by what is typed, which says nothing about
// whether there is such an account; in a browser that one of the accounts was signed in in, by that account and browser.
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
import type { SessionOrigin } from './sessions.ts'
import { type Account, type SignInTools, tellRefusal } from './tell.ts'

export interface Organisation {
  readonly slug: string
  readonly name: string
}

export interface PasswordSignIn {
  readonly email: string
  readonly password: string
  /** Slug of a tenant. */
  readonly organisation?: string | undefined
}

export interface Candidate extends Organisation, Account {
  /** Null where this account is opened by no password. */
  readonly passwordHash: string | null
  readonly disabled: boolean
  /** Of the account as this password was read from it. */
  readonly securityVersion: string
  /** Digest of the browser that asks, where this account was signed in in it before. */
  readonly browser: Buffer | null
}

/** Accounts with one address whose passwords are compared; each costs what a password costs. */
const MOST_CANDIDATES = 5

/** @throws {Unauthenticated} in the same words, whatever is wrong @throws {Throttled} {Busy} */
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
      tellRefusal(tools, one, origin, error, {
        kind: 'sign-in',
        what: one.disabled ? 'password, and the account is disabled' : 'password',
      })
    throw error
  }
}

/** Every account of the address, those first that can be opened. */
function findCandidates(
  db: Database,
  { email, organisation }: PasswordSignIn,
  browserTokens: readonly string[] | undefined,
): Promise<Candidate[]> {
  return db.run<Candidate>(
    SYSTEM, // whose administrator it is, only the address says
    sql`select a.id, a.tenant_id as "tenantId", a.email, a.password_hash as "passwordHash", t.slug, t.name,
        a.disabled_at is not null as disabled, a.security_version as "securityVersion",
        ${knownBrowser('administrator', 'a.id', browserTokens)} as browser
      from administrator a join tenant t on t.id = a.tenant_id
      where a.email_key = ${emailKey(email)}
        and (${organisation ?? null}::text is null or t.slug = ${organisation ?? null})
      order by a.disabled_at is not null or a.password_hash is null, a.id limit ${MOST_CANDIDATES}`,
  )
}

/** Accounts that one guess is counted for together. */
interface Group {
  readonly candidates: readonly Candidate[]
  readonly limits: readonly Limit[]
}

/** What is typed, as guesses at it are counted. @param organisation slug of a tenant; undefined: none was named */
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

/** Counts a guess for each group. @returns those that are not used up @throws {Throttled} all are */
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

/** Where no account can be opened, the work is done all the same. @throws {Busy} */
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

/** Forgets what was guessed at an account by its password, which is another one now. */
export async function forgetPasswordGuesses(
  db: Database,
  tenantId: string,
  { id, email }: Owner,
): Promise<void> {
  const { slug } = await findTenantById(db, tenantId)
  for (const account of [id, typed(email), typed(email, slug)]) await forgetGuesses(db, 'password', account)
}
