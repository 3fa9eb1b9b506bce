// Names that nobody declared are left out and remembered; values are not.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteIdentityProvider } from '#identity-providers/remove.ts'
import { declareAttribute, declareSchema } from '#identity-providers/schemas/custom-schemas.ts'

import { listUnknownAttributes } from '#identity-providers/schemas/unknown-attributes.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { patchOf } from './refusal.ts'

const CUSTOM = 'urn:okta:app:1.0:user:custom'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const CANARY = 'canary-93b1'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house?.close())

async function seen(idp: ProvidedIdp): Promise<[string, string, number][]> {
  await house.flushUnknown()
  const names = await listUnknownAttributes(house.db, idp.tenantId, idp.id)
  return names.map(({ resourceType, name, count }) => [resourceType, name, count])
}

test('what the schemas do not have is left out, and its names are remembered by message', async () => {
  const idp = await house.identityProvider()
  const body = {
    userName: 'ada',
    shoeSize: CANARY,
    name: { givenName: 'Ada', nick: CANARY },
    emails: [
      { value: 'a@example.com', label: CANARY },
      { value: 'b@example.com', label: CANARY },
    ],
    [CUSTOM]: { level: CANARY },
    [ENTERPRISE]: { department: 'Keel', desk: CANARY },
  }
  const { status, json } = await idp.post('/Users', body)
  expect(status).toBe(201)
  expect(json).not.toHaveProperty('shoeSize')
  expect(json).not.toHaveProperty([CUSTOM])
  await idp.put(`/Users/${json.id}`, { userName: 'ada', SHOESIZE: 1 })
  await idp.patch(
    `/Users/${json.id}`,
    patchOf(
      { op: 'add', path: `${CUSTOM}:level`, value: CANARY },
      { op: 'replace', path: `addresses[type eq "${CANARY}"].planet`, value: CANARY },
      { op: 'add', path: `hats[value eq "${CANARY}"].size`, value: CANARY },
      { op: 'replace', value: { belt: CANARY, title: 'Dr' } },
    ),
  )
  const group = await idp.post('/Groups', { displayName: 'Crew', motto: CANARY })
  await idp.patch(`/Groups/${group.json.id}`, patchOf({ op: 'replace', path: 'colour', value: CANARY }))
  expect(await seen(idp)).toEqual([
    ['User', 'shoeSize', 2],
    ['User', `${CUSTOM}:level`, 2],
    ['User', 'addresses.planet', 1],
    ['User', 'belt', 1],
    ['Group', 'colour', 1],
    ['User', 'emails.label', 1],
    ['User', 'hats.size', 1],
    ['Group', 'motto', 1],
    ['User', 'name.nick', 1],
    ['User', `${ENTERPRISE}:desk`, 1],
  ])
  expect(JSON.stringify(await house.dump('unknown_attribute'))).not.toContain(CANARY)
})

test('what comes again is counted, with the time of the first and of the last message', async () => {
  const idp = await house.identityProvider()
  await idp.post('/Users', { userName: 'a', shoe: 1 })
  await seen(idp)
  const [first] = await listUnknownAttributes(house.db, idp.tenantId, idp.id)
  await idp.post('/Users', { userName: 'b', shoe: 1 })
  expect(await seen(idp)).toEqual([['User', 'shoe', 2]])
  const [second] = await listUnknownAttributes(house.db, idp.tenantId, idp.id)
  expect(second?.firstSeenAt).toEqual(first?.firstSeenAt)
  expect(second?.lastSeenAt.getTime()).toBeGreaterThan(first?.lastSeenAt.getTime() ?? 0)
})

test('known habits are put right and not remembered', async () => {
  const idp = await house.identityProvider()
  const { json } = await idp.post('/Users', {
    schemas: ['urn:scim:schemas:core:1.0'],
    id: null,
    meta: {},
    groups: [],
    userName: 'ada',
    department: 'Keel',
    manager: null,
    password: 'x',
  })
  await idp.patch(
    `/Users/${json.id}`,
    patchOf({ op: 'Replace', value: { id: json.id, 'name.givenName': 'Ada' } }),
  )
  expect(await seen(idp)).toEqual([])
})

test('each identity provider has its own, 500 names of at most 256 characters', async () => {
  const [idp, other] = [await house.identityProvider(), await house.identityProvider()]
  const long = 'x'.repeat(1_000)
  await idp.post('/Users', { userName: 'ada', [long]: 1 })
  expect(await seen(idp)).toEqual([['User', 'x'.repeat(256), 1]])
  for (let round = 0; round < 6; round++) {
    const names = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`n${round * 100 + index}`, 1]),
    )
    await idp.post('/Users', { userName: `u${round}`, ...names })
    if (round % 2) await house.flushUnknown()
  }
  expect(await seen(idp)).toHaveLength(500)
  await idp.post('/Users', { userName: 'again', n0: 1, another: 1 })
  expect((await seen(idp))[0]).toEqual(['User', 'n0', 2])
  expect(await seen(idp)).toHaveLength(500)
  expect(await seen(other)).toEqual([])
})

test('what is declared is taken off the list, and arrives from then on', async () => {
  const idp = await house.identityProvider()
  const body = { userName: 'ada', [CUSTOM]: { level: '4', hat: 'x' } }
  const { json } = await idp.post('/Users', body)
  await seen(idp)
  await declareAttribute(house.db, idp.operator, idp.id, { path: `${CUSTOM}:Level`, resourceType: 'User' })
  expect(await seen(idp)).toEqual([['User', `${CUSTOM}:hat`, 1]])
  expect((await idp.put(`/Users/${json.id}`, body)).json[CUSTOM]).toEqual({ Level: '4' })
  await seen(idp)
  await declareSchema(house.db, idp.operator, idp.id, 'User', {
    id: CUSTOM,
    attributes: [{ name: 'Level' }, { name: 'hat' }],
  })
  expect(await seen(idp)).toEqual([])
})

test('a deleted identity provider leaves no names behind', async () => {
  const idp = await house.identityProvider()
  await idp.post('/Users', { userName: 'ada', first: 1 })
  await seen(idp)
  await idp.post('/Users', { userName: 'bob', second: 1 })
  await deleteIdentityProvider(house.db, idp.operator, idp.id)
  expect(await seen(idp)).toEqual([])
})
