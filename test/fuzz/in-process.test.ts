// Everything that reads what comes from outside, with inputs that are nearly right: it never throws anything but its own
// refusal, never takes long, and what always holds of what was read holds. A little runs with the other tests, and as much
// as one likes by `npm run fuzz`.
import { expect, test } from 'vitest'
import { seeded } from '#simulator/random.ts'
import { IN_PROCESS, millisecondsOf } from './bounds.ts'
import { corpusFiles, foundFaults } from './seeds.ts'
import type { Target } from './target.ts'
import { SCIM_TARGETS } from './targets-scim.ts'
import { SIGN_IN_TARGETS } from './targets-sign-in.ts'
import { TEXT_TARGETS } from './targets-text.ts'

const TARGETS = [...SCIM_TARGETS, ...SIGN_IN_TARGETS, ...TEXT_TARGETS]
/** Of processor time, for one input. */
const MOST_MILLISECONDS = 250
const SHOWN = 2_000

type Outcome = 'read' | 'refused' | 'fault'

interface Fault {
  readonly target: string
  readonly input: string
  readonly why: string
}

function run({ read, refuses, name }: Target, input: string, faults: Fault[]): Outcome {
  const report = (why: string): Outcome => {
    faults.push({ target: name, input: input.slice(0, SHOWN), why })
    return 'fault'
  }
  const began = performance.now()
  try {
    read(input)
    return 'read'
  } catch (error) {
    if (refuses(error)) return 'refused'
    return report(error instanceof Error ? String(error.stack) : String(error))
  } finally {
    if (performance.now() - began > MOST_MILLISECONDS && isSlow(read, input)) report('it takes too long')
  }
}

/** On a busy machine a quick one may have waited. */
function isSlow(read: Target['read'], input: string): boolean {
  const before = process.cpuUsage()
  try {
    read(input)
  } catch {
    // it was looked at before
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 > MOST_MILLISECONDS
}

test('every target has seeds, and every seed a target', () => {
  const known = TARGETS.map(({ name }) => `${name}.json`)
  const files = corpusFiles().filter((file) => file !== 'found.json')
  expect(files.filter((file) => !known.includes(file))).toEqual([])
})

test('inputs that showed a fault once show none any more', () => {
  const faults: Fault[] = []
  for (const { target, input } of foundFaults()) {
    const found = TARGETS.find(({ name }) => name === target)
    if (!found) throw new Error(`no target ${target}`)
    run(found, input, faults)
  }
  expect(faults).toEqual([])
})

test('no input makes a reader throw anything but its refusal', {
  timeout: millisecondsOf(IN_PROCESS),
}, () => {
  const { seed, from, count, seconds } = IN_PROCESS
  const faults: Fault[] = []
  const outcomes = new Map<string, Record<Outcome, number>>()
  const until = performance.now() + seconds * 1_000
  let index = from
  for (; index < from + count && performance.now() < until && faults.length < 20; index++) {
    const target = TARGETS[index % TARGETS.length]
    if (!target) break
    const input = target.input(seeded((seed * 1_000_003 + index) | 0))
    const outcome = run(target, input, faults)
    const counts = outcomes.get(target.name) ?? { read: 0, refused: 0, fault: 0 }
    counts[outcome] += 1
    outcomes.set(target.name, counts)
  }
  console.info(`Fuzz in process: seed ${seed}, inputs ${from} to ${index - 1}, ${TARGETS.length} targets`)
  if (count > 100_000) console.table(Object.fromEntries(outcomes))
  expect(faults).toEqual([])
  const onlyRefused = [...outcomes].filter(([, { read }]) => read === 0).map(([name]) => name)
  if (index - from > 10_000) expect(onlyRefused).toEqual([])
})
