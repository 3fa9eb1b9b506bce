// The attack cases of the areas that are not SCIM's: each is carried out by tests of its own, which elsewhere.json names.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { textsIn } from '../evidence.ts'

interface Elsewhere {
  readonly id: string
  readonly area: string
  readonly title: string
  readonly shownBy?: readonly { readonly file: string; readonly title: string }[]
  /** Why there is nothing to attack. */
  readonly notApplicable?: string
  readonly note?: string
}

const CASES = 114
/** The number of cases in each area. */
const AREAS = {
  audit: 6,
  export: 1,
  gateway: 7,
  lifecycle: 7,
  oidc: 16,
  'portal-authz': 8,
  'portal-login': 5,
  'portal-mfa': 7,
  'portal-session': 8,
  saml: 35,
  transport: 6,
  webhook: 8,
}

const root = path.resolve(import.meta.dirname, '../..')
const cases = JSON.parse(readFileSync(`${import.meta.dirname}/elsewhere.json`, 'utf8')) as Elsewhere[]

test(`each of the ${CASES} cases outside SCIM is named once`, () => {
  expect(new Set(cases.map(({ id }) => id)).size).toBe(CASES)
  const counts = Object.fromEntries(
    Object.keys(AREAS).map((area) => [area, cases.filter((one) => one.area === area).length]),
  )
  expect(counts).toEqual(AREAS)
})

test('each is shown by a test, or there is nothing to attack', () => {
  const open = cases.filter(({ shownBy = [], notApplicable = '' }) => shownBy.length === 0 && !notApplicable)
  expect(open.map(({ id, title }) => `${id} ${title}`)).toEqual([])
})

test('the tests that are named are there, and are not skipped', () => {
  const evidence = cases.flatMap(({ id, shownBy = [] }) => shownBy.map((each) => ({ id, ...each })))
  const files = [...new Set(evidence.map(({ file }) => file))].filter((file) =>
    existsSync(path.join(root, file)),
  )
  const texts = new Map(files.map((file) => [file, textsIn(path.join(root, file))] as const))
  const gone = evidence.filter(
    ({ file, title }) => !file.endsWith('.test.ts') || !texts.get(file)?.some((text) => text.includes(title)),
  )
  expect(gone.map(({ id, file, title }) => `${id}: ${file} "${title}"`)).toEqual([])
})
