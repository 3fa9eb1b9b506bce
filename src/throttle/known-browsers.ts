// Known browsers: an account was signed in in them before. Such a browser has a random token that gives no access. It only
// gives the browser its own count of guesses, so that strangers' guesses don't lock the account's owner out. A new password
// voids the tokens.
import { randomBytes } from 'node:crypto'
import { type FactorOwnerId, ownedBy, ownerValues } from '#factors/factor-owner.ts'
import { digestOf } from '#platform/crypto/scoped-tokens.ts'
import { type Database, SYSTEM, type TenantTx } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { GuessOrigin } from './limits.ts'

/** Days without a sign-in. */
export const BROWSER_DAYS = 180
const MOST_OF_ONE_ACCOUNT = 20
const PREFIX = 'dlb_'
const TOKEN = /^dlb_[A-Za-z0-9_-]{43}$/

/** Where a request comes from. */
export interface BrowserOrigin {
  readonly sourceAddress?: string | undefined
  /** From the cookie, not yet checked. */
  readonly browserTokens?: readonly string[] | undefined
}

/** Returns whether a text has the form of a browser token. */
export function isBrowserToken(text: string): boolean {
  return TOKEN.test(text)
}

/** Returns the digests of the tokens that have the right form. */
function tokenDigests(tokens: readonly string[]): Buffer[] {
  return tokens.filter(isBrowserToken).map(digestOf)
}

/**
 * Returns an SQL expression: the browser's digest if one of these tokens belongs to the account, else null.
 * @param id column with the account's id
 */
export function knownBrowser(kind: FactorOwnerId['kind'], id: string, tokens: readonly string[] = []): Sql {
  const digests = tokenDigests(tokens)
  if (digests.length === 0) return sql`null::bytea`
  return sql`(select k.digest from known_browser k where k.digest = any(${digests}::bytea[])
    and ${raw(`k.${kind}_id = ${id}`)} and ${IS_GOOD} limit 1)`
}

const IS_GOOD = sql`k.last_used_at > now() - make_interval(days => ${BROWSER_DAYS})`

/** Returns where a guess at this account's secret comes from. */
export function findGuessOrigin(
  db: Database,
  tenantId: string,
  holder: FactorOwnerId,
  origin: BrowserOrigin,
): Promise<GuessOrigin> {
  const own = sql`${ownedBy(holder)} and k.tenant_id = ${tenantId}`
  return lookUpGuessOrigin(origin, (known) => db.run({ tenantId }, sql`${known} and ${own} limit 1`))
}

/** Returns where a request comes from, before its account is known: a browser known for any account counts. */
export function findAnyGuessOrigin(db: Database, origin: BrowserOrigin): Promise<GuessOrigin> {
  return lookUpGuessOrigin(origin, (known) => db.run(SYSTEM, sql`${known} limit 1`))
}

async function lookUpGuessOrigin(
  { sourceAddress = '', browserTokens = [] }: BrowserOrigin,
  find: (known: Sql) => Promise<{ digest: Buffer }[]>,
): Promise<GuessOrigin> {
  const digests = tokenDigests(browserTokens)
  if (digests.length === 0) return { sourceAddress }
  const known = sql`select k.digest from known_browser k where k.digest = any(${digests}::bytea[]) and ${IS_GOOD}`
  const [browser] = await find(known)
  return { sourceAddress, browser: browser?.digest }
}

/**
 * Marks a browser as known for an account.
 * @param tokens those that the browser sent
 * @returns the browser's token for this account
 */
export async function rememberBrowser(
  tx: TenantTx,
  holder: FactorOwnerId,
  tokens: readonly string[] = [],
): Promise<string> {
  const digests = tokenDigests(tokens)
  const [known] = await tx.query<{ digest: Buffer }>(
    sql`update known_browser k set last_used_at = now() where k.digest = any(${digests}::bytea[])
      and ${ownedBy(holder)} and k.tenant_id = ${tx.tenantId} and ${IS_GOOD} returning k.digest`,
  )
  const token = known && tokens.find((one) => digestOf(one).equals(known.digest))
  return token ?? newBrowser(tx, holder)
}

async function newBrowser(tx: TenantTx, holder: FactorOwnerId): Promise<string> {
  const token = PREFIX + randomBytes(32).toString('base64url')
  const own = sql`${ownedBy(holder)} and tenant_id = ${tx.tenantId}`
  await tx.query(
    sql`delete from known_browser where digest in (
      select digest from known_browser where ${own} order by last_used_at desc offset ${MOST_OF_ONE_ACCOUNT - 1})`,
  )
  await tx.query(
    sql`insert into known_browser (administrator_id, user_id, digest, tenant_id)
      values (${ownerValues(holder)}, ${digestOf(token)}, ${tx.tenantId})`,
  )
  return token
}

/** Voids all browser tokens of an account. */
export async function forgetBrowsers(tx: TenantTx, holder: FactorOwnerId): Promise<void> {
  await tx.query(sql`delete from known_browser where ${ownedBy(holder)} and tenant_id = ${tx.tenantId}`)
}
