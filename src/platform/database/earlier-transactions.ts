// Finds the transactions that are running now, and waits for them, for work that must see everything they write.
// Every transaction holds a lock on its own name until it ends. All users can see these locks in pg_locks, and names
// aren't reused.
import type { Queryable } from './database.ts'
import { sql } from './sql.ts'

const POLL_SECONDS = 0.02

/** Returns the names of the other transactions that are running in this database. */
export async function runningTransactions(tx: Queryable): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    sql`select l.virtualxid as name from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'virtualxid' and l.pid <> pg_backend_pid() and a.datname = current_database()`,
  )
  return rows.map(({ name }) => name)
}

/** Returns the names of the other transactions that have written to a table or are about to. */
export async function writersOf(tx: Queryable, table: string): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    sql`select distinct l.virtualtransaction as name from pg_locks l
      where l.locktype = 'relation' and l.relation = to_regclass(${table}) and l.mode = 'RowExclusiveLock' and l.granted
        and l.database = (select oid from pg_database where datname = current_database()) and l.pid <> pg_backend_pid()`,
  )
  return rows.map(({ name }) => name)
}

/** Waits for these transactions for at most `milliseconds`. @returns those that are still running */
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

/** Returns those of the transactions that haven't ended. */
export async function stillRunning(tx: Queryable, names: readonly string[]): Promise<string[]> {
  const running = new Set(await runningTransactions(tx))
  return names.filter((name) => running.has(name))
}
