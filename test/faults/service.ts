// The service as a process of its own, which a test may kill, stop or starve.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { roomyFolder } from '#test/setup/roomy-folder.ts'

const SERVE = fileURLToPath(new URL('serve.ts', import.meta.url))
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
const BIN = fileURLToPath(new URL('../../bin/doorlist', import.meta.url))

export type Exit = readonly [code: number | null, signal: NodeJS.Signals | null]

export interface ServiceProcess {
  readonly pid: number
  readonly url: string
  readonly exited: Promise<Exit>
  /** What it said so far, log and words. */
  output(): string
  signal(signal: NodeJS.Signals): void
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>
}

/** A folder for one test; the embedded PostgreSQL syncs to it as it does in earnest. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(roomyFolder(), 'doorlist-faults-'))
  chmodSync(folder, 0o711) // run by root, the server is another user and has to pass
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return join(folder, 'data')
}

export interface ServiceWish {
  readonly dataDir: string
  readonly databaseUrl?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Starts the service and waits until it listens. @throws with what it said, when it ends before */
export async function startService(wish: ServiceWish): Promise<ServiceProcess> {
  const { child, exited, output } = launch(process.execPath, [SERVE], wish)
  const ready = new Promise<string>((resolve) => {
    child.stdout.on('data', () => {
      const found = /"publicUrl":"([^"]+)".*"msg":"ready"/.exec(output())?.[1]
      if (found) resolve(found)
    })
  })
  const gone = exited.then(([code]): never => {
    throw new Error(`the service ended with ${code} before it was ready:\n${output()}`)
  })
  const url = await Promise.race([ready, gone])
  gone.catch(() => {})
  const signal = (name: NodeJS.Signals) => void child.kill(name)
  const end = (name: NodeJS.Signals) => {
    signal(name)
    return exited
  }
  return { pid: child.pid ?? 0, url, exited, output, signal, end }
}

/** `bin/doorlist serve`, for the words that it ends with. */
export async function serveByCommand(wish: ServiceWish): Promise<{ exit: Exit; output: string }> {
  const { exited, output } = launch(BIN, ['serve'], wish)
  return { exit: await exited, output: output() }
}

function launch(program: string, args: string[], { dataDir, databaseUrl, env }: ServiceWish) {
  const settings = {
    DOORLIST_HOST: '127.0.0.1',
    DOORLIST_PORT: '0',
    DOORLIST_DATA_DIR: dataDir,
    DOORLIST_SCIM_RATE: '0',
    NODE_COMPILE_CACHE: CACHE, // these processes start dozens of times
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    ...env,
  }
  const inherited = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR }
  const child = spawn(program, args, {
    env: { ...inherited, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text))
  const exited = once(child, 'exit').then(([code, signal]) => [code, signal] as Exit)
  return { child, exited, output: () => chunks.join('') }
}
