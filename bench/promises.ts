// What the service promises, each with the figure that shows it. Ratios are against the floor, within one run.
import type { Results } from './results.ts'

export interface Promised {
  readonly promise: string
  readonly figure: number
  readonly target: number
  /** Whether the figure has to be at least or at most the target. */
  readonly rule: 'at least' | 'at most'
  readonly unit: string
}

export function isMet({ figure, target, rule }: Promised): boolean {
  return rule === 'at least' ? figure >= target : figure <= target
}

const least = (promise: string, figure: number, target: number, unit = '× floor'): Promised => ({
  promise,
  figure,
  target,
  rule: 'at least',
  unit,
})
const most = (promise: string, figure: number, target: number, unit = '× floor'): Promised => ({
  promise,
  figure,
  target,
  rule: 'at most',
  unit,
})

/** Operations on users, with the share of the floor's rate that they keep. */
const USER_RATES: readonly [op: string, name: string, share: number][] = [
  ['get', 'get by id', 0.6],
  ['findUserName', 'find by userName', 0.6],
  ['findExternalId', 'find by externalId', 0.6],
  ['create', 'create', 0.5],
  ['patchAttr', 'PATCH one attribute', 0.55],
  ['patchActive', 'PATCH active', 0.55],
  ['put', 'PUT', 0.55],
  ['list100', 'first page of 100', 0.5],
]

function ratio(results: Results, op: string, where: { size?: number; group?: number }): number {
  return results.of('ours', op, where).rate / results.of('floor', op, where).rate
}

export function userPromises(results: Results): Promised[] {
  const sizes = results.sizes('get')
  return [
    ...sizes.flatMap((size) => [
      ...USER_RATES.map(([op, name, share]) =>
        least(`${name}, ${size} users`, ratio(results, op, { size }), share),
      ),
      most(
        `get by id, CPU, ${size} users`,
        results.of('ours', 'get', { size }).cpu / results.of('floor', 'get', { size }).cpu,
        1.7,
      ),
      least(
        `get by id, ${size} users`,
        (100 * results.of('ours', 'get', { size }).rate) / results.of('hello', 'raw').rate,
        6,
        '% of hello',
      ),
    ]),
    ...growth(results, sizes),
  ]
}

/** What must not grow with the directory. */
function growth(results: Results, sizes: readonly number[]): Promised[] {
  const [small, large] = [sizes[0], sizes.at(-1)]
  if (small === undefined || large === undefined || small === large) return []
  return ['findUserName', 'findExternalId'].map((op) =>
    most(
      `${op} CPU at ${large} users`,
      results.of('ours', op, { size: large }).cpu / results.of('ours', op, { size: small }).cpu,
      1.3,
      `× that at ${small}`,
    ),
  )
}

export function groupPromises(results: Results): Promised[] {
  const groups = results.groups()
  const [small, large] = [groups[0], groups.at(-1)]
  const perGroup = groups.flatMap((group) => [
    least(`add one member, group of ${group}`, ratio(results, 'groupAdd', { group }), 0.6),
    least(`remove one member, group of ${group}`, ratio(results, 'groupRemove', { group }), 0.6),
    least(`group without members, ${group}`, ratio(results, 'groupGetExcluded', { group }), 0.6),
  ])
  if (small === undefined || large === undefined || small === large) return perGroup
  const grows = (op: string) =>
    results.of('ours', op, { group: large }).cpu / results.of('ours', op, { group: small }).cpu
  return [
    ...perGroup,
    most(`add one member, CPU at ${large}`, grows('groupAdd'), 1.3, `× that at ${small}`),
    most(`group without members, CPU at ${large}`, grows('groupGetExcluded'), 1.3, `× that at ${small}`),
    least(`group of ${large}, full`, ratio(results, 'groupGet', { group: large }), 0.6),
    most(
      `building a group of ${large}`,
      (results.once('ours', 'groupBuild', { group: large })?.seconds ?? Number.NaN) /
        (results.once('floor', 'groupBuild', { group: large })?.seconds ?? Number.NaN),
      2,
    ),
  ]
}

export function correctnessPromises(results: Results): Promised[] {
  const memory = results.lines.filter(({ target }) => target === 'ours').map(({ rssMiB = 0 }) => rssMiB)
  return [
    most('wrong answers and errors', results.bad(), 0, 'answers'),
    most('writes and members that did not stay', results.unverified(), 0, 'checks'),
    most('memory under load', Math.max(...memory), 250, 'MiB'),
  ]
}
