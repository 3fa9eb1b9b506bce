// Gets one server running on a cluster: takes over one that already runs, because its supervisor was killed, or
// starts a new one and waits until it answers.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fchownSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { type Identity, runAs } from './identity.ts'
import { disownStalePostmaster, readPostmaster, SOCKET_PORT } from './postmaster.ts'
import { askServer, findRunning, type Running } from './running.ts'

/** What is needed to start a server, now or again later. */
export interface ServerPlan {
  readonly cluster: string
  /** Folder of the socket. */
  readonly host: string
  readonly logFile: string
  readonly binaries: Binaries
  readonly identity: Identity
  readonly settings: Readonly<Record<string, string>>
  /** Ids of processes, and negative ids of process groups, that end if this process exits without stopping them. */
  readonly started: Set<number>
}

export interface Server extends Running {
  /** Whether it was already running. */
  readonly adopted: boolean
}

/**
 * How long to retry. After a kill, processes of the old server may still be ending, and until then a new one exits at
 * once.
 */
const GIVE_UP_MILLISECONDS = 10_000
/** How long to wait for the end of a server that is recovering. It can't stop in the middle of a step. */
const ABANDON_MILLISECONDS = 5_000
const LARGEST_LOG_BYTES = 16 * 1024 * 1024

const OWN_SETTINGS = {
  listen_addresses: '', // no network port; the socket is in a closed folder
  unix_socket_permissions: '0700',
  port: String(SOCKET_PORT),
  max_connections: '100',
  log_timezone: 'UTC',
  // The service logs failed statements without their values. The server's log would contain the values in plain text.
  log_min_messages: 'log',
}

/**
 * Returns the running server of a cluster, and starts it if necessary.
 * @throws if no server can be started; the message ends with the last line of PostgreSQL's log
 */
export async function bringUp(plan: ServerPlan, signal?: AbortSignal): Promise<Server> {
  const giveUp = Date.now() + GIVE_UP_MILLISECONDS
  for (;;) {
    const running = await findRunning(plan.cluster, { signal })
    const server = running ? { ...running, adopted: true } : await launch(plan, signal)
    if (server) return server
    if (Date.now() > giveUp) throw new Error(`PostgreSQL does not start: ${lastWords(plan.logFile)}`)
    await sleep(200, undefined, { signal })
  }
}

/**
 * Starts a server and waits until it answers, however long a recovery takes.
 * @returns undefined if it ends before it is ready
 */
async function launch(plan: ServerPlan, signal?: AbortSignal): Promise<Server | undefined> {
  signal?.throwIfAborted()
  disownStalePostmaster(plan.cluster, plan.host)
  const child = spawnPostgres(plan)
  const pid = child.pid ?? 0
  plan.started.add(pid)
  const ending = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  })
  let ended = false
  void ending.then(() => {
    ended = true
    plan.started.delete(pid)
  })
  while (!ended) {
    if (signal?.aborted) await abandon(child, ending, signal)
    const found = readPostmaster(plan.cluster)
    const answer = found?.pid === pid && found?.ready ? await askServer(plan.cluster, plan.host) : 'busy'
    if (answer === 'ready' || answer === 'unprepared') {
      child.unref()
      return { pid, host: plan.host, adopted: false, prepared: answer === 'ready' }
    }
    await sleep(20)
  }
  return undefined
}

/** Stops a server that isn't needed any more before it is ready. @throws the reason of the signal */
async function abandon(child: ChildProcess, ending: Promise<void>, { reason }: AbortSignal): Promise<never> {
  child.kill('SIGINT')
  const late = setTimeout(() => child.kill('SIGQUIT'), ABANDON_MILLISECONDS)
  await ending
  clearTimeout(late)
  throw reason
}

function spawnPostgres(plan: ServerPlan): ChildProcess {
  const settings = { ...OWN_SETTINGS, unix_socket_directories: quoted(plan.host), ...plan.settings }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // A file, not a pipe: the server must be able to write after this process has ended.
  const log = openLog(plan.logFile, plan.identity)
  try {
    return spawn(plan.binaries.postgres, ['-D', plan.cluster, ...args], {
      ...runAs(plan.identity),
      cwd: plan.cluster,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      detached: true, // its own session, so that Ctrl-C reaches only us and we can finish requests first
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
}

/** Quotes a folder for a list in PostgreSQL's settings, where a comma or quote in a path would end it. */
function quoted(folder: string): string {
  return `"${folder.replaceAll('"', '""')}"`
}

function openLog(file: string, { uid, gid }: Identity): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`)
  const log = openSync(file, 'a', 0o600)
  // If root starts the service once, the owner of the cluster must still be able to write to the log afterwards.
  if (uid !== undefined && gid !== undefined) fchownSync(log, uid, gid)
  return log
}

function lastWords(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n')
  const last = lines.findLast((line) => line.includes('FATAL')) ?? lines.at(-1)
  return `${last || 'it said nothing'} (see ${logFile})`
}
