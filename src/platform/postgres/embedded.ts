// The embedded PostgreSQL: a real server from an npm package, used if DATABASE_URL isn't set. This folder creates the
// cluster, and starts, restarts and stops the server. It doesn't know what is in the database (../database). One
// process supervises the server; others with the same data folder, such as commands, connect to it. The start of the
// service and the command line call it. Start with this file, then read supervisor.ts.
//
//   <data folder>/postgres       the cluster with its socket, or a link to it (see place.ts)
//   <data folder>/postgres.log   the server's log
import { existsSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findBinaries } from './binaries.ts'
import { clusterFolder, makeCluster, makeSocketFolder } from './cluster.ts'
import { findIdentity, giveCluster } from './identity.ts'
import { type EmbeddedLogins, loginsTo, prepareLogins } from './logins.ts'
import { linkedPlace, makePlace } from './place.ts'
import type { Connection } from './postmaster.ts'
import { findRunning } from './running.ts'
import type { ServerPlan } from './server.ts'
import { hold, Supervisor } from './supervisor.ts'

export type { Connection, EmbeddedLogins }

export interface PostgresOptions {
  readonly dataDir: string
  /** Whether the database files may be outside of the data folder if the server's account can't reach it. */
  readonly mayMove?: boolean
  /** Additional settings, named as in postgresql.conf. A server that is taken over keeps its own. */
  readonly settings?: Readonly<Record<string, string>>
  /** Called each time the server is lost, and each time a restart fails. Restarts continue in any case. */
  readonly onExit?: (problem: Error) => void
  /** Stops the start, and everything it has started, when aborted. */
  readonly signal?: AbortSignal
}

export interface Postgres {
  /** Connections to the application's database. They stay the same when the server restarts. */
  readonly logins: EmbeddedLogins
  /** Process id of the current server. */
  readonly pid: number
  /** Folder of the database files; undefined if it is the data folder. */
  readonly elsewhere: string | undefined
  /** Whether the server was already running and was taken over. */
  readonly adopted: boolean
  /** Stops the server. Connected clients get 2 s to finish. */
  stop(): Promise<void>
}

/** A server's plan and the place of its files. */
type Plan = ServerPlan & Pick<Postgres, 'elsewhere'>

const ATTACH_MILLISECONDS = 30_000

/**
 * Starts the server of a data folder, or takes over one that runs there without a supervisor.
 * @throws {Refused} if another process supervises it
 * @throws if the server can't run here; the message says why and what to do
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  forgetClientSettings()
  const started = new Set<number>()
  const endStarted = () => started.forEach(end)
  process.on('exit', endStarted)
  try {
    return await superviseServer(await makePlan(options, started), options)
  } catch (error) {
    process.off('exit', endStarted)
    throw error
  }
}

/** Requests a fast shutdown, which disconnects clients. Doesn't wait for it. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // The process has already ended.
  }
}

async function superviseServer(
  plan: Plan,
  { onExit = () => {}, signal }: PostgresOptions,
): Promise<Postgres> {
  const held = await hold(plan, signal)
  const supervisor = new Supervisor(plan, held, onExit)
  return {
    logins: loginsTo(held.server.host),
    elsewhere: plan.elsewhere,
    adopted: held.server.adopted,
    get pid() {
      return supervisor.pid
    },
    stop: () => supervisor.stop(),
  }
}

/**
 * Returns the logins of the server that runs on a data folder, whoever supervises it; undefined if there is none.
 * Waits up to 30 s for a server that is starting, recovering or stopping.
 */
export async function attachPostgres(
  dataDir: string,
  signal?: AbortSignal,
): Promise<EmbeddedLogins | undefined> {
  forgetClientSettings()
  const folder = resolve(dataDir)
  if (!existsSync(folder)) return undefined
  const cluster = clusterFolder(linkedPlace(folder) ?? realpathSync(folder))
  if (!existsSync(cluster)) return undefined
  findIdentity(cluster) // throws if the files belong to another user
  const running = await findRunning(cluster, { giveUpAt: Date.now() + ATTACH_MILLISECONDS, signal })
  // Another version started the server, or its supervisor is preparing it right now.
  if (running && !running.prepared) await prepareLogins(running.host)
  return running && loginsTo(running.host)
}

/**
 * Removes the shell's settings for another server (PGSSLMODE, PGOPTIONS, PGDATA …). They would also apply to our
 * connections to the embedded server, and to its programs.
 */
function forgetClientSettings(): void {
  for (const name of Object.keys(process.env).filter((each) => /^PG[A-Z]/.test(each)))
    delete process.env[name]
}

async function makePlan(
  { dataDir, mayMove = false, settings = {}, signal }: PostgresOptions,
  started: Set<number>,
): Promise<Plan> {
  const identity = findIdentity(clusterFolder(resolve(dataDir)))
  const place = makePlace(resolve(dataDir), identity, mayMove)
  // All processes must use the same path, even if they reach the folder by different links.
  const folder = realpathSync(dataDir)
  const cluster = clusterFolder(place)
  giveCluster(cluster, identity)
  const binaries = findBinaries(place, identity)
  await makeCluster({ cluster, binaries, identity, sync: settings.fsync !== 'off', signal, started })
  return {
    cluster,
    host: makeSocketFolder(cluster, identity),
    logFile: join(folder, 'postgres.log'),
    binaries,
    identity,
    settings,
    started,
    elsewhere: place === folder ? undefined : place,
  }
}
