// `npm run bench`: measures the promises beside the floor, in one run, and prints one table. It takes minutes, uses
// loopback only, ends by itself and leaves nothing behind. `-- --sizes 1000,10000,100000 --groups 10,1000,100000 --rounds 3`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { correctnessPromises, groupPromises, isMet, type Promised, userPromises } from './promises.ts'
import { type Line, Results } from './results.ts'
import { openStand, type Stand, writeTargets } from './stand.ts'

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

function print(promises: readonly Promised[]): void {
  const rows = promises.map((promised) => [
    promised.promise,
    `${promised.figure.toFixed(2)} ${promised.unit}`,
    `${promised.rule} ${promised.target}`,
    isMet(promised) ? 'met' : 'NOT MET',
  ])
  const table = [['promise', 'figure', 'target', ''], ...rows]
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  for (const row of table) {
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    )
  }
  process.stdout.write(`\n${promises.filter(isMet).length} of ${promises.length} promises met\n`)
}

const stand = await openStand()
try {
  const results = await generateLoad(stand)
  const promises = [...userPromises(results), ...groupPromises(results), ...correctnessPromises(results)]
  if (values.json)
    process.stdout.write(`${JSON.stringify(promises.map((each) => ({ ...each, met: isMet(each) })))}\n`)
  else print(promises)
  if (!promises.every(isMet)) process.exitCode = 1
} finally {
  await stand.close()
}
