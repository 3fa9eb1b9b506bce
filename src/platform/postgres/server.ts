// Brings one server up on a cluster: takes over the one that runs already (its supervisor was killed and left it
// behind), or starts a new one and waits until it answers.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fchownSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { type Identity, runAs } from './identity.ts'
import { disownStalePostmaster, readPostmaster, SOCKET_PORT } from './postmaster.ts'
import { askServer, findRunning, type Running } from './running.ts'

/** Everything that is needed to start a server, now or again later. */
export interface ServerPlan {
  readonly cluster: string
  /** Folder of the socket. */
  readonly host: string
  readonly logFile: string
  readonly binaries: Binaries
  readonly identity: Identity
  readonly settings: Readonly<Record<string, string>>
  /** Processes, and negative: groups of them, that end when this process exits without having stopped them. */
  readonly started: Set<number>
}

export interface Server extends Running {
  /** It ran already. */
  readonly adopted: boolean
}

/** After a kill the old server's processes may need a moment to leave, and until then a new one gives up at once. */
const GIVE_UP_MILLISECONDS = 10_000
/** A server that recovers ends when it is told to, but not in the middle of a step. */
const ABANDON_MILLISECONDS = 5_000
const LARGEST_LOG_BYTES = 16 * 1024 * 1024

const OWN_SETTINGS = {
  listen_addresses: '', // nothing on the network; the socket lies in a closed folder
  unix_socket_permissions: '0700',
  port: String(SOCKET_PORT),
  max_connections: '100',
  log_timezone: 'UTC',
  // A failed statement is told to its caller, who logs it without its values; here they would stand in plain text.
  log_min_messages: 'log',
}

/** @throws when no server can be brought up; the message ends with what PostgreSQL said last */
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

/** Starts a server; undefined when it ends before it is ready. A recovery may take as long as it needs. */
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

/** Ends a server that is not needed any more, before it is ready. @throws the reason */
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
  // A file and not a pipe: the server must be able to write when we are gone.
  const log = openLog(plan.logFile, plan.identity)
  try {
    return spawn(plan.binaries.postgres, ['-D', plan.cluster, ...args], {
      ...runAs(plan.identity),
      cwd: plan.cluster,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      detached: true, // its own session, so that Ctrl-C reaches us first and we can drain
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
}

/** In a list of PostgreSQL's, a comma or a quote in a path would end it. */
function quoted(folder: string): string {
  return `"${folder.replaceAll('"', '""')}"`
}

function openLog(file: string, { uid, gid }: Identity): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`)
  const log = openSync(file, 'a', 0o600)
  // Root may lend a hand once; afterwards the owner of the cluster must still be able to write.
  if (uid !== undefined && gid !== undefined) fchownSync(log, uid, gid)
  return log
}

function lastWords(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n')
  const last = lines.findLast((line) => line.includes('FATAL')) ?? lines.at(-1)
  return `${last || 'it said nothing'} (see ${logFile})`
}
