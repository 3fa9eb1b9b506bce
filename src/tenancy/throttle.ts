// How often one may try to prove something. Counted before it is looked at, in the database: guesses that run side by
// side, on several processes, are all counted, and when there were too many even the right answer is refused for a while.
import { hash } from 'node:crypto'
import { Busy, Throttled } from '#errors.ts'
import { type Database, SYSTEM } from '#platform/database.ts'
import { networkOf } from '#platform/network-of.ts'
import { sql } from '#platform/sql.ts'

export interface Tried {
  readonly what: 'password' | 'factor' | 'address' | 'reset' | 'ceremony' | 'code'
  /** An e-mail address, the id of an administrator or a user, a network address. */
  readonly who: string
}

/** Tries in one window. Those of an address are many people's, those of a factor may follow only a known password. */
const LIMITS: Record<Tried['what'], { readonly most: number; readonly minutes: number }> = {
  password: { most: 10, minutes: 15 },
  factor: { most: 5, minutes: 15 },
  address: { most: 60, minutes: 15 },
  reset: { most: 3, minutes: 15 },
  ceremony: { most: 60, minutes: 15 },
  // Codes that were sent: each costs money, and somebody's attention.
  code: { most: 5, minutes: 60 },
}

/** Counts one try. @throws {Throttled} there were too many, with the time until the window ends */
export async function countTry(db: Database, tried: Tried): Promise<void> {
  const { most, minutes } = LIMITS[tried.what]
  const expired = sql`t.started_at < now() - make_interval(mins => ${minutes})`
  const [now] = await db.run<{ tries: number; seconds: number }>(
    SYSTEM, // an address belongs to no tenant
    sql`insert into sign_in_throttle as t (subject, tries) values (${subjectOf(tried)}, 1)
      on conflict (subject) do update set tries = case when ${expired} then 1 else t.tries + 1 end,
        started_at = case when ${expired} then now() else t.started_at end
      returning tries,
        ceil(extract(epoch from started_at + make_interval(mins => ${minutes}) - now()))::integer as seconds`,
  )
  if (now && now.tries > most) throw new Throttled(Math.max(1, now.seconds))
}

/**
 * Counts a try of each, and does the work that looks at it. Turned away because too much waits, nothing was looked at, and
 * the tries are given back: whoever comes again, as told, is not locked out by it.
 * @throws {Throttled} {Busy}
 */
export async function countedTry<Result>(
  db: Database,
  tries: readonly Tried[],
  work: () => Promise<Result>,
): Promise<Result> {
  for (const tried of tries) await countTry(db, tried)
  try {
    return await work()
  } catch (error) {
    if (error instanceof Busy) for (const tried of tries) await giveTryBack(db, tried)
    throw error
  }
}

/** It was right: what was tried before does not count any more. */
export async function forgetTries(db: Database, tried: Tried): Promise<void> {
  await db.run(SYSTEM, sql`delete from sign_in_throttle where subject = ${subjectOf(tried)}`)
}

/** It was right, and says nothing about the others who come from there. */
export async function giveTryBack(db: Database, tried: Tried): Promise<void> {
  await db.run(
    SYSTEM,
    sql`update sign_in_throttle set tries = tries - 1 where subject = ${subjectOf(tried)} and tries > 0`,
  )
}

function subjectOf({ what, who }: Tried): Buffer {
  return hash(
    'sha256',
    `${what} ${what === 'address' || what === 'ceremony' ? networkOf(who) : who}`,
    'buffer',
  )
}
