// How a command reaches the data: the database of DATABASE_URL, or the embedded PostgreSQL of the data folder, which is
// attached to where it runs and started for the length of the command where it does not.
import { userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor, Witness } from '#audit/record.ts'
import { type Config, readConfig } from '#config.ts'
import { Refused } from '#errors.ts'
import { ensureLocalIdentityProvider } from '#identity-providers/identity-providers.ts'
import { type Database, openDatabase } from '#platform/database.ts'
import { databaseError } from '#platform/database-errors.ts'
import { migrate } from '#platform/migrations.ts'
import { attachPostgres, startPostgres } from '#platform/postgres.ts'
import { ensureDefaultTenant, findTenant } from '#tenancy/tenants.ts'

export interface House {
  readonly config: Config
  readonly db: Database
  /** Names of the migrations that ran on the way in. */
  readonly migrated: readonly string[]
}

/** The house, seen by the operator of one of its tenants. */
export interface TenantHouse extends House {
  readonly tenantId: string
  readonly witness: Witness
}

const START_ATTEMPTS = 30
const ATTEMPT_MILLISECONDS = 500

/** Opens the house for one piece of work, up to date and with its default tenant, and closes it after. */
export async function inHouse<Result>(work: (house: House) => Promise<Result>): Promise<Result> {
  const config = readConfig(process.env)
  const server = await reachServer(config)
  try {
    const migrated = await migrate(server.connection).catch((error) => {
      throw databaseError(error)
    })
    const db = openDatabase({ connection: server.connection, connections: 2, statementMilliseconds: 60_000 })
    try {
      const tenant = await ensureDefaultTenant(db)
      await ensureLocalIdentityProvider(db, {
        tenantId: tenant.id,
        actor: { type: 'system', name: 'Doorlist' },
      })
      return await work({ config, db, migrated })
    } finally {
      await db.close()
    }
  } finally {
    await server.leave()
  }
}

/** @param slug the tenant that the command names */
export function inTenant<Result>(
  slug: string,
  work: (house: TenantHouse) => Promise<Result>,
): Promise<Result> {
  return inHouse(async (house) => {
    const { id: tenantId } = await findTenant(house.db, slug)
    return work({ ...house, tenantId, witness: { tenantId, actor: operator() } })
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

/** Address of the SCIM endpoint of an identity provider, as others reach it. */
export function scimEndpoint({ publicUrl, tls, host, port }: Config, idpId: string): string {
  const ownUrl = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
  return `${publicUrl ?? ownUrl}/scim/v2/${idpId}`
}

interface Server {
  readonly connection: Parameters<typeof migrate>[0]
  leave(): Promise<void>
}

async function reachServer({ databaseUrl, dataDir }: Config): Promise<Server> {
  if (databaseUrl) return { connection: { connectionString: databaseUrl }, leave: async () => {} }
  for (let attempt = 1; ; attempt++) {
    const connection = await attachPostgres(dataDir)
    if (connection) return { connection, leave: async () => {} }
    try {
      const server = await startPostgres({ dataDir })
      return { connection: server.connection, leave: () => server.stop() }
    } catch (error) {
      // Another process starts or stops it in this moment: wait until it is there, or is ours.
      if (!(error instanceof Refused) || attempt === START_ATTEMPTS) throw error
      await sleep(ATTEMPT_MILLISECONDS)
    }
  }
}
