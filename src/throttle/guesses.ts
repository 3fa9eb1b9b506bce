// Limits how often passwords and codes can be guessed. Guesses are counted before they are checked, in the database, so
// simultaneous guesses on several processes all count. After too many, even the right answer is refused for a while. This
// folder doesn't know what is guessed. Sign-in of users and administrators calls it. Start here with limitedGuess, then read
// limits.ts.
import { Busy, Throttled } from '#errors.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { join, raw, type Sql, sql } from '#platform/database/sql.ts'
import { accountDigest, type Limit, type SecretKind } from './limits.ts'

/** More than any limit; further guesses aren't counted. */
const MOST_TRIES = 1_000_000

/**
 * Counts a guess against each limit in turn. If one is exceeded, the later ones aren't counted.
 * @throws {Throttled} with the time until that limit's window ends
 */
export async function countGuess(db: Database, limits: readonly Limit[]): Promise<void> {
  const steps = limits.map((limit, place) => sql`${stepName(place)} as (${increment(limit, place, limits)})`)
  const found = limits.map((_, place) => sql`select ${place}::integer as place, * from ${stepName(place)}`)
  const counted = await db.run<{ place: number; tries: number; seconds: number }>(
    SYSTEM, // a network has no tenant
    sql`with ${join(steps, ', ')} ${join(found, ' union all ')}`,
  )
  const exceeded = counted.find(({ place, tries }) => tries > (limits[place]?.most ?? 0))
  if (exceeded) throw new Throttled(Math.max(1, exceeded.seconds))
}

/** Each step reads the previous one, so rows are always locked in one order and guesses can't deadlock. */
function increment({ subject, account, minutes }: Limit, place: number, limits: readonly Limit[]): Sql {
  const before = limits[place - 1]
  const unlessExceeded = before ? sql`from ${stepName(place - 1)} where tries <= ${before.most}` : sql``
  const expired = sql`t.started_at < now() - make_interval(mins => ${minutes}::integer)`
  return sql`insert into sign_in_throttle as t (subject, account, tries)
      select ${subject}::bytea, ${account}::bytea, 1 ${unlessExceeded}
      on conflict (subject) do update set tries = case when ${expired} then 1 else least(t.tries + 1, ${MOST_TRIES}) end,
        started_at = case when ${expired} then now() else t.started_at end
      returning tries,
        ceil(extract(epoch from started_at + make_interval(mins => ${minutes}::integer) - now()))::integer as seconds`
}

/** Takes back the count of a guess that was right or wasn't checked. */
export async function uncountGuess(
  db: Database,
  limits: readonly Limit[],
  outcome: 'right' | 'not looked at',
): Promise<void> {
  const steps = limits.map(({ subject, onSuccess: whenRight }, place) => {
    const inOrder = place === 0 ? sql`` : sql`and (select count(*) from ${stepName(place - 1)}) >= 0`
    const change =
      outcome === 'right' && whenRight === 'forget'
        ? sql`delete from sign_in_throttle where subject = ${subject}`
        : sql`update sign_in_throttle set tries = tries - 1 where subject = ${subject} and tries > 0`
    return sql`${stepName(place)} as (${change} ${inOrder} returning subject)`
  })
  const last = stepName(limits.length - 1)
  await db.run(SYSTEM, sql`with ${join(steps, ', ')} select count(*) from ${last}`)
}

/**
 * Counts a guess and checks it with `check`.
 * @returns the result of `check`; undefined: the guess was wrong and stays counted
 * @throws {Throttled} @throws {Busy} it wasn't checked, and isn't counted
 */
export async function limitedGuess<Result>(
  db: Database,
  limits: readonly Limit[],
  check: () => Promise<Result | undefined>,
): Promise<Result | undefined> {
  await countGuess(db, limits)
  try {
    const right = await check()
    if (right !== undefined) await uncountGuess(db, limits, 'right')
    return right
  } catch (error) {
    if (error instanceof Busy) await uncountGuess(db, limits, 'not looked at')
    throw error
  }
}

/** Deletes the counts of a secret that was replaced. */
export async function forgetGuesses(db: Database, secret: SecretKind, account: string): Promise<void> {
  await db.run(SYSTEM, sql`delete from sign_in_throttle where account = ${accountDigest(secret, account)}`)
}

function stepName(place: number): Sql {
  return raw(`step_${place}`)
}
