// Attributes of a tenant that are returned on request only: to who asks for them by name, and to who has just written them.
// @see RFC 7643 §7
import { afterAll, beforeAll, expect, test } from 'vitest'
import { declareSchema } from '#identity-providers/schemas/custom-schemas.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { GROUP, patchOf, USER } from './refusal.ts'

const STAFF = 'urn:example:params:scim:schemas:1.0:Staff'
const CREW = 'urn:example:params:scim:schemas:1.0:Crew'
const attributes = [{ name: 'floor' }, { name: 'salary', type: 'integer', returned: 'request' }]
const WHOLE = { floor: '3', salary: 7 }
const QUIET = { floor: '3' }

let house: House
let idp: ProvidedIdp

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  await declareSchema(house.db, idp.operator, idp.id, 'User', { id: STAFF, attributes })
  await declareSchema(house.db, idp.operator, idp.id, 'Group', { id: CREW, attributes })
})
afterAll(() => house?.close())

const person = (staff: object) => ({ schemas: [USER, STAFF], userName: 'ada', [STAFF]: staff })
const salary = encodeURIComponent(`${STAFF}:salary`)

test('it is published as such', async () => {
  const { json } = await idp.get(`/Schemas/${STAFF}`)
  expect(json.attributes[1]).toMatchObject({ name: 'salary', returned: 'request' })
})

test('a user shows it to who wrote it and to who asks for it, and to nobody else', async () => {
  const created = await idp.post('/Users', person(WHOLE))
  const path = `/Users/${created.json.id}`
  expect(created.json[STAFF]).toEqual(WHOLE)
  expect((await idp.put(path, person(WHOLE))).json[STAFF]).toEqual(WHOLE)

  const search = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
    filter: 'userName eq "ada"',
  }
  const quiet = [
    (await idp.get(path)).json,
    (await idp.get('/Users')).json.Resources[0],
    (await idp.get(`/Users?filter=${salary}%20eq%207`)).json.Resources[0],
    (await idp.post('/Users/.search', search)).json.Resources[0],
    (await idp.post('/.search', search)).json.Resources[0],
    (await idp.get(`${path}?excludedAttributes=meta`)).json,
    (await idp.patch(path, patchOf({ op: 'replace', path: `${STAFF}:floor`, value: '3' }))).json,
  ]
  expect(quiet.map((user) => user[STAFF])).toEqual(quiet.map(() => QUIET))

  const asked = `?attributes=${salary}`
  expect((await idp.get(path + asked)).json[STAFF]).toEqual({ salary: 7 })
  expect((await idp.get(`/Users${asked}`)).json.Resources[0][STAFF]).toEqual({ salary: 7 })
  for (const operation of [
    { op: 'replace', path: `${STAFF}:salary`, value: 8 },
    { op: 'replace', value: { [STAFF]: { salary: 8 } } },
  ])
    expect((await idp.patch(path, patchOf(operation))).json[STAFF]).toEqual({ floor: '3', salary: 8 })
  const remove = await idp.patch(path, patchOf({ op: 'remove', path: `${STAFF}:floor` }))
  expect(remove.json).toMatchObject({ schemas: [USER] })
  expect(remove.json).not.toHaveProperty([STAFF])
  expect((await idp.put(`${path}?attributes=userName`, person(WHOLE))).json).not.toHaveProperty([STAFF])
})

test('a group does the same', async () => {
  const crew = { schemas: [GROUP, CREW], displayName: 'Crew', [CREW]: WHOLE }
  const created = await idp.post('/Groups', crew)
  const path = `/Groups/${created.json.id}`
  expect(created.json[CREW]).toEqual(WHOLE)
  expect((await idp.put(path, crew)).json[CREW]).toEqual(WHOLE)
  expect((await idp.get(path)).json[CREW]).toEqual(QUIET)
  expect((await idp.get(`${path}?attributes=${CREW}:salary`)).json[CREW]).toEqual({ salary: 7 })
  const raise = patchOf({ op: 'replace', path: `${CREW}:salary`, value: 8 })
  const patched = await idp.patch(`${path}?excludedAttributes=members`, raise)
  expect(patched.json[CREW]).toEqual({ floor: '3', salary: 8 })
})
