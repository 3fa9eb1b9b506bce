// Told to stop at any moment of its start, a process stops what it has begun: nothing of the embedded PostgreSQL is left.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { childrenOf } from './faults.ts'
import { dataFolder } from './service.ts'

const BIN = join(import.meta.dirname, '../../bin/doorlist')

/** What can be seen of a first start from outside, in its order. */
const MOMENTS: Record<string, (dataDir: string) => boolean> = {
  'while the cluster is made': (dataDir) => namesIn(dataDir).some((name) => name.startsWith('postgres.new-')),
  'when the cluster is there': (dataDir) => existsSync(join(dataDir, 'postgres')),
  'while the server starts': (dataDir) => existsSync(join(dataDir, 'postgres/postmaster.pid')),
  'when the server takes clients': (dataDir) =>
    /ready/.test(textOf(join(dataDir, 'postgres/postmaster.pid'))),
  'when the database is made': (dataDir) => namesIn(join(dataDir, 'postgres/base')).length > 3,
  'when the secret key is made': (dataDir) => existsSync(join(dataDir, 'secret.key')),
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function start(dataDir: string, ...args: string[]): { child: ChildProcess; output: () => string } {
  const { PATH, HOME, TMPDIR } = process.env
  const env = { PATH, HOME, TMPDIR, DOORLIST_DATA_DIR: dataDir, DOORLIST_PORT: '0' }
  const child = spawn(BIN, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  return { child, output: () => output }
}

/** Command lines of the processes that work in a folder, or name it. */
function processesOf(folder: string): string[] {
  const working = readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
    } catch {
      return false // it has just ended, or is a zombie
    }
  })
  return working.map((pid) => textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' '))
}

async function reach(
  moment: (dataDir: string) => boolean,
  dataDir: string,
  child: ChildProcess,
): Promise<void> {
  await vi.waitUntil(() => child.exitCode !== null || moment(dataDir), { timeout: 20_000, interval: 2 })
}

for (const [name, moment] of Object.entries(MOMENTS)) {
  test(`SIGTERM ${name} ends the service, and nothing is left of it`, async () => {
    const dataDir = dataFolder()
    const { child, output } = start(dataDir, 'serve')
    const exited = once(child, 'exit')
    await reach(moment, dataDir, child)
    child.kill('SIGTERM')
    expect({ exit: await exited, output: output() }).toMatchObject({ exit: [0, null] })
    expect(processesOf(dataDir)).toEqual([])
    expect(namesIn(dataDir).filter((file) => file.startsWith('postgres.new-'))).toEqual([])
  })

  test(`SIGINT ${name} ends a command, and nothing is left of it`, async () => {
    const dataDir = dataFolder()
    const { child } = start(dataDir, 'tenant', 'list')
    const exited = once(child, 'exit')
    await reach(moment, dataDir, child)
    child.kill('SIGINT')
    // As with any program; it may also have been done already.
    expect([
      [null, 'SIGINT'],
      [0, null],
    ]).toContainEqual(await exited)
    expect(processesOf(dataDir)).toEqual([])
    expect(namesIn(dataDir).filter((file) => file.startsWith('postgres.new-'))).toEqual([])
  })
}

async function startReady(dataDir: string) {
  const started = start(dataDir, 'serve')
  await vi.waitUntil(() => started.output().includes('"ready"'), { timeout: 20_000 })
  return { ...started, exited: once(started.child, 'exit') }
}

test('Ctrl-C, which reaches a process twice under npm, ends it in good order', async () => {
  const dataDir = dataFolder()
  const { child, exited, output } = await startReady(dataDir)
  child.kill('SIGINT')
  await vi.waitUntil(() => output().includes('"draining"'), { interval: 5 })
  child.kill('SIGINT')
  expect(await exited).toEqual([0, null])
  expect(output()).toContain('"stopped"')
  expect(processesOf(dataDir)).toEqual([])
})

test('a process that is told again, because it does not end, ends at once, and PostgreSQL after it', async () => {
  const dataDir = dataFolder()
  const { child, exited } = await startReady(dataDir)
  const [server = 0] = childrenOf(child.pid ?? 0)
  process.kill(server, 'SIGSTOP') // cannot be stopped as long as it is frozen
  try {
    const again = setInterval(() => child.kill('SIGTERM'), 200)
    expect(await exited).toEqual([1, null])
    clearInterval(again)
  } finally {
    process.kill(server, 'SIGCONT')
  }
  await vi.waitUntil(() => processesOf(dataDir).length === 0, { timeout: 10_000 })
})
