// The database, and what is in it from the first start on.

import { createAdministrator, hasOwner } from '#administrators/administrators.ts'
import { createSetupLink } from '#administrators/setup-link.ts'
import { ensureAuditPartitions } from '#audit/partitions.ts'
import { type Config, isChosen } from '#config.ts'
import { Invalid } from '#errors.ts'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { type Logins, loginsOf } from '#platform/database/connect/logins.ts'
import { refuseSharedConnections } from '#platform/database/connect/pooling.ts'
import { missingProtection } from '#platform/database/connect/protection.ts'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrations.ts'
import { SettingsError } from '#platform/environment.ts'
import type { Log } from '#platform/log.ts'
import { startPostgres } from '#platform/postgres/embedded.ts'
import { unlessAborted } from '#platform/stop-signals.ts'
import { ensureDefaultTenant } from '#tenancy/tenants.ts'
import type { Undo } from './undo.ts'

export interface Store {
  readonly db: Database
  /** Names of the migrations that ran now. */
  readonly applied: string[]
  /** In words, for an operator. */
  readonly database: string
  /** What is less safe than it could be. */
  readonly warnings: string[]
}

/** Opens the database that is configured, or one of our own, and brings it up to date. */
export async function openStore(config: Config, log: Log, undo: Undo, stopping: AbortSignal): Promise<Store> {
  const { databaseUrl, migrationDatabaseUrl } = config
  const { logins, database } = databaseUrl
    ? { logins: loginsOf(databaseUrl, migrationDatabaseUrl), database: 'external PostgreSQL' }
    : await startEmbedded(config, log, undo, stopping)
  if (databaseUrl) await unlessAborted(stopping, refuseSharedConnections(logins.serving))
  const applied = await unlessAborted(stopping, migrate(logins))
  if (applied.length > 0) log.info({ migrations: applied }, 'the database was brought up to date')
  const db = openDatabase({
    connection: logins.serving,
    onError: (error) => log.warn({ err: error }, 'a connection to the database was lost'),
  })
  undo.push(() => db.close())
  const missing = await unlessAborted(stopping, missingProtection(db))
  if (missing) log.warn({ missing }, 'the database login has more rights than the service needs')
  await unlessAborted(stopping, ensureAuditPartitions(db))
  return { db, applied, database, warnings: missing ? [missing] : [] }
}

async function startEmbedded(
  config: Config,
  log: Log,
  undo: Undo,
  signal: AbortSignal,
): Promise<{ logins: Logins; database: string }> {
  const onExit = (problem: Error) =>
    log.error({ err: problem }, 'the embedded PostgreSQL was lost; starting it again')
  const postgres = await startPostgres({
    dataDir: config.dataDir,
    mayMove: !isChosen(config.dataDir),
    onExit,
    signal,
  })
  undo.push(() => postgres.stop())
  const { logins, elsewhere } = postgres
  // Root's account for PostgreSQL can't reach the data folder.
  const files = elsewhere === undefined ? '' : `, its files in ${elsewhere}`
  return { logins, database: `embedded PostgreSQL${files}` }
}

/**
 * What is there from the first start on: the default tenant with its local identity provider, and its first owner, from
 * the settings or by a link that is printed.
 * @returns the link's token
 */
export async function furnish(db: Database, { firstAdmin }: Config): Promise<string | undefined> {
  const tenant = await ensureDefaultTenant(db)
  const auditContext = { tenantId: tenant.id, actor: { type: 'system', name: 'first start' } } as const
  await ensureLocalIdentityProvider(db, auditContext)
  if (await hasOwner(db, tenant.id)) return undefined
  if (!firstAdmin) return createSetupLink(db, tenant.id)
  const owner = { ...firstAdmin, name: firstAdmin.email, role: 'owner' } as const
  await createAdministrator(db, auditContext, owner).catch((error) => {
    throw error instanceof Invalid ? new SettingsError([mistakeOf(error)]) : error
  })
  return undefined
}

/** What only the account itself can tell: a password that is easy to guess, say. */
function mistakeOf({ field, message }: Invalid): string {
  const setting = field === 'password' ? 'DOORLIST_ADMIN_PASSWORD' : 'DOORLIST_ADMIN_EMAIL'
  return `${setting}${message.slice(field.length)}`
}
