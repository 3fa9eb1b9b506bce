// What the service says about itself is complete, and true. RFC 7643 §5 to §7, RFC 7644 §4.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { ask, expectScimError, GROUP, patchOf, USER } from './refusal.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

interface Attribute {
  name: string
  type: string
  multiValued: boolean
  required: boolean
  mutability: string
  returned: string
  caseExact?: boolean
  uniqueness?: string
  referenceTypes?: string[]
  canonicalValues?: string[]
  subAttributes?: Attribute[]
}

let house: House
let idp: ProvidedIdp
let schemas: Map<string, Attribute[]>

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  const { json } = await idp.get('/Schemas')
  schemas = new Map(
    json.Resources.map((each: { id: string; attributes: Attribute[] }) => [each.id, each.attributes]),
  )
})
afterAll(() => house?.close())

function find(schema: string, path: string): Attribute {
  const [name, sub] = path.split('.')
  const attribute = schemas.get(schema)?.find((each) => each.name === name)
  const found = sub ? attribute?.subAttributes?.find((each) => each.name === sub) : attribute
  if (!found) throw new Error(`${schema} has no ${path}`)
  return found
}

test('the service provider configuration is one document, with all that clients look for', async () => {
  const { status, json, headers } = await idp.get('/ServiceProviderConfig')
  expect(status).toBe(200)
  expect(headers['content-type']).toMatch(/^application\/scim\+json/)
  const supported = { supported: expect.any(Boolean) }
  expect(json).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { ...supported, maxOperations: expect.any(Number), maxPayloadSize: expect.any(Number) },
    filter: { supported: true, maxResults: 1_000 },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    securityEvents: { asyncRequest: 'none', eventUris: [] },
    interopProfileConformant: false,
    meta: { resourceType: 'ServiceProviderConfig', location: `${idp.endpoint}/ServiceProviderConfig` },
  })
  expect(json.bulk.maxOperations).toBeGreaterThan(0)
  for (const scheme of json.authenticationSchemes)
    expect(scheme).toMatchObject({
      type: expect.any(String),
      name: expect.any(String),
      description: expect.any(String),
    })
})

test('lists are whole and no parameter but a filter changes that', async () => {
  for (const [path, total] of [
    ['/Schemas', 3],
    ['/ResourceTypes', 2],
  ] as const) {
    const { json } = await idp.get(path)
    expect(json).toMatchObject({ schemas: [LIST], totalResults: total, itemsPerPage: total, startIndex: 1 })
    expect(json.Resources).toHaveLength(total)
    expect((await idp.get(`${path}?count=1&startIndex=2&sortBy=id&attributes=id`)).json).toEqual(json)
    for (const each of json.Resources) {
      expect(each.meta.location).toBe(`${idp.endpoint}${path}/${each.id}`)
      expect((await idp.get(`${path}/${each.id}`)).json).toEqual(each)
    }
    for (const query of ['filter=id%20pr', 'FILTER=x'])
      expectScimError(await ask(idp, { path: `${path}?${query}` }), { status: 403 })
    expectScimError(await ask(idp, { path: `${path}/nothing` }), { status: 404 })
  }
})

test.each([
  '/ServiceProviderConfig',
  '/Schemas',
  '/ResourceTypes',
  `/Schemas/${USER}`,
  '/ResourceTypes/User',
])('%s cannot be written', async (path) => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const response = await ask(idp, { method, path, body: {} })
    expectScimError(response, { status: 405 })
    expect(response.headers.allow).toMatch(/GET/)
  }
  expect((await ask(idp, { method: 'HEAD', path })).status).toBe(200)
})

test('a schema is found by its URN in any letter case', async () => {
  expect((await idp.get(`/Schemas/${USER.toLowerCase()}`)).json.id).toBe(USER)
})

test('resource types name schemas that are there', async () => {
  const { json } = await idp.get('/ResourceTypes')
  expect(
    json.Resources.map(({ id, name, endpoint }: Record<string, string>) => [id, name, endpoint]),
  ).toEqual([
    ['User', 'User', '/Users'],
    ['Group', 'Group', '/Groups'],
  ])
  for (const { schema, schemaExtensions } of json.Resources)
    for (const urn of [schema, ...schemaExtensions.map((each: { schema: string }) => each.schema)])
      expect([...schemas.keys()]).toContain(urn)
})

describe('every attribute says all that the standard wants', () => {
  const WORDS = {
    type: ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference', 'complex'],
    mutability: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
    returned: ['always', 'never', 'default', 'request'],
  }
  function check(attribute: Attribute, isSub: boolean) {
    expect(attribute).toMatchObject({ multiValued: expect.any(Boolean), required: expect.any(Boolean) })
    expect(attribute.type).toBeOneOf(WORDS.type)
    expect(attribute.mutability).toBeOneOf(WORDS.mutability)
    expect(attribute.returned).toBeOneOf(WORDS.returned)
    if (attribute.type === 'complex') {
      expect(isSub, `${attribute.name}: erratum 8415`).toBe(false)
      expect(attribute, `${attribute.name}: erratum 6004`).not.toHaveProperty('uniqueness')
      expect(attribute.subAttributes?.length).toBeGreaterThan(0)
    } else expect(attribute).not.toHaveProperty('subAttributes')
    if (attribute.type === 'string')
      expect(attribute).toMatchObject({ caseExact: expect.any(Boolean), uniqueness: expect.any(String) })
    if (attribute.type === 'reference') expect(attribute.referenceTypes?.length).toBeGreaterThan(0)
    for (const sub of attribute.subAttributes ?? []) check(sub, true)
  }
  test.each([USER, GROUP, ENTERPRISE])('%s', (urn) => {
    const attributes = schemas.get(urn) ?? []
    expect(attributes.length).toBeGreaterThan(0)
    for (const attribute of attributes) check(attribute, false)
  })
})

test('the errata of the standard are applied', () => {
  expect(find(GROUP, 'displayName'), 'erratum 5368').toMatchObject({ required: true })
  expect(find(USER, 'x509Certificates.value'), 'errata 5606, 8435').toMatchObject({
    type: 'binary',
    caseExact: true,
  })
  expect(find(USER, 'groups.$ref').referenceTypes, 'erratum 8471').toEqual(['Group'])
  expect(find(ENTERPRISE, 'manager.value'), 'erratum 8472').toMatchObject({ caseExact: true })
  for (const name of ['emails', 'phoneNumbers', 'ims', 'photos', 'addresses'])
    expect(find(USER, `${name}.type`).canonicalValues?.length).toBeGreaterThan(0)
})

describe('what the schemas promise is kept', () => {
  let user: { id: string; meta: object } & Record<string, unknown>
  let group: { id: string }
  beforeAll(async () => {
    user = (
      await idp.post('/Users', {
        schemas: [USER, ENTERPRISE],
        userName: 'Ada@Example.com',
        displayName: 'Ada',
        password: 'a long secret password',
        groups: [{ value: 'x' }],
        [ENTERPRISE]: { manager: { value: 'm-1', displayName: 'Boss' } },
      })
    ).json
    const members = [{ value: user.id, type: 'User', display: 'not mine to say' }]
    group = (await idp.post('/Groups', { schemas: [GROUP], displayName: 'Crew', members })).json
  })

  test('groups come from the groups alone, with the id, the URI and how (C-09)', async () => {
    expect(user).not.toHaveProperty('groups')
    const { json } = await idp.get(`/Users/${user.id}`)
    const $ref = `${idp.endpoint}/Groups/${group.id}`
    expect(json.groups).toEqual([{ value: group.id, $ref, display: 'Crew', type: 'direct' }])
    const change = patchOf({ op: 'add', path: 'groups', value: [{ value: group.id }] })
    const refused = await ask(idp, { method: 'PATCH', path: `/Users/${user.id}`, body: change })
    expectScimError(refused, { status: 400, scimType: 'mutability' })
  })

  test('a group has a displayName, holds groups, and survives a circle (C-10)', async () => {
    const noName = await ask(idp, { path: '/Groups', body: { schemas: [GROUP] } })
    expectScimError(noName, { status: 400, scimType: 'invalidValue', says: [/displayName/] })
    const members = [{ value: group.id, type: 'Group' }]
    const outer = (await idp.post('/Groups', { schemas: [GROUP], displayName: 'Outer', members })).json
    expect(outer.members).toEqual([{ ...members[0], $ref: `${idp.endpoint}/Groups/${group.id}` }])
    const circle = patchOf({ op: 'add', path: 'members', value: [{ value: outer.id }] })
    expect((await idp.patch(`/Groups/${group.id}`, circle)).status).toBeLessThan(500)
    expect((await idp.get(`/Groups/${group.id}`)).status).toBe(200)
    expect((await idp.get(`/Users/${user.id}`)).status).toBe(200)
    await idp.delete(`/Groups/${outer.id}`)
  })

  test("the manager's name is not the client's to say (C-11)", async () => {
    expect(user[ENTERPRISE]).toEqual({ manager: { value: 'm-1' } })
    const filter = (value: string) => encodeURIComponent(`${ENTERPRISE}:manager.value eq "${value}"`)
    expect((await idp.get(`/Users?filter=${filter('m-1')}`)).json.totalResults).toBe(1)
    expect((await idp.get(`/Users?filter=${filter('M-1')}`)).json.totalResults).toBe(0)
  })

  test('always is always, never is never, and default is unless excluded (C-13)', async () => {
    const always = ['schemas', 'id']
    const get = async (query: string) => Object.keys((await idp.get(`/Users/${user.id}?${query}`)).json)
    expect(await get('attributes=userName,password')).toEqual(expect.arrayContaining([...always, 'userName']))
    expect(await get('attributes=userName,password')).toHaveLength(3)
    expect(await get('excludedAttributes=id,schemas,userName')).toEqual(expect.arrayContaining(always))
    expect(await get('excludedAttributes=id,schemas,userName')).not.toContain('userName')
    expect(await get('')).not.toContain('password')
  })

  test('userName is unique without its letter case, and kept with it (C-08)', async () => {
    expect(find(USER, 'userName')).toMatchObject({ required: true, caseExact: false, uniqueness: 'server' })
    expect(user.userName).toBe('Ada@Example.com')
    const twice = await ask(idp, { path: '/Users', body: { schemas: [USER], userName: 'ada@example.COM' } })
    expectScimError(twice, { status: 409, scimType: 'uniqueness' })
  })
})

test('what is published is what answers have: no password, no names of members and managers (C-12, I-10)', async () => {
  for (const [urn, path] of [
    [USER, 'password'],
    [GROUP, 'members.display'],
    [ENTERPRISE, 'manager.displayName'],
  ] as const)
    expect(() => find(urn, path)).toThrow()
})

test.each(['lenient', 'strict'] as const)(
  'what is not published may still be sent: %s (C-12)',
  async (mode) => {
    const at = await house.identityProvider({ mode })
    const manager = { value: 'm-1', displayName: 'Boss', $ref: '../Users/m-1' }
    const ada = { schemas: [USER, ENTERPRISE], userName: 'ada', [ENTERPRISE]: { manager } }
    const { status, json } = await at.post('/Users', ada)
    expect([status, json[ENTERPRISE]]).toEqual([201, { manager: { value: 'm-1', $ref: '../Users/m-1' } }])
    const members = [
      { value: json.id, type: 'User', display: 'Ada', $ref: `${at.endpoint}/Users/${json.id}` },
    ]
    const crew = await at.post('/Groups', { schemas: [GROUP], displayName: 'Crew', members })
    const { display: _, ...shown } = members[0] ?? {}
    expect([crew.status, crew.json.members]).toEqual([201, [shown]])
  },
)

test('the name of a group is said to be unique where it is (C-12)', async () => {
  const at = await house.identityProvider()
  const uniqueness = async () => (await at.get(`/Schemas/${GROUP}`)).json.attributes[0].uniqueness
  const again = async () => (await at.post('/Groups', { schemas: [GROUP], displayName: 'Crew' })).status
  expect([await uniqueness(), await again(), await again()]).toEqual(['server', 201, 409])
  await house.db.run(
    { tenantId: at.tenantId },
    sql`update identity_provider set unique_group_names = false where id = ${at.id}`,
  )
  expect([await uniqueness(), await again()]).toEqual(['none', 201])
})

test('who is nobody is told so', async () => {
  for (const path of ['/ServiceProviderConfig', '/Schemas', '/ResourceTypes']) {
    const response = await ask(idp, { path, headers: { Authorization: 'Bearer nothing' } })
    expectScimError(response, { status: 401 })
    expect(response.headers['www-authenticate']).toMatch(/Bearer/)
  }
})
