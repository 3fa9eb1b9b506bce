// One throw-away cluster for the whole run, in memory where there is room, with a migrated database to clone.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '#platform/database/migrations.ts'
import {
  attachPostgres,
  type Connection,
  type EmbeddedLogins,
  type Postgres,
  startPostgres,
} from '#platform/postgres/embedded.ts'
import { roomyFolder } from './roomy-folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** To the cluster's maintenance database, as its superuser. */
    cluster: Connection
    /** Name of the migrated database to clone. */
    template: string
    /** Names of the roles that own the template and that serve. */
    roles: { owner: string; serving: string }
  }
}

const TEMPLATE = 'template_doorlist'
const PREFIX = 'doorlist-test-'
/** Nothing here has to outlive a power cut. */
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = roomyFolder()
  await sweep(folder)
  const dataDir = mkdtempSync(join(folder, `${PREFIX}${process.pid}-`))
  let postgres: Postgres | undefined
  const stop = async () => {
    await postgres?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    postgres = await startPostgres({ dataDir, settings: SETTINGS })
    const cluster = { ...postgres.logins.owner, user: 'postgres', database: 'postgres' }
    await makeTemplate(cluster, postgres.logins)
    project.provide('cluster', cluster)
    project.provide('template', TEMPLATE)
    const { owner, serving } = postgres.logins
    project.provide('roles', { owner: owner.user, serving: serving.user })
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

async function makeTemplate(cluster: Connection, { owner, serving }: EmbeddedLogins): Promise<void> {
  const client = new pg.Client(cluster)
  await client.connect()
  try {
    await client.query(`create database ${TEMPLATE} owner ${owner.user}`)
    await migrate({
      owner: { ...owner, database: TEMPLATE },
      serving: { ...serving, database: TEMPLATE },
    })
    // A database that somebody is connected to cannot be cloned.
    await client.query(`alter database ${TEMPLATE} with is_template true allow_connections false`)
  } finally {
    await client.end()
  }
}

/** Ends and removes the clusters of runs that were killed; the folder's name says whose it is. */
async function sweep(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const owner = Number(name.match(`^${PREFIX}(\\d+)-`)?.[1])
    if (!owner || lives(owner)) continue
    const dataDir = join(folder, name)
    try {
      if (await attachPostgres(dataDir)) await (await startPostgres({ dataDir })).stop()
      rmSync(dataDir, { recursive: true, force: true })
    } catch {
      // another user's, or another run is sweeping it
    }
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
