// `npm run bench:sync`: a first sync by the simulator, on a tenant that was made seconds before, and a walk through all
// pages afterwards. `-- --users 100000 --groups 1000 --dialect entra`.
import { parseArgs } from 'node:util'
import { findDialect } from '#simulator/dialects.ts'
import { type Progress, simulate } from '#simulator/simulate.ts'
import type { Promised } from './promises.ts'
import { openStand, type Target } from './stand.ts'
import { printPromises } from './table.ts'

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    groups: { type: 'string', default: '1000' },
    dialect: { type: 'string', default: 'entra' },
  },
})
const PAGE = 100

/** The rate of the last tenth of the users against that of the first. */
function watchTenths(): { report: (progress: Progress) => void; ratio: () => number } {
  const began: number[] = []
  return {
    report({ phase, done, total }) {
      if (phase !== 'users') return
      const tenth = Math.floor((done / total) * 10)
      if (began[tenth] === undefined) began[tenth] = performance.now()
    },
    ratio: () => ((began[1] ?? 0) - (began[0] ?? 0)) / ((began[10] ?? 0) - (began[9] ?? 0)),
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** The dearest stretch of ten pages against the first pages, each by its median. */
async function walk({ base, token }: Target, total: number): Promise<number> {
  const times: number[] = []
  for (let startIndex = 1; startIndex <= total; startIndex += PAGE) {
    const began = performance.now()
    const answer = await fetch(`${base}/Users?startIndex=${startIndex}&count=${PAGE}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const { Resources } = (await answer.json()) as { Resources: unknown[] }
    if (Resources.length !== Math.min(PAGE, total - startIndex + 1))
      throw new Error(`page at ${startIndex} is short`)
    times.push(performance.now() - began)
  }
  const stretches = times.flatMap((_, i) => (i % 10 === 0 ? [median(times.slice(i, i + 10))] : []))
  return Math.max(...stretches) / (stretches[0] ?? Number.NaN)
}

const dialect = findDialect(values.dialect)
if (!dialect) throw new Error(`there is no dialect ${values.dialect}`)
const stand = await openStand()
try {
  const { base: endpoint, token } = stand.ours
  const tenths = watchTenths()
  const users = Number(values.users)
  const summary = await simulate({
    dialect,
    endpoint,
    credentials: { token },
    users,
    groups: Number(values.groups),
    onProgress: tenths.report,
  })
  process.stdout.write(`${summary.requests} requests in ${summary.seconds.toFixed(0)} s\n`)
  const promises: Promised[] = [
    { promise: 'errors of the sync', figure: summary.errors, target: 0, rule: 'at most', unit: 'errors' },
    {
      promise: 'rate of the last tenth of users',
      figure: tenths.ratio(),
      target: 0.9,
      rule: 'at least',
      unit: '× the first tenth',
    },
    {
      promise: `dearest of all pages of ${users} users`,
      figure: await walk(stand.ours, users),
      target: 2,
      rule: 'at most',
      unit: '× the first',
    },
  ]
  printPromises(promises)
} finally {
  await stand.close()
}
