// No door leads from one identity provider to another: every route, with every id that is somebody else's. The list of
// routes is the server's own; one that is not in the table below fails the test.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { ask, expectScimError, GROUP, patchOf, succeed, USER } from './refusal.ts'

/** What is addressed: whose endpoint, and which user or group below it. */
interface Address {
  readonly user: string
  readonly group: string
}

interface Row {
  /** `{user}` and `{group}` are put in. */
  readonly path: string
  readonly body?: (address: Address) => object
}

const RENAMED = 'taken over'
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
const user = () => ({ schemas: [USER], userName: RENAMED })
const group = () => ({ schemas: [GROUP], displayName: RENAMED })
const search = ({ user: id }: Address) => ({ schemas: [SEARCH], filter: `id eq "${id}"` })
const rename = () => patchOf({ op: 'replace', path: 'displayName', value: RENAMED })

const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const bulk = (address: Address) => ({ schemas: [BULK], Operations: bulkOperations(address) })

/** Every operation on ids of others, and references to them where a member is named. */
function bulkOperations(address: Address) {
  const members = [{ value: address.user }]
  return [
    { method: 'PUT', path: `/Users/${address.user}`, data: user() },
    { method: 'PATCH', path: `/Users/${address.user}`, data: rename() },
    { method: 'DELETE', path: `/Users/${address.user}` },
    { method: 'DELETE', path: `/Users/${address.user}`, version: '*' },
    { method: 'PUT', path: `/Groups/${address.group}`, data: group() },
    { method: 'PATCH', path: `/Groups/${address.group}`, data: rename() },
    { method: 'DELETE', path: `/Groups/${address.group}` },
    { method: 'POST', path: '/Groups', bulkId: 'g', data: { ...group(), members } },
  ]
}

/** One row for each route. All are well-formed, so that only the id or the credential can be why they are refused. */
const ROWS: Readonly<Record<string, Row>> = {
  'GET /Users': { path: '/Users' },
  'POST /Users': { path: '/Users', body: user },
  'GET /Users/:id': { path: '/Users/{user}' },
  'PUT /Users/:id': { path: '/Users/{user}', body: user },
  'PATCH /Users/:id': { path: '/Users/{user}', body: rename },
  'DELETE /Users/:id': { path: '/Users/{user}' },
  'GET /Groups': { path: '/Groups' },
  'POST /Groups': { path: '/Groups', body: group },
  'GET /Groups/:id': { path: '/Groups/{group}' },
  'PUT /Groups/:id': { path: '/Groups/{group}', body: group },
  'PATCH /Groups/:id': { path: '/Groups/{group}', body: rename },
  'DELETE /Groups/:id': { path: '/Groups/{group}' },
  'POST /Users/.search': { path: '/Users/.search', body: search },
  'POST /Groups/.search': { path: '/Groups/.search', body: search },
  'POST /.search': { path: '/.search', body: search },
  'POST /Bulk': { path: '/Bulk', body: bulk },
  'GET /ServiceProviderConfig': { path: '/ServiceProviderConfig' },
  'GET /ResourceTypes': { path: '/ResourceTypes' },
  'GET /ResourceTypes/:id': { path: '/ResourceTypes/User' },
  'GET /Schemas': { path: '/Schemas' },
  'GET /Schemas/:id': { path: `/Schemas/${USER}` },
  'GET /Me': { path: '/Me' },
}

let house: House
let own: ProvidedIdp
let sibling: ProvidedIdp
let stranger: ProvidedIdp
let addresses: Map<ProvidedIdp, Address>

beforeAll(async () => {
  house = await openHouse()
  const tenant = `isolation-${randomUUID()}`
  await house.tenant(tenant)
  own = await house.identityProvider({ tenant, name: 'own' })
  sibling = await house.identityProvider({ tenant, name: 'sibling' })
  stranger = await house.identityProvider({ name: 'stranger' })
  addresses = new Map()
  for (const idp of [own, sibling, stranger]) addresses.set(idp, await populate(idp))
})

afterAll(() => house?.close())

/** The same names everywhere: a name must not lead across either. */
async function populate(idp: ProvidedIdp): Promise<Address> {
  const emails = [{ value: 'ada@example.com', type: 'work' }]
  const ada = { schemas: [USER], userName: 'ada@example.com', externalId: 'e-1', emails }
  const { id } = await succeed<{ id: string }>(idp, { path: '/Users', body: ada })
  const crew = { schemas: [GROUP], displayName: 'Crew', members: [{ value: id }] }
  return { user: id, group: (await succeed<{ id: string }>(idp, { path: '/Groups', body: crew })).id }
}

const STRANGERS = ['an identity provider of the same tenant', 'one of another tenant', 'nobody'] as const

function foreign(who: (typeof STRANGERS)[number]): { idpId: string; address: Address } {
  const idp = { [STRANGERS[0]]: sibling, [STRANGERS[1]]: stranger }[who as string]
  const address = idp && addresses.get(idp)
  return address
    ? { idpId: idp.id, address }
    : { idpId: randomUUID(), address: { user: randomUUID(), group: randomUUID() } }
}

function addressOf(idp: ProvidedIdp): Address {
  const address = addresses.get(idp)
  if (!address) throw new Error('not populated')
  return address
}

/** Every row of every tenant that holds people, groups or who is in which. */
async function directory(): Promise<string> {
  const tables = ['directory_user', 'directory_group', 'group_member']
  const rows = await Promise.all(tables.map((table) => house.dump(table)))
  for (const [index, table] of tables.entries()) expect(rows[index]?.length, table).toBeGreaterThanOrEqual(3)
  return rows
    .flat()
    .map((row) => JSON.stringify(row))
    .toSorted()
    .join('\n')
}

interface Aim {
  readonly route: string
  readonly path: string
  readonly address: Address
}

function request({ route, path, address }: Aim) {
  const [method = ''] = route.split(' ')
  const { path: pattern, body } = rowOf(route)
  const below = pattern.replace('{user}', address.user).replace('{group}', address.group)
  return { method, path: `${path}${below}`, body: body?.(address) }
}

function rowOf(route: string): Row {
  const row = ROWS[route]
  if (!row) throw new Error(`no row for ${route}`)
  return row
}

test('every route of the SCIM door has a row here, or is there only to refuse the method', async () => {
  const routes = house.scimRoutes
    .filter(({ method }) => method !== 'HEAD' && method !== 'OPTIONS') // the first repeats GET, the second has no content
    .map(({ method, url }) => `${method} ${url.replace(/^(?:\/scim\/v2)?\/:[^/]+/, '')}`)
  expect(Object.keys(ROWS).filter((route) => !routes.includes(route))).toEqual([])
  for (const route of routes.filter((name) => !Object.hasOwn(ROWS, name))) {
    const [method = '', url = ''] = route.split(' ')
    const response = await ask(own, { method, path: url.replace(/:\w+/g, randomUUID()) })
    expect(response.status, `${route} has no row`).toBe(405)
  }
})

describe.each(STRANGERS)('with own credentials at the endpoint of %s', (who) => {
  test.each(Object.keys(ROWS))('%s is refused and changes nothing', async (route) => {
    const { idpId, address } = foreign(who)
    const before = await directory()
    const attempt = request({ route, path: `!/scim/v2/${idpId}`, address })
    const response = await ask(own, attempt)
    expectScimError(response, { status: [401, 403, 404] })
    expect(response.text).not.toContain(address.user)
    expect((await ask(own, { method: 'HEAD', path: attempt.path })).status).toBeGreaterThanOrEqual(401)
    expect(await directory()).toBe(before)
  })

  test.each(Object.keys(ROWS))('%s is refused for own ids too', async (route) => {
    const { idpId } = foreign(who)
    const before = await directory()
    const response = await ask(own, request({ route, path: `!/scim/v2/${idpId}`, address: addressOf(own) }))
    expectScimError(response, { status: [401, 403, 404] })
    expect(await directory()).toBe(before)
  })
})

const WITH_ID = Object.keys(ROWS).filter((route) => /\{(user|group)\}/.test(rowOf(route).path))

describe.each(STRANGERS)('at the own endpoint with ids of %s', (who) => {
  test.each(WITH_ID)('%s answers 404 and changes nothing', async (route) => {
    const { address } = foreign(who)
    const before = await directory()
    const attempt = request({ route, path: '', address })
    expectScimError(await ask(own, attempt), { status: 404 })
    expect((await ask(own, { method: 'HEAD', path: attempt.path })).status).toBe(404)
    expect(await directory()).toBe(before)
  })

  test.each([
    ['POST', () => '/Groups', (value: string) => ({ ...group(), members: [{ value }] })],
    [
      'PUT',
      (at: Address) => `/Groups/${at.group}`,
      (value: string) => ({ ...group(), members: [{ value }] }),
    ],
    [
      'PATCH',
      (at: Address) => `/Groups/${at.group}`,
      (value: string) => patchOf({ op: 'add', path: 'members', value: [{ value }] }),
    ],
    [
      'PATCH',
      (at: Address) => `/Groups/${at.group}`,
      (value: string) => patchOf({ op: 'replace', path: 'members', value: [{ value }] }),
    ],
  ] as const)('%s refuses their user or group as a member (%#)', async (method, path, body) => {
    const { address } = foreign(who)
    for (const id of [address.user, address.group]) {
      const before = await directory()
      const response = await ask(own, { method, path: path(addressOf(own)), body: body(id) })
      expectScimError(response, { status: 400, scimType: 'invalidValue', says: [/members/] })
      expect(await directory()).toBe(before)
    }
  })

  test('each operation of a bulk request on their ids fails, and changes nothing', async () => {
    const { address } = foreign(who)
    const before = await directory()
    const { Operations } = await succeed<{ Operations: { status: string }[] }>(own, {
      path: '/Bulk',
      body: bulk(address),
    })
    expect(Operations.map(({ status }) => status)).toEqual([...Array(7).fill('404'), '400'])
    expect(await directory()).toBe(before)
  })

  test('no filter finds them', async () => {
    const { address } = foreign(who)
    const questions = [
      `/Users?filter=${encodeURIComponent(`id eq "${address.user}"`)}`,
      `/Users?filter=${encodeURIComponent(`groups.value eq "${address.group}"`)}`,
      `/Users?filter=${encodeURIComponent(`meta.location co "${address.user}"`)}`,
      `/Groups?filter=${encodeURIComponent(`id eq "${address.group}"`)}`,
      `/Groups?filter=${encodeURIComponent(`members.value eq "${address.user}"`)}`,
    ]
    for (const path of questions) {
      const response = await ask(own, { path })
      if (response.status === 400) expectScimError(response, { status: 400, scimType: 'invalidFilter' })
      else expect(JSON.parse(response.text), path).toMatchObject({ totalResults: 0 })
    }
    for (const path of ['/Users/.search', '/.search']) {
      const found = await succeed<object>(own, { path, body: search(address) })
      expect(found).toMatchObject({ totalResults: 0 })
    }
  })
})

test('each sees only its own one user and one group of the same names', async () => {
  for (const idp of [own, sibling, stranger]) {
    const { user: userId, group: groupId } = addressOf(idp)
    const users = await succeed<object>(idp, {
      path: '/Users?filter=userName%20eq%20%22ADA%40example.com%22',
    })
    const groups = await succeed<object>(idp, { path: '/Groups?filter=displayName%20eq%20%22crew%22' })
    expect(users).toMatchObject({ totalResults: 1, Resources: [{ id: userId }] })
    expect(groups).toMatchObject({
      totalResults: 1,
      Resources: [{ id: groupId, members: [{ value: userId }] }],
    })
  }
})
