// What the answer to a write holds: all of the resource, or what `attributes` and `excludedAttributes` ask for.
// @see RFC 7643 §3.1; RFC 7644 §3.3, §3.5.1, §3.5.2, §3.9
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { GROUP, patchOf, USER } from './refusal.ts'

let house: House
let idp: ProvidedIdp
let names = 0

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
})
afterAll(() => house?.close())

const person = () => ({
  schemas: [USER],
  userName: `ada-${names++}`,
  displayName: 'Ada',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [{ value: 'ada@example.com', type: 'work' }],
})
async function crew() {
  const { id } = (await idp.post('/Users', person())).json
  return {
    schemas: [GROUP],
    displayName: `Crew ${names++}`,
    externalId: `x-${names++}`,
    members: [{ value: id }],
  }
}
const KINDS = {
  '/Users': {
    body: async () => person(),
    sub: 'name.givenName',
    part: { name: { givenName: 'Ada' } },
    list: 'emails',
  },
  '/Groups': { body: crew, sub: 'externalId', part: { externalId: expect.any(String) }, list: 'members' },
}
const title = patchOf({ op: 'replace', path: 'externalId', value: 'x' })
const keysOf = (json: object) => Object.keys(json).toSorted()

describe.each(Object.entries(KINDS))('%s', (endpoint, { body, sub, part, list }) => {
  const writes = async (query: string) => {
    const created = await idp.post(`${endpoint}${query}`, await body())
    const path = `${endpoint}/${created.json.id}`
    const replaced = await idp.put(`${path}${query}`, await body())
    const externalId = patchOf({ op: 'replace', path: 'externalId', value: `x-${names++}` })
    return [created, replaced, await idp.patch(`${path}${query}`, externalId)]
  }

  test('attributes are all that a write answers, and what is always returned', async () => {
    const answers = await writes(`?attributes=${sub}`)
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200])
    for (const { json, headers } of answers) {
      expect(json).toEqual({ schemas: expect.any(Array), id: expect.any(String), ...part })
      expect(headers.etag).toMatch(/^W\//)
    }
    expect(answers[0]?.headers.location).toBe(`${idp.endpoint}${endpoint}/${answers[0]?.json.id}`)
  })

  test('excludedAttributes are left out of what a write answers, in any letter case', async () => {
    const answers = await writes(`?EXCLUDEDattributes=${list.toUpperCase()},meta,id`)
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200])
    for (const { json } of answers) {
      expect(json).toMatchObject({ id: expect.any(String), displayName: expect.any(String) })
      expect(json).not.toHaveProperty(list)
      expect(json).not.toHaveProperty('meta')
    }
  })

  test('a search answers what its body asks for', async () => {
    const { json: created } = await idp.post(endpoint, await body())
    const search = (asked: object) =>
      idp.post(`${endpoint}/.search`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
        filter: `id eq "${created.id}"`,
        ...asked,
      })
    const wanted = (await search({ attributes: [sub] })).json.Resources
    expect(wanted).toEqual([{ schemas: created.schemas, id: created.id, ...part }])
    const rest = (await search({ excludedAttributes: [list, 'meta'] })).json.Resources
    expect(keysOf(rest[0])).toEqual(keysOf(created).filter((name) => name !== list && name !== 'meta'))
  })

  test('a new one was last modified when it was created (C-04)', async () => {
    const { json } = await idp.post(endpoint, await body())
    expect(json.meta.lastModified).toBe(json.meta.created)
    expect((await idp.get(`${endpoint}/${json.id}`)).json.meta).toEqual(json.meta)
  })
})

test('a PATCH of a group answers 204 without a body, and 200 with it when attributes are asked for', async () => {
  const { json } = await idp.post('/Groups', await crew())
  const path = `/Groups/${json.id}`
  const silent = await idp.patch(path, title)
  expect([silent.status, silent.text, silent.headers['content-type']]).toEqual([204, '', undefined])
  const rename = patchOf({ op: 'replace', path: 'displayName', value: `Crew ${names++}` })
  const told = await idp.patch(`${path}?attributes=displayName,members`, rename)
  expect(told.status).toBe(200)
  expect(told.json).toEqual({
    schemas: [GROUP],
    id: json.id,
    displayName: `Crew ${names - 1}`,
    members: json.members,
  })
  const { id } = (await idp.post('/Users', person())).json
  const add = patchOf({ op: 'add', path: 'members', value: [{ value: id }] })
  expect((await idp.patch(`${path}?attributes=members.value`, add)).json.members).toHaveLength(2)
  expect((await idp.patch(`${path}?excludedAttributes=members`, add)).json).toMatchObject({ id: json.id })
})
