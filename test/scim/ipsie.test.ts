// The requirements of the OpenID IPSIE account lifecycle profile (draft 00), levels AL1 and AL2, one test each. How its
// clients authenticate is in test/oauth, how a flood is shed in rate.test.ts.
import { afterAll, expect, test } from 'vitest'
import { addClientKeys } from '#identity-providers/credentials/client-keys.ts'
import { readJwks } from '#identity-providers/credentials/jwk.ts'
import { openHouse, type ProvidedIdp } from '#test/harness.ts'
import { assertionOf, jwks, newSigningKey } from '../oauth/assertion.ts'
import { requestByAssertion } from '../oauth/token-request.ts'

const house = await openHouse()
afterAll(() => house.close())

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'

const patch = (...Operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})

async function user(idp: ProvidedIdp, name: string, more: object = {}): Promise<string> {
  const { status, json } = await idp.post('/Users', { schemas: [USER], userName: name, ...more })
  expect(status).toBe(201)
  return json.id
}

async function group(idp: ProvidedIdp, displayName: string, more: object = {}): Promise<string> {
  const { status, json } = await idp.post('/Groups', { schemas: [GROUP], displayName, ...more })
  expect(status).toBe(201)
  return json.id
}

/** Ids that a filter finds. */
async function find(idp: ProvidedIdp, type: 'Users' | 'Groups', filter: string): Promise<string[]> {
  const { status, json } = await idp.get(`/${type}?filter=${encodeURIComponent(filter)}`)
  expect(status, filter).toBe(200)
  const found: { id: string }[] = json.Resources ?? []
  expect(json.totalResults).toBe(found.length)
  return found.map(({ id }) => id)
}

test('AL1: a client that signs gets a token by which it provisions', async () => {
  const idp = await house.identityProvider({ mode: 'strict' })
  const key = newSigningKey('ES256')
  await addClientKeys(house.db, idp.operator, idp.id, readJwks(jwks(key)))
  const metadata = await house.raw({ method: 'GET', path: '/.well-known/oauth-authorization-server' })
  const { token_endpoint, issuer } = JSON.parse(metadata.text)
  expect(token_endpoint).toBe(`${house.url}/oauth/token`)
  const { json } = await requestByAssertion(house, assertionOf(key, idp.id, issuer), { scope: 'scim' })
  const authorization = `Bearer ${json.access_token}`
  const created = await idp.post('/Users', { schemas: [USER], userName: 'ada' }, { authorization })
  expect(created.status).toBe(201)
})

test('AL1: a user is deactivated and reactivated by PATCH of active, and read by id', async () => {
  const idp = await house.identityProvider({ mode: 'strict' })
  const id = await user(idp, 'ada', { active: true })
  for (const active of [false, true]) {
    const changed = await idp.patch(`/Users/${id}`, patch({ op: 'replace', path: 'active', value: active }))
    expect([200, 204]).toContain(changed.status)
    expect(await idp.get(`/Users/${id}`)).toMatchObject({ status: 200, json: { id, active } })
  }
})

test('AL1: a userName may be used again after its user is deleted', async () => {
  const idp = await house.identityProvider({ mode: 'strict' })
  const first = await user(idp, 'ada')
  expect((await idp.delete(`/Users/${first}`)).status).toBe(204)
  expect(await user(idp, 'ADA')).not.toBe(first)
})

test('AL1: users are found by userName, externalId and e-mail address', async () => {
  const idp = await house.identityProvider({ mode: 'strict' })
  const ada = await user(idp, 'ada@example.com', {
    externalId: 'A-1',
    emails: [
      { value: 'ada@example.com', type: 'work', primary: true },
      { value: 'ada@home.example', type: 'home' },
    ],
  })
  await user(idp, 'bob@example.com', {
    externalId: 'B-1',
    emails: [{ value: 'ada@shared.example', type: 'home' }],
  })
  const finds = [
    'userName eq "ADA@example.com"',
    'externalId eq "A-1"',
    'emails[value eq "ada@home.example"]',
    'emails[type eq "work" and value eq "ada@example.com"]',
    'emails.value eq "ada@home.example"',
  ]
  for (const filter of finds) expect(await find(idp, 'Users', filter), filter).toEqual([ada])
  const findsNothing = [
    'userName eq "nobody"',
    'externalId eq "a-1"',
    'emails[value eq "nobody@example.com"]',
    'emails[type eq "work" and value eq "ada@home.example"]',
    'emails[type eq "work" and value eq "ada@shared.example"]',
  ]
  for (const filter of findsNothing) expect(await find(idp, 'Users', filter), filter).toEqual([])
})

test('AL2: a password is neither supported nor shown, and does no harm', async () => {
  const idp = await house.identityProvider()
  const password = 'correct horse battery staple'
  const { json: config } = await idp.get('/ServiceProviderConfig')
  expect(config.changePassword.supported).toBe(false)
  const created = await idp.post('/Users', { schemas: [USER], userName: 'ada', password })
  expect(created.status).toBe(201)
  const changed = await idp.patch(`/Users/${created.json.id}`, patch({ op: 'replace', value: { password } }))
  const read = await idp.get(`/Users/${created.json.id}?attributes=password`)
  for (const { text } of [created, changed, read]) expect(text).not.toContain(password)
  const stored = [...(await house.dump('directory_user')), ...(await house.dump('audit_event'))]
  expect(JSON.stringify(stored)).not.toContain(password)
})

test('AL2: a password is refused where the profiles are kept to the letter', async () => {
  const idp = await house.identityProvider({ mode: 'strict' })
  const password = 'correct horse battery staple'
  const refused = await idp.post('/Users', { schemas: [USER], userName: 'ada', password })
  expect([refused.status, refused.json.scimType]).toEqual([400, 'invalidSyntax'])
  const path = `/Users/${await user(idp, 'ada')}`
  const change = patch({ op: 'replace', path: 'password', value: password })
  expect((await idp.patch(path, change)).json).toMatchObject({ status: '400', scimType: 'invalidSyntax' })
})

test('AL2: a group may have no members', async () => {
  const idp = await house.identityProvider({ mode: 'strict' })
  const ids = [await group(idp, 'Empty'), await group(idp, 'Also empty', { members: [] })]
  for (const id of ids) {
    const { status, json } = await idp.get(`/Groups/${id}`)
    expect([status, json.members ?? []]).toEqual([200, []])
  }
})

test('AL2: groups are found by displayName, externalId and member', async () => {
  const idp = await house.identityProvider({ mode: 'strict' })
  const [ada, bob] = [await user(idp, 'ada'), await user(idp, 'bob')]
  const crew = await group(idp, 'Crew', { externalId: 'G-1', members: [{ value: ada }, { value: bob }] })
  const pilots = await group(idp, 'Pilots', { members: [{ value: ada }] })
  expect(await find(idp, 'Groups', 'displayName eq "Crew"')).toEqual([crew])
  expect(await find(idp, 'Groups', 'externalId eq "G-1"')).toEqual([crew])
  expect((await find(idp, 'Groups', `members[value eq "${ada}"]`)).sort()).toEqual([crew, pilots].sort())
  expect(await find(idp, 'Groups', `members[value eq "${bob}"]`)).toEqual([crew])
  expect(await find(idp, 'Groups', `members[value eq "${crypto.randomUUID()}"]`)).toEqual([])
})

test('AL2: one PATCH carries 200 member operations, in one value or in 200 operations', async () => {
  const idp = await house.identityProvider({ mode: 'strict' })
  const all = Array.from({ length: 200 }, (_, i) => `user-${i}`)
  const ids: string[] = []
  for (const name of all) ids.push(await user(idp, name))
  const id = await group(idp, 'Everybody')
  const members = async () => {
    const { json } = await idp.get(`/Groups/${id}`)
    return (json.members ?? []).map(({ value }: { value: string }) => value).sort()
  }
  const value = ids.map((one) => ({ value: one }))
  const path = `/Groups/${id}`
  const steps: [string, object, string[]][] = [
    ['added in one value', patch({ op: 'add', path: 'members', value }), ids],
    [
      'removed one by one',
      patch(...ids.map((one) => ({ op: 'remove', path: `members[value eq "${one}"]` }))),
      [],
    ],
    ['added one by one', patch(...value.map((one) => ({ op: 'add', path: 'members', value: [one] }))), ids],
    [
      'half of them removed and added again',
      patch(
        ...ids.slice(0, 100).map((one) => ({ op: 'remove', path: `members[value eq "${one}"]` })),
        ...value.slice(0, 100).map((one) => ({ op: 'add', path: 'members', value: [one] })),
      ),
      ids,
    ],
    [
      'replaced by the first 60',
      patch({ op: 'replace', path: 'members', value: value.slice(0, 60) }),
      ids.slice(0, 60),
    ],
  ]
  for (const [name, message, expected] of steps) {
    expect([200, 204], name).toContain((await idp.patch(path, message)).status)
    expect(await members(), name).toEqual([...expected].sort())
  }
})

test('AL2: a page holds at most 1000 resources', async () => {
  const idp = await house.identityProvider({ mode: 'strict' })
  const { json } = await idp.get('/ServiceProviderConfig')
  expect(json.filter.maxResults).toBeLessThanOrEqual(1_000)
  for (let i = 0; i < 3; i++) await user(idp, `user-${i}`)
  for (const count of [1_001, 1_000_000]) {
    const page = await idp.get(`/Users?count=${count}`)
    expect(page).toMatchObject({ status: 200, json: { totalResults: 3, itemsPerPage: 3 } })
  }
})

test('AL2: the displayName of a group is unique', async () => {
  const idp = await house.identityProvider({ mode: 'strict' })
  await group(idp, 'Crew')
  const other = await group(idp, 'Pilots')
  const taken = { status: 409, json: { scimType: 'uniqueness', status: '409' } }
  expect(await idp.post('/Groups', { schemas: [GROUP], displayName: 'Crew' })).toMatchObject(taken)
  const rename = patch({ op: 'replace', path: 'displayName', value: 'Crew' })
  expect(await idp.patch(`/Groups/${other}`, rename)).toMatchObject(taken)
  const elsewhere = await house.identityProvider({ mode: 'strict' })
  await group(elsewhere, 'Crew')
})

test('every change is in the audit log', async () => {
  const idp = await house.identityProvider({ mode: 'strict' })
  const ada = await user(idp, 'ada')
  const crew = await group(idp, 'Crew')
  await idp.patch(`/Groups/${crew}`, patch({ op: 'add', path: 'members', value: [{ value: ada }] }))
  await idp.patch(`/Users/${ada}`, patch({ op: 'replace', path: 'active', value: false }))
  await idp.delete(`/Users/${ada}`)
  const events = (await idp.events()).map(({ action, objectName }) => `${action} ${objectName}`)
  expect(events).toEqual(
    expect.arrayContaining(['create ada', 'create Crew', 'update Crew', 'update ada', 'delete ada']),
  )
})
