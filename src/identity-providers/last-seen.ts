// Records when identity providers last synced and credentials were last used. Times are collected in memory and
// written once a second in one statement, so requests never wait for them. A crash loses at most one second of them.
import type { Clock } from '#platform/clock.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { prepared, sql } from '#platform/database/sql.ts'
import type { Caller } from './credentials/caller.ts'

export interface LastSeen {
  /** Records a successful request of this caller. */
  seen(caller: Caller): void
  /** Writes the collected times. @throws {Unavailable} */
  flush(): Promise<void>
  /** Writes the collected times and stops. */
  close(): Promise<void>
}

const FLUSH_MILLISECONDS = 1_000
const SUBJECTS = 20_000

interface Stamp {
  readonly tenantId: string
  readonly at: Date
}

export function openLastSeen(
  db: Database,
  clock: Clock,
  onError: (error: unknown) => void = () => {},
): LastSeen {
  const stamps = new Map<string, Stamp>()

  function stamp(subjectId: string, next: Stamp): void {
    if (stamps.size < SUBJECTS || stamps.has(subjectId)) stamps.set(subjectId, next)
  }

  async function flush(): Promise<void> {
    if (stamps.size === 0) return
    const rows = [...stamps]
    stamps.clear()
    await writeStamps(db, rows)
  }

  const flushing = () => flush().catch(onError)
  const timer = setInterval(() => void flushing(), FLUSH_MILLISECONDS)
  timer.unref()
  return {
    seen({ tenantId, idp, credentialId }) {
      const next = { tenantId, at: clock() }
      stamp(idp.id, next)
      stamp(credentialId, next)
    },
    flush,
    async close() {
      clearInterval(timer)
      await flushing()
    },
  }
}

/** Sorts by id, so that two processes that update the same rows can't deadlock. */
async function writeStamps(db: Database, stamps: [string, Stamp][]): Promise<void> {
  const rows = stamps.toSorted(([a], [b]) => (a < b ? -1 : 1))
  await db.run(
    SYSTEM,
    prepared(
      'last-seen.write',
      sql`insert into last_seen (subject_id, tenant_id, at)
        select * from unnest(${rows.map(([id]) => id)}::uuid[], ${rows.map(([, { tenantId }]) => tenantId)}::uuid[],
          ${rows.map(([, { at }]) => at)}::timestamptz[])
        on conflict (subject_id) do update set at = greatest(last_seen.at, excluded.at)`,
    ),
  )
}
