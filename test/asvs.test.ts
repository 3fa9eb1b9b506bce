// docs/asvs.md says of each requirement of the ASVS whether it is met, and where. Here it is held to that.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const document = readFileSync(path.join(root, 'docs/asvs.md'), 'utf8')

/** Of ASVS 5.0.0, by chapter and section: the numbers at level 1, and those at level 2. */
const REQUIREMENTS: Readonly<Record<string, readonly [one: string, two: string]>> = {
  '1.1': ['', '1 2'],
  '1.2': ['1 2 3 4 5', '6 7 8 9'],
  '1.3': ['1 2', '3 4 5 6 7 8 9 10 11'],
  '1.4': ['', '1 2 3'],
  '1.5': ['1', '2'],
  '2.1': ['1', '2 3'],
  '2.2': ['1 2', '3'],
  '2.3': ['1', '2 3 4'],
  '2.4': ['', '1'],
  '3.2': ['1 2', ''],
  '3.3': ['1', '2 3 4'],
  '3.4': ['1 2', '3 4 5 6'],
  '3.5': ['1 2 3', '4 5'],
  '3.7': ['', '1 2'],
  '4.1': ['1', '2 3'],
  '4.2': ['', '1'],
  '4.3': ['', '1 2'],
  '4.4': ['1', '2 3 4'],
  '5.1': ['', '1'],
  '5.2': ['1 2', '3'],
  '5.3': ['1 2', ''],
  '5.4': ['', '1 2 3'],
  '6.1': ['1', '2 3'],
  '6.2': ['1 2 3 4 5 6 7 8', '9 10 11 12'],
  '6.3': ['1 2', '3 4'],
  '6.4': ['1 2', '3 4'],
  '6.5': ['', '1 2 3 4 5'],
  '6.6': ['', '1 2 3'],
  '6.8': ['', '1 2 3 4'],
  '7.1': ['', '1 2 3'],
  '7.2': ['1 2 3 4', ''],
  '7.3': ['', '1 2'],
  '7.4': ['1 2', '3 4 5'],
  '7.5': ['', '1 2'],
  '7.6': ['', '1 2'],
  '8.1': ['1', '2'],
  '8.2': ['1 2', '3'],
  '8.3': ['1', ''],
  '8.4': ['', '1'],
  '9.1': ['1 2 3', ''],
  '9.2': ['1', '2 3 4'],
  '10.1': ['', '1 2'],
  '10.2': ['', '1 2'],
  '10.3': ['', '1 2 3 4'],
  '10.4': ['1 2 3 4 5', '6 7 8 9 10 11'],
  '10.5': ['', '1 2 3 4 5'],
  '10.6': ['', '1 2'],
  '10.7': ['', '1 2 3'],
  '11.1': ['', '1 2'],
  '11.2': ['', '1 2 3'],
  '11.3': ['1 2', '3'],
  '11.4': ['1', '2 3 4'],
  '11.5': ['', '1'],
  '11.6': ['', '1'],
  '12.1': ['1', '2 3'],
  '12.2': ['1 2', ''],
  '12.3': ['', '1 2 3 4'],
  '13.1': ['', '1'],
  '13.2': ['', '1 2 3 4 5'],
  '13.3': ['', '1 2'],
  '13.4': ['1', '2 3 4 5'],
  '14.1': ['', '1 2'],
  '14.2': ['1', '2 3 4'],
  '14.3': ['1', '2 3'],
  '15.1': ['1', '2 3'],
  '15.2': ['1', '2 3'],
  '15.3': ['1', '2 3 4 5 6 7'],
  '16.1': ['', '1'],
  '16.2': ['', '1 2 3 4 5'],
  '16.3': ['', '1 2 3 4'],
  '16.4': ['', '1 2 3'],
  '16.5': ['', '1 2 3'],
  '17.1': ['', '1'],
  '17.2': ['', '1 2 3 4'],
  '17.3': ['', '1 2'],
}

const STATES = ['met', 'partly', 'not met', 'n/a'] as const

interface Row {
  readonly number: string
  readonly level: string
  readonly state: string
  readonly reason: string
  readonly files: readonly string[]
  readonly attacks: readonly string[]
}

const rows: readonly Row[] = document
  .split('\n')
  .filter((line) => /^\| \d+\.\d+\.\d+ \|/.test(line))
  .map((line) => {
    const [number = '', level = '', , judged = '', where = '', ...more] = line
      .replace(/^\| /, '')
      .replace(/ ?\|$/, '')
      .split(' | ')
    expect(more, `${number} has five cells`).toEqual([])
    const [state = '', reason = ''] = judged.split(/: (.*)/s)
    const text = `${judged} ${where}`
    return { number, level, state, reason, files: filesIn(text), attacks: attacksIn(text) }
  })

function filesIn(text: string): string[] {
  return [...text.matchAll(/`([^`\s]+)`/g)]
    .map(([, file = '']) => file)
    .filter((file) => /^[\w.-]+\/[\w./-]+\w$|^\w[\w-]*\.(ts|md|json)$/.test(file))
}

function attacksIn(text: string): string[] {
  return [...text.matchAll(/\b[a-z]{3,5}-\d\d\b/g)].map(([id]) => id)
}

function isThere(file: string): boolean {
  return existsSync(path.join(root, file)) || existsSync(path.join(root, 'src', file))
}

test('every requirement of levels 1 and 2 has one row, with its level', () => {
  const wanted = Object.entries(REQUIREMENTS).flatMap(([section, levels]) =>
    levels.flatMap((numbers, at) =>
      numbers
        .split(' ')
        .filter((number) => number !== '')
        .map((number) => `${section}.${number} at ${at + 1}`),
    ),
  )
  expect(wanted).toHaveLength(253)
  expect(rows.map(({ number, level }) => `${number} at ${level}`).toSorted()).toEqual(wanted.toSorted())
})

test('each has a state, and a reason where it is not met', () => {
  const unclear = rows.filter(
    ({ state, reason }) => !STATES.some((one) => one === state) || (state === 'met') !== (reason === ''),
  )
  expect(unclear.map(({ number }) => number)).toEqual([])
})

test('what is met or partly met has a place, and all files and attack cases that are named are there', () => {
  const done = rows.filter(({ state }) => state === 'met' || state === 'partly')
  const bare = done.filter(({ files, attacks }) => files.length === 0 && attacks.length === 0)
  expect(bare.map(({ number }) => number)).toEqual([])
  const gone = rows.flatMap(({ number, files }) =>
    files.filter((file) => !isThere(file)).map((file) => `${number}: ${file}`),
  )
  expect(gone).toEqual([])
  const folder = path.join(root, 'test/attacks')
  const cases = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .join('\n')
  const unknown = rows.flatMap(({ number, attacks }) =>
    attacks.filter((id) => !cases.includes(`"id": "${id}"`)).map((id) => `${number}: ${id}`),
  )
  expect(unknown).toEqual([])
})

test('the totals are those of the rows', () => {
  for (const state of STATES) {
    const at = (level: string) => rows.filter((row) => row.state === state && row.level === level).length
    expect(document).toContain(`| ${state} | ${at('1')} | ${at('2')} |`)
  }
})

test('the files that the security documents name are there', () => {
  for (const name of ['SECURITY.md', 'docs/security.md']) {
    const text = readFileSync(path.join(root, name), 'utf8')
    const linked = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, file = '']) =>
      path.join(path.dirname(name), file),
    )
    const inCode = filesIn(text).filter((file) => /^(src|test|docs|migrations|web)\//.test(file))
    expect(linked.length + inCode.length).toBeGreaterThan(3)
    expect([...linked, ...inCode].filter((file) => !isThere(file))).toEqual([])
  }
})
