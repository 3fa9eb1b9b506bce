// The processes of the bench: servers on loopback that are started, waited for and ended.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readAnswer, type Target } from './answer.ts'

const HERE = import.meta.dirname
/** As in bin/doorlist, where compiled sources are kept, and how Node is started: what is measured is the service as it runs. */
const COMPILED = join(HERE, '../node_modules/.cache/doorlist')
const FLAGS = ['--max-semi-space-size=4', '--disable-warning=ExperimentalWarning']
const START_MILLISECONDS = 60_000
const END_MILLISECONDS = 15_000

/** Starts a server of the bench; what it says on its error output is ours to see. */
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

/** Waits until a server told where it is. @throws when it ended, or after a minute */
export function ready(server: ChildProcess, answer: string): Promise<Target> {
  return until(answer, server, async () => readAnswer(answer))
}

/** Looks until there is a value. */
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

/** Tells a child to end, and kills it when it does not. */
export async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), END_MILLISECONDS)
  await gone
  clearTimeout(late)
}

/** A port of loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port of loopback is free')
  return address.port
}
