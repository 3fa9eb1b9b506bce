// `npm run bench`: measures the promises beside the floor, in one run, and prints one table. It takes minutes, uses
// loopback only, ends by itself and leaves nothing behind. `-- --sizes 1000,10000,100000 --groups 10,1000,100000 --rounds 3`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { correctnessPromises, groupPromises, isMet, userPromises } from './promises.ts'
import { type Line, Results } from './results.ts'
import { openStand, type Stand, writeTargets } from './stand.ts'
import { printPromises } from './table.ts'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000' },
    groups: { type: 'string', default: '10,1000,10000' },
    rounds: { type: 'string', default: '3' },
    slice: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})

async function generateLoad(stand: Stand): Promise<Results> {
  const out = join(stand.folder, 'results.jsonl')
  const targets = writeTargets(stand, [stand.ours, stand.floor])
  const given = { targets, out, 'db-pid': String(stand.databasePid), ...values }
  const args = Object.entries(given).flatMap(([name, value]) =>
    name === 'json' ? [] : [`--${name}`, String(value)],
  )
  const load = spawn(process.execPath, [join(import.meta.dirname, 'tools/load.mjs'), ...args], {
    stdio: ['ignore', values.json ? 'ignore' : 'inherit', 'inherit'],
  })
  const [code] = await once(load, 'exit')
  if (code !== 0) throw new Error(`the load generator ended with ${code}`)
  const text = readFileSync(out, 'utf8').trim()
  return new Results(text.split('\n').map((line) => JSON.parse(line) as Line))
}

const stand = await openStand()
try {
  const results = await generateLoad(stand)
  const promises = [...userPromises(results), ...groupPromises(results), ...correctnessPromises(results)]
  if (values.json)
    process.stdout.write(`${JSON.stringify(promises.map((each) => ({ ...each, met: isMet(each) })))}\n`)
  else printPromises(promises)
  if (!promises.every(isMet)) process.exitCode = 1
} finally {
  await stand.close()
}
