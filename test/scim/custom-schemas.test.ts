// Extensions that a tenant declares for one identity provider, through the front door.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { showUser } from '#directory/administration/portal-users.ts'
import { extensionSize, removeExtension } from '#directory/remove-extension.ts'
import { openAuthenticator } from '#identity-providers/credentials/authenticate.ts'
import {
  declareAttribute,
  declareSchema,
  listCustomSchemas,
} from '#identity-providers/schemas/custom-schemas.ts'
import { systemClock } from '#platform/clock.ts'
import { sql } from '#platform/database/sql.ts'
import type { Json } from '#protocol/scim/messages/json.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { GROUP, patchOf, USER } from './refusal.ts'

const STAFF = 'urn:example:params:scim:schemas:1.0:Staff'
const DEFINITION = {
  id: STAFF,
  name: 'Staff',
  description: 'People who work here.',
  attributes: [
    { name: 'badge', caseExact: true },
    { name: 'floor', type: 'integer' },
    { name: 'load', type: 'decimal' },
    { name: 'remote', type: 'boolean' },
    { name: 'since', type: 'dateTime', mutability: 'immutable' },
    { name: 'tags', multiValued: true },
    {
      name: 'groups',
      type: 'complex',
      multiValued: true,
      subAttributes: [{ name: 'value' }, { name: 'type' }, { name: 'primary', type: 'boolean' }],
    },
    {
      name: 'desk',
      type: 'complex',
      subAttributes: [
        { name: 'room', required: true },
        { name: 'seat', type: 'integer' },
      ],
    },
  ],
}
const WREN = {
  badge: 'W-1',
  floor: 3,
  load: 0.5,
  remote: true,
  since: '2020-02-29T08:00:00+02:00',
  tags: ['a', 'B'],
  groups: [
    { value: 'Union', type: 'x', primary: true },
    { value: 'Choir', type: 'y' },
  ],
  desk: { room: 'R1', seat: 4 },
}

let house: House
let idp: ProvidedIdp

const declare = (at: ProvidedIdp, json: Json = DEFINITION, type: 'User' | 'Group' = 'User') =>
  declareSchema(house.db, at.operator, at.id, type, json)
const user = (userName: string, staff?: object) => ({
  schemas: [USER, ...(staff ? [STAFF] : [])],
  userName,
  ...(staff && { [STAFF]: staff }),
})
const found = async (filter: string) => {
  const { json } = await idp.get(`/Users?sortBy=userName&filter=${encodeURIComponent(filter)}`)
  if (!json.Resources) throw new Error(`${filter}: ${JSON.stringify(json)}`)
  return json.Resources.map(({ userName }: { userName: string }) => userName)
}

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  await declare(idp)
  await idp.post('/Users', user('wren', WREN))
  await idp.post(
    '/Users',
    user('tern', { badge: 'w-1', floor: 12, since: '2020-02-29T06:00:01Z', tags: ['c'] }),
  )
  await idp.post('/Users', user('gull'))
})
afterAll(() => house?.close())

test('from the next request on the extension is there, on every process', async () => {
  const fresh = await house.identityProvider()
  const own = openAuthenticator(house.db, systemClock)
  const caller = await own.authenticate(`Bearer ${fresh.token}`, fresh.id)
  await fresh.post('/Users', user('before', WREN))
  expect((await fresh.get('/Schemas')).json.totalResults).toBe(3)
  expect((await fresh.get(`/Users?filter=${STAFF}:floor%20eq%203`)).status).toBe(400)
  await declare(fresh)
  // The callers that were remembered before are of no use any more.
  await expect(house.db.run(caller.scope, sql`select`)).rejects.toThrow('has changed')
  expect((await fresh.get(`/Users?filter=${STAFF}:floor%20eq%203`)).json.totalResults).toBe(0)
  await declare(fresh, { id: 'urn:example:more', attributes: [{ name: 'more' }] })
  expect((await fresh.get('/Schemas')).json.totalResults).toBe(5)
  await declare(fresh, { id: 'urn:example:most', attributes: [{ name: 'most' }] })
  const created = await fresh.post('/Users', user('after', WREN))
  expect(created.json[STAFF]).toEqual(WREN)
})

test('it is advertised, complete', async () => {
  const { json } = await idp.get(`/Schemas/${STAFF.toUpperCase()}`)
  expect(json).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: STAFF,
    name: 'Staff',
    description: 'People who work here.',
    meta: { resourceType: 'Schema', location: `${idp.endpoint}/Schemas/${STAFF}` },
  })
  expect(json.attributes.map(({ name }: { name: string }) => name)).toEqual(
    DEFINITION.attributes.map(({ name }) => name),
  )
  expect(json.attributes[0]).toEqual({
    name: 'badge',
    type: 'string',
    multiValued: false,
    description: '',
    required: false,
    caseExact: true,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
  })
  const types = (await idp.get('/ResourceTypes')).json.Resources
  expect(types[0].schemaExtensions).toContainEqual({ schema: STAFF, required: false })
  expect(types[1].schemaExtensions).toEqual([])
  expect((await idp.get('/ResourceTypes/User')).json).toEqual(types[0])
})

test('nobody else has it, in the same tenant neither', async () => {
  const tenant = 'neighbours'
  const [own, other] = [await house.identityProvider({ tenant }), await house.identityProvider({ tenant })]
  await declare(own)
  expect((await own.get(`/Schemas/${STAFF}`)).status).toBe(200)
  expect((await other.get(`/Schemas/${STAFF}`)).status).toBe(404)
  expect((await other.post('/Users', user('wren', WREN))).json).not.toHaveProperty([STAFF])
  expect(await listCustomSchemas(house.db, other.tenantId, other.id)).toEqual([])
  expect(await listCustomSchemas(house.db, idp.tenantId, own.id)).toEqual([])
})

test('its data are stored and shown, whatever the letter case they came in', async () => {
  const upper = Object.fromEntries(Object.entries(WREN).map(([name, value]) => [name.toUpperCase(), value]))
  const { json } = await idp.post('/Users', { userName: 'finch', [STAFF.toUpperCase()]: upper })
  expect(json).toMatchObject({ schemas: [USER, STAFF], [STAFF]: WREN })
  expect((await idp.get(`/Users/${json.id}`)).json).toEqual(json)
  const attributes = `attributes=${STAFF}:desk.room,${STAFF}:floor`
  expect((await idp.get(`/Users/${json.id}?${attributes}`)).json).toEqual({
    schemas: [USER, STAFF],
    id: json.id,
    [STAFF]: { floor: 3, desk: { room: 'R1' } },
  })
  expect((await idp.get(`/Users/${json.id}?excludedAttributes=${STAFF}`)).json).not.toHaveProperty([STAFF])
  await idp.delete(`/Users/${json.id}`)
})

test.each<[string, object]>([
  ['a wrong type', { floor: 'three' }],
  ['a fraction', { floor: 3.5 }],
  ['a date that is none', { since: 'yesterday' }],
  ['one value for a list', { tags: { a: 1 } }],
  ['text for an object', { desk: 'R1' }],
  ['an object without what it requires', { desk: { seat: 4 } }],
])('%s is refused', async (_title, staff) => {
  const { status, json } = await idp.post('/Users', user('owl', staff))
  expect({ status, scimType: json.scimType }).toEqual({ status: 400, scimType: 'invalidValue' })
  expect(json.detail).toContain(STAFF)
})

test.each<[string, string[]]>([
  [`${STAFF}:badge eq "W-1"`, ['wren']],
  [`${STAFF}:BADGE sw "w"`, ['tern']],
  [`badge eq "W-1"`, ['wren']],
  [`${STAFF}:floor gt 3`, ['tern']],
  [`${STAFF}:floor ge 3`, ['tern', 'wren']],
  [`${STAFF}:load lt 0.75`, ['wren']],
  [`${STAFF}:remote eq true`, ['wren']],
  [`${STAFF}:since eq "2020-02-29T06:00:00Z"`, ['wren']],
  [`${STAFF}:since gt "2020-02-29T06:00:00Z"`, ['tern']],
  [`${STAFF}:tags eq "b"`, ['wren']],
  [`${STAFF}:tags pr`, ['tern', 'wren']],
  [`not (${STAFF}:badge pr)`, ['gull']],
  [`${STAFF}:groups[value eq "union" and primary eq true]`, ['wren']],
  [`${STAFF}:groups[value eq "union" and type eq "y"]`, []],
  [`${STAFF}:groups.value co "cho"`, ['wren']],
  [`${STAFF}:desk.seat eq 4`, ['wren']],
  [`${STAFF}:desk.room pr and userName sw "w"`, ['wren']],
])('%s finds %j', async (filter, names) => {
  expect(await found(filter)).toEqual(names)
})

test.each([
  `${STAFF}:shoe eq 1`,
  `${STAFF}:remote gt true`,
  `${STAFF}:floor co "3"`,
  `${STAFF}:floor eq "third"`,
])('%s is refused', async (filter) => {
  const { status, json } = await idp.get(`/Users?filter=${encodeURIComponent(filter)}`)
  expect({ status, scimType: json.scimType }).toEqual({ status: 400, scimType: 'invalidFilter' })
})

test.each<[string, string, string[]]>([
  ['floor', 'ascending', ['wren', 'tern', 'gull']],
  ['floor', 'descending', ['gull', 'tern', 'wren']],
  ['since', 'ascending', ['wren', 'tern', 'gull']],
  ['tags', 'ascending', ['wren', 'tern', 'gull']],
])('users are sorted by %s, %s', async (name, order, names) => {
  const { json } = await idp.get(`/Users?sortBy=${STAFF}:${name}&sortOrder=${order}`)
  expect(json.Resources.map(({ userName }: { userName: string }) => userName)).toEqual(names)
})

test('a filter and a sort survive dates that the database has no place for', async () => {
  const odd = await house.identityProvider()
  await declare(odd)
  for (const since of ['2023-02-29T00:00:00Z', '0000-01-01T00:00:00Z', '2020-01-01T00:00:00+99:00'])
    await odd.post('/Users', user(since, { since }))
  const filter = encodeURIComponent(`${STAFF}:since gt "2000-01-01T00:00:00Z" or ${STAFF}:since pr`)
  expect((await odd.get(`/Users?filter=${filter}&sortBy=${STAFF}:since`)).status).toBe(200)
})

test('it is patched like any other', async () => {
  const { json } = await idp.post('/Users', user('heron'))
  const patch = async (...operations: object[]) => {
    const answer = await idp.patch(`/Users/${json.id}`, patchOf(...operations))
    return answer.status === 200 ? (answer.json[STAFF] ?? null) : answer.json.scimType
  }
  expect(await patch({ op: 'add', path: `${STAFF}:floor`, value: 1 })).toEqual({ floor: 1 })
  expect(await patch({ op: 'add', path: `${STAFF}:tags`, value: ['x'] })).toEqual({ floor: 1, tags: ['x'] })
  expect(await patch({ op: 'add', path: `${STAFF}:tags`, value: ['y'] })).toMatchObject({ tags: ['x', 'y'] })
  expect(
    await patch({ op: 'replace', value: { [`${STAFF}:desk.room`]: 'R9', [STAFF]: { badge: 'H' } } }),
  ).toMatchObject({
    badge: 'H',
    desk: { room: 'R9' },
  })
  expect(
    await patch({ op: 'replace', path: `${STAFF}:groups[value eq "new"].type`, value: 't' }),
  ).toMatchObject({
    groups: [{ value: 'new', type: 't' }],
  })
  expect(await patch({ op: 'add', path: `${STAFF}:desk`, value: { room: '', seat: 4 } })).toBe('invalidValue')
  expect(await patch({ op: 'add', path: `${STAFF}:since`, value: '2020-01-01T00:00:00Z' })).toBeInstanceOf(
    Object,
  )
  expect(await patch({ op: 'replace', path: `${STAFF}:since`, value: '2021-01-01T00:00:00Z' })).toBe(
    'mutability',
  )
  expect(await patch({ op: 'remove', path: `${STAFF}:floor` })).not.toHaveProperty('floor')
  const { status, json: error } = await idp.put(`/Users/${json.id}`, user('heron'))
  expect({ status, scimType: error.scimType }).toEqual({ status: 400, scimType: 'mutability' })
  await idp.delete(`/Users/${json.id}`)
})

test('the last attribute takes the extension with it', async () => {
  const { json } = await idp.post('/Users', user('swift', { floor: 1 }))
  const patched = await idp.patch(`/Users/${json.id}`, patchOf({ op: 'remove', path: `${STAFF}:floor` }))
  expect(patched.json.schemas).toEqual([USER])
  expect(patched.json).not.toHaveProperty([STAFF])
  await idp.delete(`/Users/${json.id}`)
})

test('a group has extensions too', async () => {
  const team = 'urn:example:params:scim:schemas:1.0:Team'
  const at = await house.identityProvider()
  await declare(at, { id: team, attributes: [{ name: 'cost', type: 'integer' }] }, 'Group')
  const { json } = await at.post('/Groups', {
    schemas: [GROUP, team],
    displayName: 'Crew',
    [team]: { cost: 7 },
  })
  expect(json).toMatchObject({ schemas: [GROUP, team], [team]: { cost: 7 } })
  expect((await at.get(`/Groups?filter=${team}:cost%20gt%206`)).json.totalResults).toBe(1)
  expect((await at.get('/ResourceTypes/Group')).json.schemaExtensions).toEqual([
    { schema: team, required: false },
  ])
  expect((await at.get('/ResourceTypes/User')).json.schemaExtensions).toHaveLength(1)
  await at.patch(`/Groups/${json.id}`, patchOf({ op: 'replace', path: `${team}:cost`, value: 8 }))
  expect((await at.get(`/Groups/${json.id}`)).json[team]).toEqual({ cost: 8 })
})

test('profiles are made from it, for as long as it is there', async () => {
  const at = await house.identityProvider()
  await declare(at)
  const mapping = [
    { attribute: 'room', source: `${STAFF}:desk.room` },
    { attribute: 'choir', source: `${STAFF}:groups[type eq "y"].value` },
    { attribute: 'badge', source: `${STAFF}:badge`, default: 'none' },
  ]
  await house.db.run(
    { tenantId: at.tenantId },
    sql`update identity_provider set mapping = ${JSON.stringify(mapping)} where id = ${at.id}`,
  )
  const { json } = await at.post('/Users', user('wren', WREN))
  const profile = async () => (await showUser(house.db, at.tenantId, json.id)).profile
  expect(await profile()).toEqual({ room: 'R1', choir: 'Choir', badge: 'W-1' })
  await removeExtension(house.db, at.operator, at.id, STAFF)
  expect(await profile()).toEqual({ badge: 'none' })
})

test('removing it takes its data away, once, and tells the log of each', async () => {
  const at = await house.identityProvider()
  await declare(at)
  const { json } = await at.post('/Users', user('wren', WREN))
  await at.post('/Users', user('gull'))
  expect(await extensionSize(house.db, at.operator, at.id, STAFF)).toBe(1)
  expect(await removeExtension(house.db, at.operator, at.id, STAFF.toLowerCase())).toBe(1)
  const after = await at.get(`/Users/${json.id}`)
  expect(after.json).not.toHaveProperty([STAFF])
  expect(after.json.schemas).toEqual([USER])
  expect(after.headers.etag).not.toBe(json.meta.version)
  expect((await at.get(`/Schemas/${STAFF}`)).status).toBe(404)
  expect((await at.get(`/Users?filter=${STAFF}:floor%20eq%203`)).status).toBe(400)
  await expect(removeExtension(house.db, at.operator, at.id, STAFF)).rejects.toThrow('has no schema')
  const events = (await house.dump('audit_event')) as {
    object_type: string
    action: string
    tenant_id: string
  }[]
  const told = events
    .filter(({ tenant_id }) => tenant_id === at.tenantId)
    .map((e) => `${e.action} ${e.object_type}`)
  expect(told.filter((line) => line.endsWith('Schema'))).toEqual(['create Schema', 'delete Schema'])
  expect(told.filter((line) => line === 'update User')).toHaveLength(1)
  // With another type, nothing of the old data is in the way.
  await declare(at, { id: STAFF, attributes: [{ name: 'badge', type: 'integer' }] })
  expect((await at.get(`/Users?filter=${STAFF}:badge%20gt%200`)).json.totalResults).toBe(0)
})

test('a definition may grow, and what would break its data is refused', async () => {
  const at = await house.identityProvider()
  const first = await declare(at, { id: STAFF, name: 'Staff', attributes: [{ name: 'badge' }] })
  const same = await declare(at, { id: STAFF.toUpperCase(), name: 'Staff', attributes: [{ name: 'badge' }] })
  expect(same).toEqual(first)
  const grown = await declare(at, {
    id: STAFF,
    name: 'Staff',
    attributes: [{ name: 'badge' }, { name: 'hat' }],
  })
  expect(grown.schema.attributes.map(({ name }) => name)).toEqual(['badge', 'hat'])
  for (const attributes of [[{ name: 'hat' }], [{ name: 'badge', type: 'integer' }, { name: 'hat' }]])
    await expect(declare(at, { id: STAFF, attributes })).rejects.toThrow(/remove the schema first/)
  await expect(declare(at, DEFINITION, 'Group')).rejects.toThrow(/resourceType of .* is User/)
  await expect(declare(at, { id: `${STAFF}:more`, attributes: [{ name: 'x' }] })).rejects.toThrow(
    /begin alike/,
  )
  await expect(declare(at, { id: USER, attributes: [{ name: 'x' }] })).rejects.toThrow(
    /belongs to the standard/,
  )
})

test('an identity provider has at most 20, also when they come at once', async () => {
  const at = await house.identityProvider()
  const outcomes = await Promise.allSettled(
    Array.from({ length: 24 }, (_, index) =>
      declare(at, { id: `urn:example:s${index}`, attributes: [{ name: 'a' }] }),
    ),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
  expect((await at.get('/Schemas')).json.totalResults).toBe(23)
})

test('an attribute of an extension does not stand in for one of the standard', async () => {
  const at = await house.identityProvider()
  await declare(at, {
    id: 'urn:example:odd',
    attributes: [
      { name: 'userName' },
      { name: 'department' },
      { name: 'members' },
      { name: 'active', type: 'boolean' },
    ],
  })
  const odd = { userName: 'x', department: 'y', members: 'z', active: false }
  const { json } = await at.post('/Users', { userName: 'ada', department: 'Keel', 'urn:example:odd': odd })
  expect(json).toMatchObject({ userName: 'ada', active: true, 'urn:example:odd': odd })
  expect(json['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User']).toEqual({ department: 'Keel' })
  for (const [filter, total] of [
    ['userName eq "x"', 0],
    ['urn:example:odd:userName eq "x"', 1],
    ['active eq false', 0],
    ['urn:example:odd:active eq false', 1],
    ['department eq "Keel"', 1],
  ] as const)
    expect((await at.get(`/Users?filter=${encodeURIComponent(filter)}`)).json.totalResults, filter).toBe(
      total,
    )
})

test('an attribute is declared by its name', async () => {
  const at = await house.identityProvider()
  const urn = 'urn:okta:app:1.0:user:custom'
  const add = (path: string, type?: string) =>
    declareAttribute(house.db, at.operator, at.id, { path, resourceType: 'User', type })
  await add(`${urn}:level`, 'integer')
  await add(`${urn}:colour`)
  const { json } = await at.post('/Users', { userName: 'ada', [urn]: { level: 4, colour: 'red' } })
  expect(json[urn]).toEqual({ level: 4, colour: 'red' })
  await expect(add(`${urn}:level`)).rejects.toThrow('is declared already')
  await expect(add('shoeSize')).rejects.toThrow(/must stand under a URN.*urn:example:custom:shoeSize/)
  await expect(add(`${urn}:desk.room`)).rejects.toThrow(/declare it whole/)
  await expect(add(`${USER}:shoe`)).rejects.toThrow(/belongs to the standard/)
  await expect(add(`${urn}:level2`, 'complex')).rejects.toThrow(/subAttributes/)
})
