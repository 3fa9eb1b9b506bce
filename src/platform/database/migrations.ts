// Applies the numbered files of migrations/ in order, each once. The migrator has its own lock, so two processes can
// start at the same time. Files are plain SQL, and a released file is never changed.
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
 * Returns whether exactly the existing files are applied. That is so at most starts, and avoids loading the migrator,
 * which takes 0.2 s and 30 MiB.
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
 * Applies pending migrations as the owner of the tables. The serving login is enough to see whether there are any.
 * @returns the names of the migrations that were just applied, in order
 * @throws the database's error if a file fails; nothing of this run is kept
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

/** Returns how to connect to the server as the owner of the tables. */
async function findOwner(owner: Target, servingLogin: string | undefined): Promise<pg.ClientConfig> {
  const { client, way } = await connectTo(owner)
  try {
    await requireServingRole(client, servingLogin)
    return way
  } finally {
    await client.end()
  }
}

/**
 * Returns the error for a login that can't read the tables: its role was created after them, or a newer version has
 * applied migrations.
 */
function notServing(login = 'of DATABASE_URL'): Refused {
  return new Refused(
    `The database user ${login} can't read this database's tables. Set DATABASE_URL to the user that created them`,
  )
}

/** The migrator has no error class for this, so the message has to do. */
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
 * Prepares a connection for migrations: they change rows of all tenants, and row-level security applies to the owner
 * of the tables too. They also read the name of the serving login.
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
  // Destroying the migrator's database would end the pool, which its owner still needs.
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } })
  const { error, results } = await migrator.migrateToLatest()
  if (error) throw isOfNewerVersion(error) ? newerVersion() : error
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName)
}
