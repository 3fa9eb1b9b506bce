// When identity providers last synced and credentials were last used. Stamps are collected in memory and written once a
// second in one statement, so a request never waits for them; a crash loses at most the last second of them.
import type { Clock } from '#platform/clock.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { prepared, sql } from '#platform/database/sql.ts'
import type { Caller } from './credentials/caller.ts'

export interface LastSeen {
  /** A request of this caller has succeeded. */
  seen(caller: Caller): void
  /** Writes what is collected. @throws {Unavailable} */
  flush(): Promise<void>
  /** Writes what is collected and stops. */
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

/** In the order of their ids, so that two processes that stamp the same subjects cannot lock each other out. */
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
