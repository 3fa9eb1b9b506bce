// Measures the time from the start of the process to the first 2xx: of our service as an operator starts it
// (bin/doorlist serve) and of the floor, both with an existing database, and of our service with an empty one.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { flags } from '../load.ts'
import { freePort } from '../processes.ts'
import { type Line, Results } from '../results.ts'
import { floorSettings, ourSettings, type Stand, withStand } from '../stand.ts'
import type { Task } from '../task.ts'

const ROOT = join(import.meta.dirname, '../..')
const TOOL = join(ROOT, 'bench/tools/load.mjs')
const SERVE = `'${join(ROOT, 'bin/doorlist')}' serve`
const ROUNDS = 5
const LONGEST_MILLISECONDS = 120_000

/** How to start a server and how to see that it is ready. */
interface Starting {
  readonly command: string
  readonly ready: string
  readonly settings: Readonly<Record<string, string>>
}

/** Measures the servers in turns, so that other load on the machine affects all of them. */
export const measureStart = ({ signal, say }: Task): Promise<Results> =>
  withStand(async (stand) => {
    const floor = await floorIn(stand)
    const lines: Line[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      say(`round ${round} of ${ROUNDS}`)
      const database = `start${round}`
      await stand.create(database)
      const ours = await oursIn(stand, database)
      const turns = [
        ['ours', 'startEmpty', ours],
        ['ours', 'start', ours], // a second time, now with a migrated database
        ['floor', 'start', floor],
      ] as const
      for (const [target, op, starting] of turns)
        lines.push({ target, op, round, seconds: await time(starting, signal) })
    }
    return new Results(lines)
  })

/** Returns how to start our service. It is ready when `/readyz` succeeds, which asks the database. */
async function oursIn(stand: Stand, database: string): Promise<Starting> {
  const port = await freePort()
  const ready = `http://127.0.0.1:${port}/readyz`
  return { command: SERVE, ready, settings: ourSettings(stand, port, database) }
}

async function floorIn(stand: Stand): Promise<Starting> {
  const { settings, base } = await floorSettings(stand)
  const command = `'${process.execPath}' '${join(ROOT, 'bench/tools/floor.mjs')}'`
  return { command, ready: `${base}/scim/v2/Users?startIndex=1&count=1`, settings }
}

/** Measures a start with the load generator, which starts and stops the server. @returns seconds */
async function time({ command: cmd, ready, settings }: Starting, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted()
  const args = ['startup', '--header', 'Authorization: Bearer bench', ...flags({ cmd, ready, times: 1 })]
  const env = { ...process.env, NODE_ENV: 'production', ...settings }
  const { stdout } = await promisify(execFile)(process.execPath, [TOOL, ...args], {
    env,
    timeout: LONGEST_MILLISECONDS,
  })
  const { medianMs } = JSON.parse(stdout) as { medianMs: number | null }
  if (medianMs === null) throw new Error(`${cmd} did not answer at ${ready}`)
  return medianMs / 1_000
}
