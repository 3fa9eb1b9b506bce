// From the start of the process to the first 2xx: of our service as an operator starts it (bin/doorlist serve) and of the
// floor, on a database that is there; and of ours on one that is empty.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { flags } from '../load.ts'
import type { Task } from '../parts.ts'
import { end, freePort } from '../processes.ts'
import { type Line, Results } from '../results.ts'
import { floorSettings, ourSettings, type Stand, withStand } from '../stand.ts'

const ROOT = join(import.meta.dirname, '../..')
const TOOL = join(ROOT, 'bench/tools/load.mjs')
const SERVE = `'${join(ROOT, 'bin/doorlist')}' serve`
const TIMES = 5
const EMPTY_TIMES = 3
const LONGEST_MILLISECONDS = 300_000

export const measureStart = (task: Task): Promise<Results> =>
  withStand(async (stand) => {
    task.say('our service, on empty databases')
    const empty: Line[] = []
    for (let i = 0; i < EMPTY_TIMES; i++) empty.push(await onEmpty(stand, `empty${i}`, task.signal))
    task.say('our service and the floor, on a database that is there')
    const ours = { target: 'ours', op: 'start', ...(await onMigrated(stand, task.signal)) }
    const floor = { target: 'floor', op: 'start', ...(await ofFloor(stand, task.signal)) }
    return new Results([...empty, ours, floor])
  })

async function onEmpty(stand: Stand, database: string, signal: AbortSignal): Promise<Line> {
  await stand.create(database)
  const port = await freePort()
  const settings = ourSettings(stand, port, database)
  const timed = await time(SERVE, `http://127.0.0.1:${port}/readyz`, settings, 1, signal)
  return { target: 'ours', op: 'startEmpty', ...timed }
}

/** Ready is the answer that needs the database: `/readyz` asks it. */
async function onMigrated(stand: Stand, signal: AbortSignal) {
  const port = await freePort()
  const settings = ourSettings(stand, port, 'empty0')
  return time(SERVE, `http://127.0.0.1:${port}/readyz`, settings, TIMES, signal)
}

async function ofFloor(stand: Stand, signal: AbortSignal) {
  const { settings, base } = await floorSettings(stand)
  const command = `'${process.execPath}' '${join(ROOT, 'bench/tools/floor.mjs')}'`
  return time(command, `${base}/scim/v2/Users?startIndex=1&count=1`, settings, TIMES, signal)
}

/** The load generator starts it so many times, and ends it each time. */
async function time(
  cmd: string,
  ready: string,
  settings: Readonly<Record<string, string>>,
  times: number,
  signal: AbortSignal,
): Promise<{ seconds: number }> {
  const args = ['startup', '--header', 'Authorization: Bearer bench', ...flags({ cmd, ready, times })]
  const env = { ...process.env, NODE_ENV: 'production', ...settings }
  signal.throwIfAborted()
  const running = promisify(execFile)(process.execPath, [TOOL, ...args], {
    env,
    timeout: LONGEST_MILLISECONDS,
  })
  const interrupt = () => void end(running.child)
  signal.addEventListener('abort', interrupt)
  const { stdout } = await running.finally(() => signal.removeEventListener('abort', interrupt))
  const { medianMs, all } = JSON.parse(stdout) as { medianMs: number | null; all: unknown }
  if (medianMs === null) throw new Error(`${cmd} did not answer: ${JSON.stringify(all)}`)
  return { seconds: medianMs / 1_000 }
}
