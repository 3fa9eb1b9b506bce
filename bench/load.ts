// Runs the load generator (tools/load.mjs) for a part of the bench: it gets a file with targets and returns lines.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from './answer.ts'
import { end } from './processes.ts'
import type { Line } from './results.ts'
import type { Stand } from './stand.ts'

const TOOL = join(import.meta.dirname, 'tools/load.mjs')

/** A target in the format of the load generator. */
export interface LoadTarget {
  readonly name: string
  readonly kind: 'scim' | 'raw' | 'exec'
  readonly [more: string]: unknown
}

export function scimTarget({ name, base, token, pid }: Target, limits: object = {}): LoadTarget {
  return { name, kind: 'scim', base, pid, headers: { Authorization: `Bearer ${token}` }, ...limits }
}

/** Returns the target for Fastify's smallest possible answer. */
export function helloTarget(floor: Target): LoadTarget {
  return { name: 'hello', kind: 'raw', base: new URL(floor.base).origin, path: '/hello', pid: floor.pid }
}

/** Runs the load generator and returns its lines. @throws if it fails or is interrupted */
export async function generateLoad(
  stand: Stand,
  targets: readonly LoadTarget[],
  options: Readonly<Record<string, string | number>>,
  signal: AbortSignal,
): Promise<Line[]> {
  const file = join(stand.folder, 'targets.json')
  const out = join(stand.folder, 'lines.jsonl')
  writeFileSync(file, JSON.stringify(targets))
  await runTool(
    ['--targets', file, '--out', out, '--db-pid', String(stand.databasePid), ...flags(options)],
    signal,
  )
  return readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

export function flags(options: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
}

/** Runs a tool. Its progress and its own table go to standard error, because standard output is for the promises. */
async function runTool(args: readonly string[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const tool = spawn(process.execPath, [TOOL, ...args], { stdio: ['ignore', process.stderr, 'inherit'] })
  const interrupt = () => void end(tool)
  signal.addEventListener('abort', interrupt)
  const [code] = await once(tool, 'exit')
  signal.removeEventListener('abort', interrupt)
  signal.throwIfAborted()
  if (code !== 0) throw new Error(`the load generator ended with ${code}`)
}
