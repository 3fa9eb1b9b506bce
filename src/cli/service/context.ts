// Gives a command its database: the one of DATABASE_URL, or the embedded PostgreSQL in the data folder, whether the service
// runs or not. Pending migrations are applied first. This folder also has the commands about the service itself (serve, demo,
// migrate, simulate). Start with this file.
import { userInfo } from 'node:os'
import type { Actor, AuditContext } from '#audit/record.ts'
import { type Config, listenUrl, readConfig } from '#config.ts'

import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { type Logins, loginsOf } from '#platform/database/connect/logins.ts'
import { refuseSharedConnections } from '#platform/database/connect/pooling.ts'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { databaseError } from '#platform/database/errors.ts'
import { migrate } from '#platform/database/migrations.ts'
import { Interrupted, listenForStop, unlessAborted } from '#platform/stop-signals.ts'
import { ensureDefaultTenant, findTenant } from '#tenancy/tenants.ts'
import { leaveEmbedded, patiently, reachEmbedded } from './embedded.ts'

export interface CommandContext {
  readonly config: Config
  readonly db: Database
  /** Names of the migrations that were applied for this command. */
  readonly migrated: readonly string[]
}

/** The context of a command that works on one tenant. */
export interface TenantContext extends CommandContext {
  readonly tenantId: string
  readonly auditContext: AuditContext
}

/** An operator can wait longer for an answer than an identity provider. */
const STATEMENT_MILLISECONDS = 60_000

/**
 * Connects to the database, creates the default tenant if it is missing, does the work, and disconnects.
 * @throws {Interrupted} when a signal ends it early
 */
export async function withContext<Result>(
  work: (context: CommandContext) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(process.env)
  const { stopping, close } = listenForStop()
  try {
    const { db, migrated, leave } = config.databaseUrl
      ? await enterExternal(loginsOf(config.databaseUrl, config.migrationDatabaseUrl), stopping)
      : await patiently(() => enterEmbedded(config.dataDir, stopping), stopping)
    try {
      return await unlessAborted(stopping, work({ config, db, migrated }))
    } finally {
      await leave()
    }
  } finally {
    close()
  }
}

/** Does the work on one tenant. @param slug short name of the tenant @throws {NotFound} */
export function withTenantContext<Result>(
  slug: string,
  work: (context: TenantContext) => Promise<Result>,
): Promise<Result> {
  return withContext(async (context) => {
    const { id: tenantId } = await findTenant(context.db, slug)
    return work({ ...context, tenantId, auditContext: { tenantId, actor: operator() } })
  })
}

/** Returns the actor for audit events: the account that runs the command. */
export function operator(): Actor {
  return { type: 'operator', name: accountName() ?? 'operator' }
}

/** Returns undefined if the account has no name, as in some containers. */
function accountName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

/** Returns the URL at which the service is reached, without a trailing slash. */
export function ownUrl(config: Config): string {
  return config.publicUrl ?? listenUrl(config, config.port)
}

/** Returns the SCIM endpoint of an identity provider, as clients reach it. */
export function scimEndpoint(config: Config, idpId: string): string {
  return `${ownUrl(config)}/scim/v2/${idpId}`
}

interface Entered {
  readonly db: Database
  readonly migrated: readonly string[]
  leave(): Promise<void>
}

async function enter(logins: Logins, stopping: AbortSignal): Promise<Entered> {
  const migrated = await unlessAborted(stopping, migrate(logins)).catch((error) => {
    throw databaseError(error)
  })
  const db = openDatabase({
    connection: logins.serving,
    connections: 2,
    statementMilliseconds: STATEMENT_MILLISECONDS,
  })
  // Work that was interrupted may still have a statement running: closing would wait for it.
  const leave = () => unlessAborted(stopping, db.close()).catch(ignoreInterruption)
  try {
    await unlessAborted(stopping, ensureTenant(db))
    return { db, migrated, leave }
  } catch (error) {
    await leave()
    throw error
  }
}

async function ensureTenant(db: Database): Promise<void> {
  const tenant = await ensureDefaultTenant(db)
  await ensureLocalIdentityProvider(db, {
    tenantId: tenant.id,
    actor: { type: 'system', name: 'Doorlist' },
  })
}

function ignoreInterruption(error: unknown): void {
  if (!(error instanceof Interrupted)) throw error
}

async function enterExternal(logins: Logins, stopping: AbortSignal): Promise<Entered> {
  await unlessAborted(stopping, refuseSharedConnections(logins.serving))
  return enter(logins, stopping)
}

async function enterEmbedded(dataDir: string, stopping: AbortSignal): Promise<Entered> {
  const embedded = await reachEmbedded(dataDir, stopping)
  try {
    const entered = await enter(embedded.logins, stopping)
    const leave = async () => {
      try {
        await entered.leave()
      } finally {
        await leaveEmbedded(embedded, stopping)
      }
    }
    return { ...entered, leave }
  } catch (error) {
    await leaveEmbedded(embedded, stopping)
    throw error
  }
}
