// The embedded PostgreSQL: a real server from an npm package, for whoever sets no DATABASE_URL. One process supervises
// it: starts it or takes over the one a killed process left behind, starts it again when it dies, and stops it. Other
// processes on the same data folder (the command line) attach to it.
//
//   <data folder>/postgres       the cluster, with the socket in it (or a link to it, see place.ts)
//   <data folder>/postgres.log   what the server says
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
  /** Whether the database files may be outside of the data folder, where the server's account can't reach that. */
  readonly mayMove?: boolean
  /** More settings, named as in postgresql.conf; a server that is taken over keeps the ones it has. */
  readonly settings?: Readonly<Record<string, string>>
  /** Called each time the server is lost, and each time bringing it back fails; it is tried again in any case. */
  readonly onExit?: (problem: Error) => void
  /** Aborted: the start ends, and so does what it has begun. */
  readonly signal?: AbortSignal
}

export interface Postgres {
  /** To the application's database; they stay the same when the server is started again. */
  readonly logins: EmbeddedLogins
  /** Of the server that runs now. */
  readonly pid: number
  /** Folder of the database files, where that is not in the data folder. */
  readonly elsewhere: string | undefined
  /** Whether the server ran already when we came. */
  readonly adopted: boolean
  /** Ends the server; who is still connected gets 2 s to finish. */
  stop(): Promise<void>
}

/** A server's plan, and where its files are. */
type Plan = ServerPlan & Pick<Postgres, 'elsewhere'>

const ATTACH_MILLISECONDS = 30_000

/**
 * Starts the server of a data folder, or takes over the one that runs there unsupervised.
 * @throws {Refused} when another process supervises it
 * @throws when the server cannot run here; the message says why and what to do
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

/** Cuts clients off and ends in good order, without us waiting for it. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // It has just ended.
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
 * The server that runs on a data folder, whoever supervises it; undefined when none does.
 * One that is starting, recovering or stopping is waited for.
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
  findIdentity(cluster) // says so when the files belong to somebody else
  const running = await findRunning(cluster, { giveUpAt: Date.now() + ATTACH_MILLISECONDS, signal })
  // A server that another version started, or one that its supervisor prepares in this moment.
  if (running && !running.prepared) await prepareLogins(running.host)
  return running && loginsTo(running.host)
}

/**
 * An operator's shell may have settings for another server (PGSSLMODE, PGOPTIONS, PGDATA …). They would also hold for our
 * connections to the embedded one, and for its programs.
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
  // One spelling for all processes, whichever link they came by.
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
