// Strict mode: what the interop profile draft (draft-zollner-scim-interop-profile) forbids is refused, and no habit of an
// identity provider is put right. The same messages are taken in lenient mode.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setMode } from '#identity-providers/change.ts'
import { declareSchema } from '#identity-providers/schemas/custom-schemas.ts'

import { listUnknownAttributes } from '#identity-providers/schemas/unknown-attributes.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { expectRefusal, GROUP, patchOf, USER } from './refusal.ts'

const CUSTOM = 'urn:okta:app:1.0:user:custom'
const ADA = {
  schemas: [USER],
  userName: 'ada@example.com',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  active: true,
  emails: [
    { value: 'ada@example.com', type: 'work', primary: true },
    { value: 'a@home.example', type: 'home' },
    { value: 'b@home.example', type: 'home' },
  ],
}

let house: House
let strict: ProvidedIdp
let lenient: ProvidedIdp
const ids = new Map<ProvidedIdp, { user: string; group: string }>()

beforeAll(async () => {
  house = await openHouse()
  strict = await house.identityProvider({ mode: 'strict' })
  lenient = await house.identityProvider()
  for (const idp of [strict, lenient]) {
    const { id: user } = (await idp.post('/Users', ADA)).json
    const crew = { schemas: [GROUP], displayName: 'Crew', members: [{ value: user }] }
    ids.set(idp, { user, group: (await idp.post('/Groups', crew)).json.id })
  }
})
afterAll(() => house?.close())

const pathOf = (idp: ProvidedIdp, kind: 'user' | 'group') =>
  `/${kind === 'user' ? 'Users' : 'Groups'}/${ids.get(idp)?.[kind]}`

test.each<[string, object, string]>([
  ['an unknown attribute', { ...ADA, shoeSize: 4 }, 'invalidSyntax'],
  ['an unknown sub-attribute', { ...ADA, name: { nick: 'A' } }, 'invalidSyntax'],
  ['an unknown schema', { ...ADA, schemas: [USER, CUSTOM] }, 'invalidSyntax'],
  ['data of an unknown schema', { ...ADA, [CUSTOM]: { level: 1 } }, 'invalidSyntax'],
  ['an attribute of an extension outside of it', { ...ADA, department: 'Keel' }, 'invalidSyntax'],
  ['text for a boolean', { ...ADA, active: 'True' }, 'invalidValue'],
  ['a password', { ...ADA, password: 'correct horse' }, 'invalidSyntax'],
  ['text for a URI', { ...ADA, profileUrl: 'not a URI' }, 'invalidValue'],
  ['text for base64', { ...ADA, x509Certificates: [{ value: 'not base64' }] }, 'invalidValue'],
  ['no schemas', { userName: 'bob' }, 'invalidValue'],
  ['the URN of SCIM 1', { ...ADA, schemas: ['urn:scim:schemas:core:1.0'] }, 'invalidValue'],
])('a user with %s is refused: POST and PUT', async (_title, body, scimType) => {
  const refusal = { status: 400, scimType }
  await expectRefusal(strict, { path: '/Users', body: { userName: 'bob', ...body } }, refusal)
  await expectRefusal(strict, { method: 'PUT', path: pathOf(strict, 'user'), body }, refusal)
  expect(
    (await lenient.put(pathOf(lenient, 'user'), { ...ADA, ...body, userName: ADA.userName })).status,
  ).toBe(200)
  await lenient.put(pathOf(lenient, 'user'), ADA)
})

test.each<[string, object, string]>([
  ['without a path', { op: 'replace', value: { title: 'Dr' } }, 'invalidSyntax'],
  ['to an unknown attribute', { op: 'add', path: 'shoeSize', value: 4 }, 'invalidSyntax'],
  ['to a password', { op: 'replace', path: 'password', value: 'correct horse' }, 'invalidSyntax'],
  ['to an unknown schema', { op: 'add', path: `${CUSTOM}:level`, value: 4 }, 'invalidSyntax'],
  ['with an unknown name in its value', { op: 'add', path: 'name', value: { nick: 'A' } }, 'invalidSyntax'],
  [
    'to several elements',
    { op: 'replace', path: 'emails[type eq "home"].value', value: 'x' },
    'invalidFilter',
  ],
  ['to an element', { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'x' } }, 'invalidPath'],
  ['that removes an element', { op: 'remove', path: 'emails[type eq "work"]' }, 'invalidPath'],
  ['with text for a boolean', { op: 'replace', path: 'active', value: 'True' }, 'invalidValue'],
])('a PATCH %s is refused', async (_title, operation, scimType) => {
  const body = patchOf({ op: 'replace', path: 'displayName', value: 'X' }, operation)
  await expectRefusal(
    strict,
    { method: 'PATCH', path: pathOf(strict, 'user'), body },
    { status: 400, scimType },
  )
  expect((await lenient.patch(pathOf(lenient, 'user'), body)).status).toBe(200)
  await lenient.put(pathOf(lenient, 'user'), ADA)
})

test('a filter that selects nothing is noTarget, where leniently an element is made', async () => {
  const body = patchOf({ op: 'add', path: 'addresses[type eq "work"].locality', value: 'X' })
  const refusal = { status: 400, scimType: 'noTarget' }
  await expectRefusal(strict, { method: 'PATCH', path: pathOf(strict, 'user'), body }, refusal)
  const { json } = await lenient.patch(pathOf(lenient, 'user'), body)
  expect(json.addresses).toEqual([{ type: 'work', locality: 'X' }])
})

test('replace of a complex attribute replaces it whole, where leniently it is completed', async () => {
  const body = patchOf({ op: 'replace', path: 'name', value: { givenName: 'Augusta' } })
  expect((await strict.patch(pathOf(strict, 'user'), body)).json.name).toEqual({ givenName: 'Augusta' })
  expect((await lenient.patch(pathOf(lenient, 'user'), body)).json.name).toMatchObject({
    familyName: 'Lovelace',
  })
  const added = patchOf({ op: 'add', path: 'name', value: { familyName: 'King' } })
  const { json } = await strict.patch(pathOf(strict, 'user'), added)
  expect(json.name).toEqual({ givenName: 'Augusta', familyName: 'King' })
})

test('what the profile allows works', async () => {
  const operations = [
    { op: 'replace', path: 'active', value: false },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'x@example.com' },
    { op: 'add', path: 'roles', value: [{ value: 'admin' }] },
    { op: 'remove', path: 'roles' },
    {
      op: 'add',
      path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
      value: 'Keel',
    },
  ]
  const { status, json } = await strict.patch(pathOf(strict, 'user'), patchOf(...operations))
  expect(status).toBe(200)
  expect(json).toMatchObject({ active: false, emails: [{ value: 'x@example.com', type: 'work' }, {}, {}] })
})

test('members are added by list, and removed one by one', async () => {
  const path = pathOf(strict, 'group')
  const { json: bob } = await strict.post('/Users', { ...ADA, userName: 'bob', emails: [] })
  const members = async () =>
    (await strict.get(path)).json.members?.map(({ value }: { value: string }) => value)
  const ada = ids.get(strict)?.user
  expect(
    (await strict.patch(path, patchOf({ op: 'add', path: 'members', value: [{ value: bob.id }] }))).status,
  ).toBe(204)
  expect((await members()).toSorted()).toEqual([ada, bob.id].toSorted())
  for (const [operation, scimType] of [
    [{ op: 'remove', path: 'members[type eq "User"]' }, 'invalidPath'],
    [{ op: 'remove', path: `members[value eq "${ada}" or value eq "${bob.id}"]` }, 'invalidPath'],
    [{ op: 'add', value: { members: [{ value: bob.id }] } }, 'invalidSyntax'],
    [{ op: 'add', path: 'members', value: [{ value: bob.id, shoe: 1 }] }, 'invalidSyntax'],
  ] as const)
    await expectRefusal(
      strict,
      { method: 'PATCH', path, body: patchOf(operation) },
      { status: 400, scimType },
    )
  const body = { schemas: [GROUP], displayName: 'Crew', members: [{ value: bob.id, shoe: 1 }] }
  await expectRefusal(strict, { method: 'PUT', path, body }, { status: 400, scimType: 'invalidSyntax' })
  await strict.patch(path, patchOf({ op: 'remove', path: `members[value eq "${bob.id}"]` }))
  expect(await members()).toEqual([ada])
})

test('a declared extension is known', async () => {
  await declareSchema(house.db, strict.operator, strict.id, 'User', {
    id: CUSTOM,
    attributes: [{ name: 'level' }],
  })
  const body = { ...ADA, userName: 'eve', emails: [], schemas: [USER, CUSTOM], [CUSTOM]: { level: '4' } }
  expect((await strict.post('/Users', body)).json[CUSTOM]).toEqual({ level: '4' })
  const wrong = { ...body, userName: 'eva', [CUSTOM]: { leve: '4' } }
  await expectRefusal(strict, { path: '/Users', body: wrong }, { status: 400, scimType: 'invalidSyntax' })
})

test('refused names are not remembered', async () => {
  await strict.post('/Users', { ...ADA, userName: 'zoe', shoeSize: 4 })
  await house.flushUnknown()
  expect(await listUnknownAttributes(house.db, strict.tenantId, strict.id)).toEqual([])
})

test('the mode changes from one request to the next, and is reported and logged', async () => {
  const idp = await house.identityProvider()
  const conformant = async () => (await idp.get('/ServiceProviderConfig')).json.interopProfileConformant
  const create = async (userName: string) => (await idp.post('/Users', { userName, shoeSize: 4 })).status
  expect([await conformant(), await create('a')]).toEqual([false, 201])
  await setMode(house.db, idp.operator, idp.id, 'strict')
  expect([await create('b'), await conformant()]).toEqual([400, true])
  await setMode(house.db, idp.operator, idp.id, 'lenient')
  // The first message after the change is one that the mode of before would refuse.
  expect([await create('c'), await conformant()]).toEqual([201, false])
  const events = (await house.dump('audit_event')) as { object_id: string; change: string }[]
  expect(
    events.filter(({ object_id }) => object_id === idp.id).map(({ change }) => JSON.parse(change).after),
  ).toEqual([{ mode: 'strict' }, { mode: 'lenient' }])
})
