// Queries in a body: of one type, and at the root over users and groups. @see RFC 7644 §3.4.2.1, §3.4.3
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { expectScimError, GROUP, USER } from './refusal.ts'

let house: House
let idp: ProvidedIdp
const ids: Record<string, string> = {}

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  const user = (userName: string, more: object = {}) =>
    idp.post('/Users', { schemas: [USER], userName, ...more }).then(({ json }) => {
      ids[userName] = json.id
    })
  const group = (displayName: string, members: string[] = []) =>
    idp
      .post('/Groups', { schemas: [GROUP], displayName, members: members.map((value) => ({ value })) })
      .then(({ json }) => {
        ids[displayName] = json.id
      })
  await user('ada', {
    displayName: 'Ada',
    emails: [{ value: 'ada@example.com', type: 'work' }],
    active: false,
  })
  await group('Analysts', [ids.ada ?? ''])
  await user('bob', { displayName: 'Smith, Bob' })
  await group('Smith Family', [ids.bob ?? '', ids.Analysts ?? ''])
  await user('eve')
})

afterAll(() => house?.close())

const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
const search = (parameters: object, path = '/.search') => idp.post(path, { schemas: [SEARCH], ...parameters })

async function found(parameters: object, path?: string): Promise<string[]> {
  const { status, json, text } = await search(parameters, path)
  expect(status, text).toBe(200)
  const name = (id: string) => Object.keys(ids).find((key) => ids[key] === id)
  return json.Resources.map(({ id }: { id: string }) => name(id) ?? id)
}

const ALL = ['ada', 'Analysts', 'bob', 'Smith Family', 'eve']

test('a search without parameters shows users and groups, in the order of creation, each as its endpoint does', async () => {
  const { json } = await search({})
  expect(json).toMatchObject({ totalResults: 5, startIndex: 1, itemsPerPage: 5 })
  for (const resource of json.Resources) {
    const { pathname } = new URL(resource.meta.location)
    const alone = await idp.get(pathname.slice(new URL(idp.endpoint).pathname.length))
    expect(resource.members?.toSorted(byValue)).toEqual(alone.json.members?.toSorted(byValue))
    expect({ ...resource, members: undefined }).toEqual({ ...alone.json, members: undefined })
  }
  expect(await found({})).toEqual(ALL)
})

function byValue(a: { value: string }, b: { value: string }): number {
  return a.value < b.value ? -1 : 1
}

test.each<[filter: string, wanted: string[]]>([
  ['meta.resourceType eq "Group"', ['Analysts', 'Smith Family']],
  ['meta.resourceType eq "User"', ['ada', 'bob', 'eve']],
  ['(meta.resourceType eq "User") or (meta.resourceType eq "Group")', ALL],
  ['displayName sw "smith"', ['bob', 'Smith Family']],
  ['userName eq "ADA"', ['ada']],
  ['userName pr', ['ada', 'bob', 'eve']],
  ['not (userName pr)', ['Analysts', 'Smith Family']],
  ['members pr', ['Analysts', 'Smith Family']],
  ['members eq "nobody"', []],
  ['active eq false', ['ada']],
  ['active ne true', ['ada', 'Analysts', 'Smith Family']],
  ['emails[type eq "work" and value co "ada"]', ['ada']],
  ['userName eq "bob" or members.type eq "Group"', ['bob', 'Smith Family']],
  [`schemas eq "${GROUP}"`, ['Analysts', 'Smith Family']],
  ['groups pr', ['ada', 'bob']],
])('at the root, %s finds what has such a value', async (filter, wanted) => {
  expect(await found({ filter })).toEqual(wanted)
  expect((await search({ filter, count: 0 })).json).toMatchObject({
    totalResults: wanted.length,
    Resources: [],
  })
})

test('pages by index and by cursor show the same', async () => {
  for (const order of [{}, { sortBy: 'displayName', sortOrder: 'descending' }, { sortBy: 'userName' }]) {
    const whole = await found(order)
    const indexed = []
    for (let startIndex = 1; startIndex <= 5; startIndex += 2)
      indexed.push(...(await found({ ...order, startIndex, count: 2 })))
    expect(indexed).toEqual(whole)
    const walked: string[] = []
    let cursor: string | undefined = ''
    while (cursor !== undefined) {
      const parameters: object = { ...order, cursor, count: 2 }
      walked.push(...(await found(parameters)))
      cursor = (await search(parameters)).json.nextCursor
    }
    expect(walked).toEqual(whole)
  }
  expect(await found({ startIndex: 4, count: 1 })).toEqual(['Smith Family'])
  expect((await search({ startIndex: 9 })).json).toMatchObject({
    totalResults: 5,
    startIndex: 9,
    itemsPerPage: 0,
  })
})

test('a projection takes of each type what it has', async () => {
  const { json } = await search({ attributes: ['userName', 'displayName'], count: 2 })
  expect(json.Resources).toEqual([
    { schemas: [USER], id: ids.ada, userName: 'ada', displayName: 'Ada' },
    { schemas: [GROUP], id: ids.Analysts, displayName: 'Analysts' },
  ])
  const { json: without } = await search({ excludedAttributes: ['members', 'groups', 'meta'] })
  for (const resource of without.Resources) {
    expect(resource).not.toHaveProperty('meta')
    expect(resource).not.toHaveProperty('members')
    expect(resource).not.toHaveProperty('groups')
  }
})

test('a search of one type is the query of its endpoint', async () => {
  expect(await found({ filter: 'displayName pr' }, '/Users/.search')).toEqual(['ada', 'bob'])
  expect(await found({ filter: 'displayName pr', sortBy: 'displayName' }, '/Groups/.search')).toEqual([
    'Analysts',
    'Smith Family',
  ])
})

test.each<[parameters: object, scimType: string, says: RegExp]>([
  [{ filter: 'shoe eq 7' }, 'invalidFilter', /shoe/],
  [{ filter: 'password pr' }, 'invalidFilter', /password/],
  [{ sortBy: 'shoe' }, 'invalidValue', /shoe/],
  [{ sortBy: 'password' }, 'invalidValue', /password/],
  [{ count: 'ten' }, 'invalidValue', /count/],
  [{ cursor: 'x' }, 'invalidCursor', /cursor/],
  [{ cursor: '', count: 1_001 }, 'invalidCount', /1000/],
  [{ attributes: ['id'], excludedAttributes: ['meta'] }, 'invalidValue', /attributes/],
  [{ filter: {} }, 'invalidSyntax', /filter/],
])('%j is refused', async (parameters, scimType, says) => {
  for (const path of ['/.search', '/Users/.search']) {
    expectScimError(await search(parameters, path), { status: 400, scimType, says: [says] })
  }
})

test('a refused search is no refused change', async () => {
  const own = await house.identityProvider()
  for (const path of ['/.search', '/Users/.search', '/Groups/.search']) {
    expect((await own.post(path, { schemas: [SEARCH], filter: 'shoe pr' })).status).toBe(400)
  }
  expect(await own.events()).toEqual([])
})
