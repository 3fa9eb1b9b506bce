// Which transactions run at a moment, and which of them still do: for work that must come after what they write. Every
// transaction holds a lock on a name of its own as long as it lives, which anybody may see (pg_locks), and no name comes twice.
import type { Queryable } from './database.ts'
import { sql } from './sql.ts'

const POLL_SECONDS = 0.02

/** @returns the names of those that run in this database now, this one aside */
export async function runningTransactions(tx: Queryable): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    sql`select l.virtualxid as name from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'virtualxid' and l.pid <> pg_backend_pid() and a.datname = current_database()`,
  )
  return rows.map(({ name }) => name)
}

/** @returns the names of those that have written rows of a table, or are about to, this one aside */
export async function writersOf(tx: Queryable, table: string): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    sql`select distinct l.virtualtransaction as name from pg_locks l
      where l.locktype = 'relation' and l.relation = to_regclass(${table}) and l.mode = 'RowExclusiveLock' and l.granted
        and l.database = (select oid from pg_database where datname = current_database()) and l.pid <> pg_backend_pid()`,
  )
  return rows.map(({ name }) => name)
}

/** Waits for them, for a while. @returns those that run still */
export async function waitForTransactions(
  tx: Queryable,
  names: readonly string[],
  milliseconds: number,
): Promise<string[]> {
  const end = Date.now() + milliseconds
  let left = await stillRunning(tx, names)
  while (left.length > 0 && Date.now() < end) {
    await tx.query(sql`select pg_sleep(${POLL_SECONDS})`)
    left = await stillRunning(tx, left)
  }
  return left
}

/** @returns those of the names whose transactions have not ended */
export async function stillRunning(tx: Queryable, names: readonly string[]): Promise<string[]> {
  const running = new Set(await runningTransactions(tx))
  return names.filter((name) => running.has(name))
}
