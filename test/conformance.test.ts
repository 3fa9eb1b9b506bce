// docs/conformance.md says what is done, where, and which test shows it. Here it is held to that.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { textsIn } from './evidence.ts'

const root = path.resolve(import.meta.dirname, '..')
const document = readFileSync(path.join(root, 'docs/conformance.md'), 'utf8')

/** First and last number of each part of the list of acceptance points. */
const RANGES: readonly (readonly [from: number, to: number])[] = [
  [1, 13],
  [20, 25],
  [30, 36],
  [40, 43],
  [50, 59],
  [60, 65],
  [70, 70],
  [80, 81],
  [90, 95],
  [100, 103],
]
const PROFILES = { I: 13, P: 18 }

interface Row {
  readonly number: string
  readonly state: string
  readonly where: readonly string[]
  readonly shown: readonly Evidence[]
}

interface Evidence {
  readonly file: string
  readonly title: string
}

const rows: readonly Row[] = document
  .split('\n')
  .filter((line) => /^\| (?!no\. |---)/.test(line))
  .map((line) => {
    const [number = '', , state = '', where = '', shown = '', ...more] = line.slice(2, -2).split(' | ')
    expect(more, `${number} has five cells`).toEqual([])
    return { number, state, where: namedIn(where), shown: evidenceIn(shown) }
  })

/** Files in back quotes. */
function namedIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
}

/** Files, each followed by parts of titles. */
function evidenceIn(cell: string): Evidence[] {
  return [...cell.matchAll(/`([^`]+)`([^`]*)/g)].flatMap(([, file = '', after = '']) => {
    const titles = [...after.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ file, title }))
    return titles.length > 0 ? titles : [{ file, title: '' }]
  })
}

function pathOf(file: string): string {
  return path.join(root, /^(test|bench|docs|src)\//.test(file) ? file : `src/${file}`)
}

const isFile = (file: string) => existsSync(pathOf(file))
const pad = (number: number) => String(number).padStart(2, '0')

test('every acceptance point has one row', () => {
  const points = RANGES.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, at) => `C-${pad(from + at)}`),
  )
  const profiles = Object.entries(PROFILES).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, at) => `${letter}-${pad(at + 1)}`),
  )
  expect(points).toHaveLength(59)
  expect(rows.map(({ number }) => number).toSorted()).toEqual([...points, ...profiles, 'errata'].toSorted())
})

test('each says whether it is done, and what is missing where it is not', () => {
  const unclear = rows.filter(({ state }) => !/^(done|(partly|not offered): \S.{10,})$/.test(state))
  expect(unclear.map(({ number, state }) => `${number}: ${state}`)).toEqual([])
})

test('what is done or partly done has a place and a test', () => {
  const offered = rows.filter(({ state }) => !state.startsWith('not offered'))
  expect(offered.length).toBeGreaterThan(80)
  const bare = offered.filter(({ where, shown }) => where.length === 0 || shown.length === 0)
  expect(bare.map(({ number }) => number)).toEqual([])
})

test('the files it names are there', () => {
  const named = rows.flatMap(({ number, where, shown }) =>
    [...where, ...shown.map(({ file }) => file)].map((file) => ({ number, file })),
  )
  const inProse = namedIn(document)
    .filter((text) => /^(docs|test|src|bench)\/\S*$/.test(text))
    .map((file) => ({ number: 'prose', file }))
  expect(inProse.length).toBeGreaterThan(5)
  const gone = [...named, ...inProse].filter(({ file }) => !isFile(file))
  expect(gone.map(({ number, file }) => `${number}: ${file}`)).toEqual([])
})

test('the tests it names are there, in tests or recorded cases, and are not skipped', () => {
  const evidence = rows.flatMap(({ number, shown }) => shown.map((each) => ({ number, ...each })))
  const texts = new Map(
    evidence.filter(({ file }) => isFile(file)).map(({ file }) => [file, textsIn(pathOf(file))] as const),
  )
  const gone = evidence.filter(
    ({ file, title }) =>
      title === '' ||
      !/\.test\.ts$|^test\/(attacks|conversations)\/.*\.json$/.test(file) ||
      !texts.get(file)?.some((text) => text.includes(title)),
  )
  expect(gone.map(({ number, file, title }) => `${number}: ${file} "${title}"`)).toEqual([])
})
