// Lenient mode: messages that the RFC does not have are read the way they are meant, so that nothing beside them is lost.
// Strict mode refuses them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { declareSchema } from '#identity-providers/schemas/custom-schemas.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { GROUP, PATCH_OP, patchOf, USER } from './refusal.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const CUSTOM = 'urn:example:params:scim:schemas:1.0:Access'
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

let house: House
let lenient: ProvidedIdp
let strict: ProvidedIdp
let count = 0
beforeAll(async () => {
  house = await openHouse()
  lenient = await house.identityProvider()
  strict = await house.identityProvider({ mode: 'strict' })
  for (const idp of [lenient, strict])
    await declareSchema(house.db, idp.operator, idp.id, 'User', {
      id: CUSTOM,
      attributes: [
        { name: 'assurance', multiValued: true },
        { name: 'codes', multiValued: true, caseExact: true },
        { name: 'levels', type: 'integer', multiValued: true },
      ],
    })
})
afterAll(() => house?.close())

const DEACTIVATE = { op: 'replace', path: 'active', value: false }

async function user(more: object = {}, idp = lenient): Promise<string> {
  const body = { schemas: [USER], userName: `user-${++count}`, ...more }
  const { status, json, text } = await idp.post('/Users', body)
  expect(status, text).toBe(201)
  return json.id
}

/** Sends the operations with a deactivation beside them, which must not be lost. @returns the user after it */
async function changed(more: object, ...operations: object[]) {
  const id = await user(more)
  const answer = await lenient.patch(`/Users/${id}`, patchOf(...operations, DEACTIVATE))
  expect(answer.status, answer.text).toBe(200)
  expect(answer.json.active).toBe(false)
  return answer.json
}

const managed = { [ENTERPRISE]: { manager: { value: '7', $ref: '../Users/7' } } }
const MANAGER = `${ENTERPRISE}:manager`

test.each([
  ['remove', { op: 'remove', path: 'manager[value eq "7"]' }, undefined],
  ['remove by URN', { op: 'remove', path: `${MANAGER}[value eq "7"]` }, undefined],
  ['remove of another', { op: 'remove', path: `${MANAGER}[value eq "8"]` }, managed[ENTERPRISE].manager],
  ['remove of a part', { op: 'remove', path: `${MANAGER}[value eq "7"].$ref` }, { value: '7' }],
  ['replace', { op: 'replace', path: `${MANAGER}[value eq "7"]`, value: { value: '9' } }, { value: '9' }],
  ['replace by text', { op: 'replace', path: `${MANAGER}[value eq "7"]`, value: '9' }, { value: '9' }],
  [
    'replace of a part',
    { op: 'replace', path: `${MANAGER}[value eq "7"].value`, value: '9' },
    { value: '9', $ref: '../Users/7' },
  ],
  [
    'replace of another',
    { op: 'replace', path: `${MANAGER}[value eq "8"]`, value: '9' },
    managed[ENTERPRISE].manager,
  ],
  ['replace by nothing', { op: 'replace', path: `${MANAGER}[value eq "7"]`, value: '' }, undefined],
])('a filter on the manager: %s', async (_title, operation, expected) => {
  expect((await changed(managed, operation))[ENTERPRISE]?.manager).toEqual(expected)
})

test('a filter on a manager who is not there makes the one that it describes', async () => {
  for (const op of ['add', 'replace']) {
    const made = await changed({}, { op, path: `${MANAGER}[value eq "7"]`, value: { $ref: '../Users/7' } })
    expect(made[ENTERPRISE].manager).toEqual({ value: '7', $ref: '../Users/7' })
  }
  expect((await changed({}, { op: 'remove', path: `${MANAGER}[value eq "7"]` }))[ENTERPRISE]).toBeUndefined()
})

const assured = (...assurance: string[]) => ({ [CUSTOM]: { assurance } })
const ASSURANCE = `${CUSTOM}:assurance`

test.each<[string, object, string[] | undefined]>([
  ['remove', { op: 'remove', path: `${ASSURANCE}[value eq "low"]` }, ['high']],
  ['remove without case', { op: 'remove', path: `${ASSURANCE}[value eq "LOW"]` }, ['high']],
  ['remove by several', { op: 'remove', path: `${ASSURANCE}[value eq "low" or value sw "hi"]` }, undefined],
  ['remove of another', { op: 'remove', path: `${ASSURANCE}[value eq "none"]` }, ['low', 'high']],
  ['replace', { op: 'replace', path: `${ASSURANCE}[value eq "low"]`, value: 'mid' }, ['mid', 'high']],
  [
    'replace by an object',
    { op: 'replace', path: `${ASSURANCE}[value eq "low"]`, value: { value: 'mid' } },
    ['mid', 'high'],
  ],
  [
    'replace by a list',
    { op: 'replace', path: `${ASSURANCE}[value eq "low"]`, value: ['mid'] },
    ['mid', 'high'],
  ],
  [
    'replace of its value',
    { op: 'replace', path: `${ASSURANCE}[value eq "low"].value`, value: 'mid' },
    ['mid', 'high'],
  ],
  [
    'add of what is there',
    { op: 'add', path: `${ASSURANCE}[value eq "low"]`, value: 'low' },
    ['low', 'high'],
  ],
  [
    'add of what is not there',
    { op: 'add', path: `${ASSURANCE}[value eq "mid"]`, value: 'mid' },
    ['low', 'high', 'mid'],
  ],
  ['remove with a value', { op: 'remove', path: ASSURANCE, value: 'low' }, ['high']],
  ['remove with values', { op: 'remove', path: ASSURANCE, value: ['LOW', 'none'] }, ['high']],
  ['remove with objects', { op: 'remove', path: ASSURANCE, value: [{ value: 'low' }] }, ['high']],
  ['remove with all values', { op: 'remove', path: ASSURANCE, value: ['low', 'high'] }, undefined],
  ['remove with an empty list', { op: 'remove', path: ASSURANCE, value: [] }, ['low', 'high']],
  ['remove of all', { op: 'remove', path: ASSURANCE }, undefined],
])('a list of texts: %s', async (_title, operation, expected) => {
  expect((await changed(assured('low', 'high'), operation))[CUSTOM]?.assurance).toEqual(expected)
})

test('values of a list are compared as its schema says', async () => {
  const codes = { [CUSTOM]: { codes: ['a', 'A'], levels: [1, 2] } }
  const removed = await changed(
    codes,
    { op: 'remove', path: `${CUSTOM}:codes`, value: 'A' },
    { op: 'remove', path: `${CUSTOM}:levels[value eq 2]` },
  )
  expect(removed[CUSTOM]).toEqual({ codes: ['a'], levels: [1] })
})

test('a filter on a single text selects it, or nothing', async () => {
  const cook = { title: 'Cook' }
  expect((await changed(cook, { op: 'replace', path: 'title[value eq "cook"]', value: 'Chef' })).title).toBe(
    'Chef',
  )
  expect((await changed(cook, { op: 'replace', path: 'title[value eq "Mate"]', value: 'Chef' })).title).toBe(
    'Cook',
  )
  expect((await changed(cook, { op: 'remove', path: 'title[value eq "Cook"]' })).title).toBeUndefined()
})

test('strict mode refuses a filter where no list of objects is, and removes only listed values', async () => {
  const id = await user({ schemas: [USER, CUSTOM], ...assured('low', 'high') }, strict)
  for (const path of [`${ASSURANCE}[value eq "low"].value`, 'title[value eq "x"].value']) {
    const refused = await strict.patch(`/Users/${id}`, patchOf({ op: 'replace', path, value: 'x' }))
    expect(refused).toMatchObject({ status: 400, json: { scimType: 'invalidPath' } })
  }
  const listed = patchOf({ op: 'remove', path: ASSURANCE, value: ['low'] })
  expect((await strict.patch(`/Users/${id}`, listed)).json[CUSTOM].assurance).toEqual(['high'])
})

const SCHEMAS: readonly (readonly [string, object])[] = [
  ['missing', {}],
  ['empty', { schemas: [] }],
  ['null', { schemas: null }],
  ['misspelt', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:PatchOp'] }],
  ['those of another message', { schemas: [USER] }],
  ['a text', { schemas: PATCH_OP }],
  ['in other letters', { Schemas: ['x'] }],
]

test.each(SCHEMAS)('schemas of a message that are %s do not matter', async (_title, schemas) => {
  const id = await user()
  const crew = (await lenient.post('/Groups', { schemas: [GROUP], displayName: `Crew ${++count}` })).json.id
  const off = { ...schemas, Operations: [DEACTIVATE] }
  expect((await lenient.patch(`/Users/${id}`, off)).json.active).toBe(false)
  const join = { ...schemas, Operations: [{ op: 'add', path: 'members', value: [{ value: id }] }] }
  expect((await lenient.patch(`/Groups/${crew}`, join)).status).toBe(204)
  const search = { ...schemas, filter: `id eq "${id}"` }
  for (const path of ['/.search', '/Users/.search'])
    expect((await lenient.post(path, search)).json.totalResults).toBe(1)
  const inner = {
    method: 'PATCH',
    path: `/Users/${id}`,
    data: { ...schemas, Operations: [{ op: 'add', path: 'title', value: 'x' }] },
  }
  const bulk = await lenient.post('/Bulk', { ...schemas, Operations: [inner] })
  expect(bulk.json.Operations[0].status).toBe('200')
  expect((await strict.post('/.search', search)).status).toBe(400)
  expect((await strict.post('/Bulk', { ...schemas, Operations: [inner] })).status).toBe(400)
})

test('a message of another shape is still refused', async () => {
  const id = await user()
  for (const body of [{ schemas: [USER], userName: 'x' }, [], { Operations: {} }, 'text'])
    expect((await lenient.patch(`/Users/${id}`, JSON.stringify(body))).status).toBe(400)
  expect((await lenient.post('/Bulk', { schemas: [BULK] })).status).toBe(400)
  expect((await lenient.post('/.search', { schemas: [SEARCH], filter: {} })).status).toBe(400)
})

test('a member may be added by a path that names it', async () => {
  const [ada, bob, eve] = [await user(), await user(), await user()]
  const crew = (await lenient.post('/Groups', { schemas: [GROUP], displayName: `Crew ${++count}` })).json.id
  const members = async (...operations: object[]) => {
    const { status, text } = await lenient.patch(`/Groups/${crew}`, patchOf(...operations))
    expect(status, text).toBe(204)
    const { json } = await lenient.get(`/Groups/${crew}`)
    return json.members.map(({ value }: { value: string }) => value).sort()
  }
  const named = (op: string, id: string, value?: unknown) => ({
    op,
    path: `members[value eq "${id}"]`,
    value,
  })
  expect(await members(named('add', ada))).toEqual([ada])
  expect(await members(named('Add', bob, [{ value: bob }]))).toEqual([ada, bob].sort())
  expect(await members(named('replace', ada))).toEqual([ada, bob].sort())
  expect(await members(named('replace', ada, { value: eve }))).toEqual([bob, eve].sort())
  const refused = await lenient.patch(
    `/Groups/${crew}`,
    patchOf({ op: 'add', path: 'members[type eq "User"]', value: 'x' }),
  )
  expect(refused.status).toBe(400)
  expect(
    (await strict.patch(`/Groups/${crew}`, patchOf(named('add', ada, 'x')))).status,
  ).toBeGreaterThanOrEqual(400)
})

test.each<[string, object, object]>([
  ['externalId', { externalId: 4711 }, { externalId: '4711' }],
  ['userName', { userName: 123_456 }, { userName: '123456' }],
  ['a part of a name', { name: { familyName: 7 } }, { name: { familyName: '7' } }],
  [
    'a value of a list',
    { phoneNumbers: [{ value: 819_012_345_678 }] },
    { phoneNumbers: [{ value: '819012345678' }] },
  ],
  [
    'primary',
    { emails: [{ value: 'a@b.example', primary: 1 }] },
    { emails: [{ value: 'a@b.example', primary: true }] },
  ],
  ['active 0', { active: 0 }, { active: false }],
  ['active "1"', { active: '1' }, { active: true }],
  ['an extension', { [ENTERPRISE]: { employeeNumber: 42 } }, { [ENTERPRISE]: { employeeNumber: '42' } }],
])('a number where text or a boolean belongs is converted: %s', async (_title, sent, kept) => {
  const body = { schemas: [USER], userName: `user-${++count}`, ...sent }
  const made = await lenient.post('/Users', body)
  expect(made.json).toMatchObject(kept)
  const Operations = Object.entries(sent).map(([path, value]) => ({ op: 'replace', path, value }))
  expect((await lenient.patch(`/Users/${made.json.id}`, patchOf(...Operations))).json).toMatchObject(kept)
  expect((await strict.post('/Users', { ...body, schemas: [USER, ENTERPRISE] })).status).toBe(400)
  await lenient.delete(`/Users/${made.json.id}`)
})

test.each([
  ['a fraction', { title: 1.1 }],
  ['a number that JavaScript cannot hold', { externalId: 1e19 }],
  ['another number for a boolean', { active: 2 }],
  ['an object for a text', { title: { a: 1 } }],
])('what would become another value is refused by its name: %s', async (_title, sent) => {
  const refused = await lenient.post('/Users', { schemas: [USER], userName: `user-${++count}`, ...sent })
  expect(refused).toMatchObject({ status: 400, json: { scimType: 'invalidValue' } })
  expect(refused.json.detail).toContain(Object.keys(sent)[0])
})

test('numbers in place of text are remembered as a habit, with their attributes', async () => {
  const idp = await house.identityProvider()
  const admin = await house.administrator(idp.tenantId, 'auditor')
  const body = {
    schemas: [USER],
    userName: 'ada',
    externalId: 1,
    emails: [{ value: 'a@b.example', primary: 1 }],
  }
  const { json } = await idp.post('/Users', body)
  for (const value of [0, 1])
    await idp.patch(`/Users/${json.id}`, patchOf({ op: 'replace', path: 'active', value }))
  await idp.post('/Groups', { schemas: [GROUP], displayName: 7, shoeSize: 1 })
  await house.flushUnknown()
  const page = (await admin.get(`/identity-providers/${idp.id}/provisioning`)).json
  const told = page.habits.map(({ resourceType, name, habit, count: times }: Record<string, unknown>) => [
    resourceType,
    name,
    habit,
    times,
  ])
  expect(told.sort()).toEqual([
    ['Group', 'displayName', 'numbers', 1],
    ['User', 'active', 'numbers', 2],
    ['User', 'emails.primary', 'numbers', 1],
    ['User', 'externalId', 'numbers', 1],
  ])
  expect(page.unknownAttributes.map(({ name }: { name: string }) => name)).toEqual(['shoeSize'])
})
