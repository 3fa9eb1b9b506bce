// Starts, waits for and stops the servers of the bench, which listen on loopback.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readAnswer, type Target } from './answer.ts'

const HERE = import.meta.dirname
/**
 * The folder for compiled sources and Node's flags, both as in bin/doorlist, so that the service is measured as it
 * runs.
 */
const COMPILED = join(HERE, '../node_modules/.cache/doorlist')
const FLAGS = ['--max-semi-space-size=4', '--disable-warning=ExperimentalWarning']
const START_MILLISECONDS = 60_000
const END_MILLISECONDS = 15_000

/** Starts a server of the bench. Its standard error is shown. */
export function startServer(file: string, environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [...FLAGS, join(HERE, file)], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: COMPILED,
      MALLOC_ARENA_MAX: '1',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** Waits until a server has reported its address. @throws if it ends, or after a minute */
export function ready(server: ChildProcess, answer: string): Promise<Target> {
  return until(answer, server, async () => readAnswer(answer))
}

/** Polls until there is a value. */
export async function until<Value>(
  what: string,
  server: ChildProcess,
  look: () => Promise<Value | undefined>,
): Promise<Value> {
  const giveUp = Date.now() + START_MILLISECONDS
  for (;;) {
    const value = await look().catch(() => undefined)
    if (value !== undefined) return value
    if (hasEnded(server)) throw new Error(`${what}: the server ended with ${server.exitCode}`)
    if (Date.now() > giveUp) throw new Error(`${what}: the server did not start`)
    await sleep(20)
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** Asks a child process to end, and kills it if it doesn't. */
export async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), END_MILLISECONDS)
  await gone
  clearTimeout(late)
}

/** Returns a free port on loopback. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port of loopback is free')
  return address.port
}
