// Measures the floor's statements with pgbench, a program in C, which shows what the database itself can do. It isn't
// in our package, but in Debian's `postgresql-15` or newer.
import { execFile } from 'node:child_process'
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LoadTarget } from './load.ts'
import { NotRun } from './promise.ts'
import type { Line } from './results.ts'
import { floorSchema, query, type Stand } from './stand.ts'

const SQL = join(import.meta.dirname, 'tools/sql')
const DEBIAN = '/usr/lib/postgresql'
const DATABASE = 'pgbench'
const CONNECTIONS = 16
const LONGEST_MILLISECONDS = 300_000
const TRIES = 3

export interface Pgbench {
  /** Targets for the load generator: `pgbench-get`, `pgbench-create`. */
  readonly targets: readonly LoadTarget[]
  /** Measures how long creating this many users takes, 16 at a time. */
  sync(users: number, signal: AbortSignal): Promise<Line>
}

/** Fills a database for pgbench. @throws {NotRun} if there is no pgbench */
export async function openPgbench(stand: Stand, users: number): Promise<Pgbench> {
  const program = findProgram()
  await stand.create(DATABASE)
  const fill = readFileSync(join(SQL, 'fill.sql'), 'utf8').replaceAll(/(?<!:):n\b/g, String(users))
  const vacuum = ['f_user', 'f_group', 'f_member'].map((table) => `vacuum analyze ${table}`)
  await query(stand.connection, DATABASE, floorSchema(), fill, ...vacuum)
  const { host, port, user } = stand.connection
  const common = [
    '-h',
    host,
    '-p',
    String(port),
    '-U',
    user,
    '-n',
    '-M',
    'prepared',
    '-j',
    '1',
    '-D',
    `n=${users}`,
  ]
  const target = (name: string, script: string): LoadTarget => ({
    name,
    kind: 'exec',
    cmd: [
      ...[program, ...common, '-f', join(SQL, script)].map(quoted),
      '-c "$CONNS" -T "$SECONDS_"',
      DATABASE,
    ].join(' '),
  })
  return {
    targets: [target('pgbench-get', 'get_pk_groups.sql'), target('pgbench-create', 'create_cte.sql')],
    async sync(count, signal) {
      const each = Math.ceil(count / CONNECTIONS)
      const args = [
        ...common,
        '-f',
        join(SQL, 'create_cte.sql'),
        '-c',
        String(CONNECTIONS),
        '-t',
        String(each),
      ]
      const options = { signal, timeout: LONGEST_MILLISECONDS }
      const stdout = await createAll(() => promisify(execFile)(program, [...args, DATABASE], options))
      const rate = Number(/tps = ([0-9.]+)/.exec(stdout)?.[1])
      return { target: 'pgbench', op: 'sync', size: count, opsPerSec: rate, seconds: count / rate }
    },
  }
}

/**
 * Creates users, and repeats a run that fails. Names are random, and with 100,000 users one run in twenty uses a name
 * twice, which ends it.
 * @throws {NotRun}
 */
async function createAll(run: () => Promise<{ stdout: string }>): Promise<string> {
  for (let tried = 1; ; tried++) {
    try {
      return (await run()).stdout
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      if (tried === TRIES || !words.includes('duplicate key'))
        throw new NotRun(`pgbench did not create all users: ${words}`)
    }
  }
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`

/** Returns the newest pgbench of Debian's packages, or the first one on the PATH. */
function findProgram(): string {
  const versions = listIfThere(DEBIAN).sort((a, b) => Number(b) - Number(a))
  const folders = [...versions.map((version) => join(DEBIAN, version, 'bin')), ...path()]
  const program = folders.map((folder) => join(folder, 'pgbench')).find(isProgram)
  if (program) return program
  throw new NotRun('there is no pgbench on the PATH')
}

const path = () => (process.env.PATH ?? '').split(':').filter(Boolean)

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function listIfThere(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
