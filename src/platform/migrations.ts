// Runs the numbered files of migrations/ in order, each once, under the migrator's own lock: two processes that start
// together are safe. Files are plain SQL; a file that has been released is never changed.
import { readdir, readFile } from 'node:fs/promises'
import type { Migration } from 'kysely/migration'
import pg from 'pg'

const FOLDER = new URL('../../migrations/', import.meta.url)

async function migrationNames(): Promise<string[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.sql'))
  return files.map((file) => file.replace(/\.sql$/, '')).sort()
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const { sql } = await import('kysely')
  const entries = (await migrationNames()).map(async (name): Promise<[string, Migration]> => {
    const text = await readFile(new URL(`${name}.sql`, FOLDER), 'utf8')
    return [name, { up: async (db) => void (await sql.raw(text).execute(db)) }]
  })
  return Object.fromEntries(await Promise.all(entries))
}

/**
 * Whether the migrator's own table names exactly the files that are there. Most starts find that, and are spared the
 * migrator, which costs a fifth of a second and 30 MiB to load.
 */
async function isUpToDate(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query(`select to_regclass('kysely_migration') is not null as known`)
  if (!rows[0]?.known) return false
  const applied = await pool.query<{ name: string }>('select name from kysely_migration order by name')
  const names = await migrationNames()
  return (
    applied.rows.length === names.length && applied.rows.every(({ name }, place) => name === names[place])
  )
}

/**
 * Brings the database to the newest shape.
 * @returns the names of the migrations that ran now, in order; none when the database was up to date
 * @throws the database's error when a file fails; nothing of that run is kept
 */
export async function migrate(connection: pg.ClientConfig): Promise<string[]> {
  const pool = new pg.Pool({ ...connection, max: 2 })
  pool.on('error', () => {})
  try {
    return (await isUpToDate(pool)) ? [] : await migrateWith(pool)
  } finally {
    await pool.end()
  }
}

async function migrateWith(pool: pg.Pool): Promise<string[]> {
  const [{ Kysely, PostgresDialect }, { Migrator }] = await Promise.all([
    import('kysely'),
    import('kysely/migration'),
  ])
  // The pool stays its owner's: the migrator must not end it.
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } })
  const { error, results } = await migrator.migrateToLatest()
  if (error) throw error
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName)
}
