// Runs the numbered files of migrations/ in order, each once, under the migrator's own lock: two processes that start
// together are safe. Files are plain SQL; a file that has been released is never changed.
import { readdir, readFile } from 'node:fs/promises'
import type { Migration } from 'kysely/migration'
import pg from 'pg'
import { Refused } from '#errors.ts'
import type { Logins } from './connect/logins.ts'
import { requireServingRole, requireSupported } from './connect/requirements.ts'
import { connectTo, type Target, waysTo } from './connect/route.ts'

const FOLDER = new URL('../../../migrations/', import.meta.url)

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
async function isUpToDate(serving: Target): Promise<boolean> {
  const { client } = await connectTo(serving)
  try {
    await requireSupported(client)
    const { rows } = await client.query(
      `select has_table_privilege(to_regclass('kysely_migration')::oid, 'select') as readable`,
    )
    if (!rows[0]?.readable) return false
    const applied = await client.query<{ name: string }>('select name from kysely_migration order by name')
    const names = await migrationNames()
    return (
      applied.rows.length === names.length && applied.rows.every(({ name }, place) => name === names[place])
    )
  } finally {
    await client.end()
  }
}

/**
 * Applies the migrations that are pending, as the owner of the tables; whether there are any the serving login can see.
 * @returns the names of the migrations that ran now, in order; none when the database was up to date
 * @throws the database's error when a file fails; nothing of that run is kept
 */
export async function migrate({ owner, serving }: Logins): Promise<string[]> {
  if (await isUpToDate(serving)) return []
  const [{ user: servingLogin }] = waysTo(serving)
  const way = await findOwner(owner, servingLogin)
  const pool = new pg.Pool({ ...way, max: 2, onConnect: (one) => prepareToMigrate(one, servingLogin) })
  pool.on('error', () => {})
  try {
    const applied = await migrateWith(pool)
    if (applied.length === 0 && !(await isUpToDate(serving))) throw notServing(servingLogin)
    return applied
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === NOT_PERMITTED) throw notPermitted(error)
    throw error
  } finally {
    await pool.end()
  }
}

/** Returns the way to the server as the owner of the tables. */
async function findOwner(owner: Target, servingLogin: string | undefined): Promise<pg.ClientConfig> {
  const { client, way } = await connectTo(owner)
  try {
    await requireServingRole(client, servingLogin)
    return way
  } finally {
    await client.end()
  }
}

/** The role came after the tables, or there are migrations of a newer version. */
function notServing(login = 'of DATABASE_URL'): Refused {
  return new Refused(
    `The database user ${login} can't read this database's tables. Set DATABASE_URL to the user that created them`,
  )
}

/** The migrator has no class for this error. */
function isOfNewerVersion(error: unknown): boolean {
  return (
    error instanceof Error && /^corrupted migrations: previously executed .* is missing/.test(error.message)
  )
}

function newerVersion(): Refused {
  return new Refused(
    'A newer version of Doorlist has migrated this database. ' +
      'Start that version, or restore a backup from before the upgrade',
  )
}

const NOT_PERMITTED = '42501'

function notPermitted(cause: pg.DatabaseError): Refused {
  return new Refused(
    'The database user is not allowed to apply the pending migrations. ' +
      'Set DOORLIST_MIGRATION_DATABASE_URL to a URL of the user that owns the tables',
    { cause },
  )
}

/**
 * Migrations change the rows of all tenants, and row-level security also binds the owner of the tables. They also ask as whom
 * the service logs in.
 */
async function prepareToMigrate(client: pg.ClientBase, servingLogin = ''): Promise<void> {
  await client.query(
    `select set_config('app.tenant', 'system', false), set_config('app.serving_login', $1, false)`,
    [servingLogin],
  )
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
  if (error) throw isOfNewerVersion(error) ? newerVersion() : error
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName)
}
