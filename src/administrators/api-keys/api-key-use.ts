// Records when API keys were last used. Times are collected in memory and written once a second in one statement, so
// that no request waits for the write. A crash loses at most the last second.
import type { Clock } from '#platform/clock.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { prepared, sql } from '#platform/database/sql.ts'

export interface ApiKeyUse {
  used(keyId: string): void
  flush(): Promise<void>
  close(): Promise<void>
}

const FLUSH_MILLISECONDS = 1_000
const MOST_KEYS = 20_000

export function openApiKeyUse(
  db: Database,
  clock: Clock,
  onError: (error: unknown) => void = () => {},
): ApiKeyUse {
  const stamps = new Map<string, Date>()
  async function flush(): Promise<void> {
    if (stamps.size === 0) return
    // All processes write in the same order, so that they can't deadlock.
    const rows = [...stamps].toSorted(([a], [b]) => (a < b ? -1 : 1))
    stamps.clear()
    await writeStamps(db, rows)
  }
  const flushing = () => flush().catch(onError)
  const timer = setInterval(() => void flushing(), FLUSH_MILLISECONDS)
  timer.unref()
  return {
    used(keyId) {
      if (stamps.size < MOST_KEYS || stamps.has(keyId)) stamps.set(keyId, clock())
    },
    flush,
    async close() {
      clearInterval(timer)
      await flushing()
    },
  }
}

async function writeStamps(db: Database, rows: [string, Date][]): Promise<void> {
  await db.run(
    SYSTEM,
    prepared(
      'api-key.stamp',
      sql`update api_key k set last_used_at = greatest(k.last_used_at, s.at)
        from unnest(${rows.map(([id]) => id)}::uuid[], ${rows.map(([, at]) => at)}::timestamptz[]) as s (id, at)
        where k.id = s.id`,
    ),
  )
}
