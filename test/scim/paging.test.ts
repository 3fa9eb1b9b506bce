// Pages by startIndex. What is remembered between requests must never show: every page is that of the list as it is.
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { openHouse, type ProvidedIdp } from '#test/harness.ts'
import { GROUP, patchOf, USER } from './refusal.ts'

const house = await openHouse()
afterAll(() => house.close())

interface Listed {
  readonly id: string
  readonly userName: string
  readonly title?: string
}

async function addUsers(idp: ProvidedIdp, names: readonly string[]): Promise<Listed[]> {
  const users: Listed[] = []
  for (const userName of names) {
    const title = userName.length % 2 === 0 ? 'Even' : 'Odd'
    users.push((await idp.post('/Users', { schemas: [USER], userName, title })).json)
  }
  return users
}

/** The kinds of list that are walked, each with what it should hold of all users, in order. */
const QUESTIONS: Readonly<Record<string, (users: readonly Listed[]) => Listed[]>> = {
  '': (users) => [...users],
  'sortBy=userName': (users) => users.toSorted(byName),
  'sortBy=userName&sortOrder=descending': (users) => users.toSorted(byName).reverse(),
  'sortBy=id&sortOrder=descending': (users) => users.toReversed(),
  'sortBy=title': (users) =>
    users.toSorted((a, b) => (a.title ?? '').localeCompare(b.title ?? '') || (a.id < b.id ? -1 : 1)),
  'filter=title%20eq%20%22Even%22': (users) => users.filter(({ title }) => title === 'Even'),
}

function byName(a: Listed, b: Listed): number {
  return a.userName < b.userName ? -1 : 1
}

type Step =
  | { readonly kind: 'page'; readonly question: string; readonly startIndex: number; readonly count: number }
  | { readonly kind: 'create' }
  | { readonly kind: 'delete' | 'rename'; readonly which: number }

const page = fc.record({
  kind: fc.constant('page' as const),
  question: fc.constantFrom(...Object.keys(QUESTIONS)),
  // Walks of one size, so that pages often begin where others ended.
  startIndex: fc.constantFrom(1, 4, 7, 10, 13, 5, 100),
  count: fc.constantFrom(3, 3, 3, 3, 1, 50, 0),
})
const change = fc.oneof(
  fc.record({ kind: fc.constant('create' as const) }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'rename' as const), which: fc.nat(20) }),
)
const steps: fc.Arbitrary<Step[]> = fc.array(fc.oneof({ weight: 4, arbitrary: page }, change), {
  minLength: 5,
  maxLength: 25,
})

test('pages and totals are those of the list as it is, whatever was read and written before', async () => {
  let names = 0
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const idp = await house.identityProvider()
      let users = await addUsers(
        idp,
        Array.from({ length: 11 }, () => `${'x'.repeat(names % 3)}${names++}`),
      )
      for (const step of plan) {
        if (step.kind === 'page') await expectPage(idp, step, users)
        else if (step.kind === 'create')
          users.push(...(await addUsers(idp, [`${'z'.repeat(names % 2)}${names++}`])))
        else users = await changeOne(idp, step, users, `${'a'.repeat(names % 4)}${names++}`)
      }
    }),
    { numRuns: 25 },
  )
}, 60_000)

async function expectPage(
  idp: ProvidedIdp,
  { question, startIndex, count }: Extract<Step, { kind: 'page' }>,
  users: readonly Listed[],
) {
  const { json } = await idp.get(`/Users?${question}&startIndex=${startIndex}&count=${count}`)
  const all = QUESTIONS[question]?.(users) ?? []
  const wanted = all.slice(startIndex - 1, startIndex - 1 + count).map(({ id }) => id)
  expect(json.Resources.map(({ id }: Listed) => id)).toEqual(wanted)
  expect(json).toMatchObject({ totalResults: all.length, startIndex, itemsPerPage: wanted.length })
}

async function changeOne(
  idp: ProvidedIdp,
  { kind, which }: { kind: 'delete' | 'rename'; which: number },
  users: Listed[],
  userName: string,
): Promise<Listed[]> {
  const chosen = users[which % Math.max(users.length, 1)]
  if (!chosen) return users
  if (kind === 'delete') {
    await idp.delete(`/Users/${chosen.id}`)
    return users.filter((user) => user !== chosen)
  }
  await idp.patch(`/Users/${chosen.id}`, patchOf({ op: 'replace', path: 'userName', value: userName }))
  return users.map((user) => (user === chosen ? { ...user, userName } : user))
}

test('a walk shows everyone once, with the groups of each', async () => {
  const idp = await house.identityProvider()
  const users = await addUsers(
    idp,
    Array.from({ length: 25 }, (_, index) => `user-${index}`),
  )
  const members = users.filter((_, index) => index % 3 === 0).map(({ id }) => ({ value: id }))
  const { json: crew } = await idp.post('/Groups', { schemas: [GROUP], displayName: 'Crew', members })
  const seen: { id: string; groups?: { value: string }[] }[] = []
  for (let startIndex = 1; startIndex <= 25; startIndex += 10) {
    seen.push(...(await idp.get(`/Users?startIndex=${startIndex}&count=10`)).json.Resources)
  }
  expect(seen.map(({ id }) => id)).toEqual(users.map(({ id }) => id))
  const inCrew = seen.filter(({ groups }) => groups?.[0]?.value === crew.id).map(({ id }) => id)
  expect(inCrew).toEqual(members.map(({ value }) => value))
  const alone = (await idp.get(`/Users/${users[0]?.id}`)).json
  expect(seen[0]).toEqual(alone)
})

test.each([
  ['startIndex=0&count=2', 1, 2],
  ['startIndex=-7', 1, 3],
  ['startIndex=3', 3, 1],
  ['startIndex=4', 4, 0],
  ['startIndex=2147483647', 2_147_483_647, 0],
  ['count=0', 1, 0],
  ['count=-1', 1, 0],
  ['count=99999', 1, 3],
] as const)(
  '%s is brought into range, and the total is always told',
  async (query, startIndex, itemsPerPage) => {
    const idp = await house.identityProvider()
    await addUsers(idp, ['a', 'b', 'c'])
    const { json } = await idp.get(`/Users?${query}`)
    expect(json).toMatchObject({ totalResults: 3, startIndex, itemsPerPage })
    expect(json.Resources).toHaveLength(itemsPerPage)
  },
)

test('totals of one identity provider say nothing of another', async () => {
  const [one, other] = [await house.identityProvider(), await house.identityProvider()]
  await addUsers(one, ['a', 'b', 'c'])
  for (const idp of [one, other, one, other]) {
    const total = (await idp.get('/Users?count=0')).json.totalResults
    expect(total).toBe(idp === one ? 3 : 0)
  }
})
