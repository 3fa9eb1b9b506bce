// `npm run bench`: measures all promises and what they are compared with in one run, and prints one table. This
// folder owns the measurements (parts/), the promises with their targets (promises/) and the peers. It doesn't test
// behavior: test/ does. Developers call it. It uses only loopback, ends by itself and leaves nothing behind. `npm run
// bench -- --help` lists the flags. Start with this file, then read parts.ts and promise.ts.
import { writeFileSync } from 'node:fs'
import { type Evidence, measure } from './parts.ts'
import { type Plan, readPlan, USAGE } from './plan.ts'
import { type Judged, judge } from './promise.ts'
import { promisesOf } from './promises.ts'
import { printPromises } from './table.ts'

const began = performance.now()
const secondsGone = () => (performance.now() - began) / 1_000
function say(words: string): void {
  process.stderr.write(`[${secondsGone().toFixed(0)} s] ${words}\n`)
}

/**
 * Returns a signal that is aborted at the end of the time, or when somebody interrupts the run. Everything that was
 * started is then stopped in order.
 */
function untilTheEnd({ minutes }: Plan): AbortSignal {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => interrupted.abort(new Error(`interrupted by ${name}`)))
  return AbortSignal.any([AbortSignal.timeout(minutes * 60_000), interrupted.signal])
}

function writeJson(file: string, plan: Plan, evidence: Evidence, promises: readonly Judged[]): void {
  const lines = Object.fromEntries(Object.entries(evidence).map(([part, results]) => [part, results.lines]))
  writeFileSync(file, `${JSON.stringify({ at: new Date(), node: process.version, plan, promises, lines })}\n`)
}

const plan = readPlan(process.argv.slice(2))
if (plan === 'help') process.stdout.write(USAGE)
else {
  const { minutes } = plan
  const secondsLeft = () => minutes * 60 - secondsGone()
  const evidence = await measure({ plan, signal: untilTheEnd(plan), secondsLeft, say })
  const promises = promisesOf(plan, evidence).map(judge)
  if (plan.json) writeJson(plan.json, plan, evidence, promises)
  printPromises(promises)
  say('done')
  // What was left out on purpose is no failure.
  if (!promises.every(({ met, leftOut }) => met || leftOut)) process.exitCode = 1
}
