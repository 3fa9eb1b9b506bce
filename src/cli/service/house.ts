// How a command reaches the data: the database of DATABASE_URL, or the embedded PostgreSQL of the data folder, whether
// the service runs on it or not. What it finds is brought up to date first.
import { userInfo } from 'node:os'
import type { Actor, AuditContext } from '#audit/record.ts'
import { type Config, listenUrl, readConfig } from '#config.ts'

import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { type Logins, loginsOf } from '#platform/database/connect/logins.ts'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { databaseError } from '#platform/database/errors.ts'
import { migrate } from '#platform/database/migrations.ts'
import { Interrupted, listenForStop, unlessAborted } from '#platform/stop-signals.ts'
import { ensureDefaultTenant, findTenant } from '#tenancy/tenants.ts'
import { leaveEmbedded, patiently, reachEmbedded } from './embedded.ts'

export interface House {
  readonly config: Config
  readonly db: Database
  /** Names of the migrations that ran on the way in. */
  readonly migrated: readonly string[]
}

/** The house, seen by the operator of one of its tenants. */
export interface TenantHouse extends House {
  readonly tenantId: string
  readonly auditContext: AuditContext
}

/** An operator may wait longer for an answer than an identity provider. */
const STATEMENT_MILLISECONDS = 60_000

/**
 * Opens the house for one piece of work, with its default tenant in it, and closes it after.
 * @throws {Interrupted} when a signal ends it early
 */
export async function inHouse<Result>(work: (house: House) => Promise<Result>): Promise<Result> {
  const config = readConfig(process.env)
  const { stopping, close } = listenForStop()
  try {
    const { db, migrated, leave } = config.databaseUrl
      ? await enter(loginsOf(config.databaseUrl, config.migrationDatabaseUrl), stopping)
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

/** @param slug the tenant that the command names */
export function inTenant<Result>(
  slug: string,
  work: (house: TenantHouse) => Promise<Result>,
): Promise<Result> {
  return inHouse(async (house) => {
    const { id: tenantId } = await findTenant(house.db, slug)
    return work({ ...house, tenantId, auditContext: { tenantId, actor: operator() } })
  })
}

/** Whoever works at this machine. */
export function operator(): Actor {
  return { type: 'operator', name: accountName() ?? 'operator' }
}

/** Undefined where the account has no name, as in some containers. */
function accountName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

/** How the service is reached, without a trailing slash. */
export function ownUrl(config: Config): string {
  return config.publicUrl ?? listenUrl(config, config.port)
}

/** Address of the SCIM endpoint of an identity provider, as others reach it. */
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
