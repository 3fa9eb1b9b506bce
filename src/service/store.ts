// Starts and stops what `doorlist serve` runs: database, logs, HTTP interfaces and background work. This folder
// builds these parts from the settings and connects them. It contains no rules of its own: those are in the folders
// it imports. Only src/main.ts calls it. Start with src/main.ts, then read this file, which opens the database and
// creates the first tenant and owner.

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
  /** Names of the migrations that were just applied. */
  readonly applied: string[]
  /** A description of the database for operators. */
  readonly database: string
  /** Warnings about missing protection. */
  readonly warnings: string[]
}

/** Opens the configured database, or the embedded one, and applies pending migrations. */
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
  // The files are elsewhere if the account that runs PostgreSQL for root can't reach the data folder.
  const files = elsewhere === undefined ? '' : `, its files in ${elsewhere}`
  return { logins, database: `embedded PostgreSQL${files}` }
}

/**
 * Creates what every installation needs: the default tenant with its local identity provider, and its first owner.
 * The owner comes from the settings, or is created by the administrator with a set-up link.
 * @returns the token of the set-up link; undefined if there is an owner
 */
export async function prepareFirstStart(db: Database, { firstAdmin }: Config): Promise<string | undefined> {
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

/**
 * Returns the error for a first owner that the settings describe wrongly. Only creating the account finds some
 * mistakes, such as a password that is easy to guess.
 */
function mistakeOf({ field, message }: Invalid): string {
  const setting = field === 'password' ? 'DOORLIST_ADMIN_PASSWORD' : 'DOORLIST_ADMIN_EMAIL'
  return `${setting}${message.slice(field.length)}`
}
