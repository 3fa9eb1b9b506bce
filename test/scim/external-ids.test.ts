// An externalId may be shared, unless an administrator forbids it or sign-in finds users by it (RFC 7643 §3.1 asks for no
// uniqueness). Where it is unique, no order of events lets two have it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import type { ApiClient } from '#test/portal-client.ts'
import { GROUP, patchOf, USER } from './refusal.ts'

let house: House
let idp: ProvidedIdp
let admin: ApiClient
let count = 0
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house?.close())

const fresh = async () => {
  idp = await house.identityProvider()
  admin = await house.administrator(idp.tenantId)
}
const unique = (what: string) => `${what}-${++count}`
const settings = (change: object) => admin.patch(`/identity-providers/${idp.id}`, change)
const user = (externalId: string, userName = unique('user')) => ({ schemas: [USER], userName, externalId })
const group = (externalId: string, displayName = unique('group')) => ({
  schemas: [GROUP],
  displayName,
  externalId,
})

async function created(path: string, body: object): Promise<string> {
  const { status, json, text } = await idp.post(path, body)
  expect(status, text).toBe(201)
  return json.id
}

async function found(path: string, externalId: string): Promise<string[]> {
  const filter = encodeURIComponent(`externalId eq "${externalId}"`)
  const { json } = await idp.get(`${path}?filter=${filter}`)
  expect(json.totalResults).toBe(json.Resources.length)
  return json.Resources.map(({ id }: { id: string }) => id)
}

const MANY = [
  ['/Users', user],
  ['/Groups', group],
] as const

test.each(MANY)('several %s may have one externalId, and a filter finds all of them', async (path, make) => {
  await fresh()
  const ids = [await created(path, make('same')), await created(path, make('same'))]
  const third = await created(path, make('other'))
  expect((await idp.put(`${path}/${third}`, make('same'))).status).toBe(200)
  const fourth = await created(path, make('another'))
  const patched = await idp.patch(
    `${path}/${fourth}`,
    patchOf({ op: 'replace', path: 'externalId', value: 'same' }),
  )
  expect(patched.status).toBeLessThan(300)
  expect(await found(path, 'same')).toEqual([...ids, third, fourth])
  expect(await found(path, 'SAME')).toEqual([])
  const one = await idp.get(`${path}?filter=${encodeURIComponent('externalId eq "same"')}&count=1`)
  expect([one.json.totalResults, one.json.itemsPerPage]).toEqual([4, 1])
  const later = await idp.get(
    `${path}?filter=${encodeURIComponent('externalId eq "same"')}&count=2&startIndex=3`,
  )
  expect(later.json.Resources.map(({ id }: { id: string }) => id)).toEqual([third, fourth])
})

test.each(MANY)('%s that are created at once may have one externalId', async (path, make) => {
  await fresh()
  const ids = await Promise.all(Array.from({ length: 30 }, () => created(path, make('same'))))
  expect((await found(path, 'same')).toSorted()).toEqual(ids.toSorted())
  const bulk = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations: Array.from({ length: 5 }, (_, index) => ({
      method: 'POST',
      path,
      bulkId: String(index),
      data: make('same'),
    })),
  }
  const { Operations } = (await idp.post('/Bulk', bulk)).json
  expect(Operations.map(({ status }: { status: string }) => status)).toEqual(Array(5).fill('201'))
  await Promise.all(
    ids.map((id) =>
      idp.patch(`${path}/${id}`, patchOf({ op: 'replace', path: 'externalId', value: 'moved' })),
    ),
  )
  expect(await found(path, 'moved')).toHaveLength(30)
})

test('a user who was deleted is restored beside another who has the externalId by now', async () => {
  await fresh()
  const gone = await created('/Users', user('same'))
  await idp.delete(`/Users/${gone}`)
  const other = await created('/Users', user('same'))
  expect((await admin.post(`/deleted-users/${gone}/restore`)).status).toBe(200)
  expect((await found('/Users', 'same')).toSorted()).toEqual([gone, other].toSorted())
})

test.each(MANY)(
  'once they must be unique, a second of the %s with an externalId is refused',
  async (path, make) => {
    await fresh()
    const first = await created(path, make('one'))
    expect((await settings({ uniqueExternalIds: true })).json.uniqueExternalIds).toBe(true)
    expect((await idp.post(path, make('one'))).status).toBe(409)
    await created(path, make('ONE'))
    const second = await created(path, make('two'))
    expect((await idp.put(`${path}/${second}`, make('one'))).status).toBe(409)
    const patch = patchOf({ op: 'replace', path: 'externalId', value: 'one' })
    expect((await idp.patch(`${path}/${second}`, patch)).status).toBe(409)
    await idp.delete(`${path}/${first}`)
    expect((await idp.patch(`${path}/${second}`, patch)).status).toBeLessThan(300)
    expect((await settings({ uniqueExternalIds: false })).json.uniqueExternalIds).toBe(false)
    await created(path, make('one'))
  },
)

test.each(MANY)(
  'they cannot become unique while two %s share one, and the refusal names both',
  async (path, make) => {
    await fresh()
    const ada = await created(path, make('same', 'Ada'))
    const bob = await created(path, make('same', 'Bob'))
    const refused = await settings({ uniqueExternalIds: true, mode: 'strict' })
    expect(refused).toMatchObject({
      status: 409,
      json: { code: 'shared-external-ids', errors: [{ field: 'uniqueExternalIds' }] },
    })
    expect(refused.json.detail).toMatch(/"same" \((users|groups) "Ada" and "Bob"\)/)
    expect(refused.json.sharedExternalIds).toEqual([
      {
        type: path === '/Users' ? 'User' : 'Group',
        externalId: 'same',
        holders: [
          { id: ada, name: 'Ada' },
          { id: bob, name: 'Bob' },
        ],
      },
    ])
    const kept = (await admin.get(`/identity-providers/${idp.id}`)).json
    expect([kept.uniqueExternalIds, kept.mode]).toEqual([false, 'lenient'])
    await created(path, make('same'))
    for (const id of await found(path, 'same'))
      if (id !== bob) expect((await idp.delete(`${path}/${id}`)).status).toBe(204)
    expect((await settings({ uniqueExternalIds: true })).status).toBe(200)
    expect((await idp.post(path, make('same'))).status).toBe(409)
  },
)

test('the list of those that share an externalId is bounded', async () => {
  await fresh()
  for (let index = 0; index < 25; index++)
    await Promise.all([0, 1].map(() => created('/Users', user(`same-${index}`))))
  const { json } = await settings({ uniqueExternalIds: true })
  expect(json.detail.match(/"same-/g)).toHaveLength(20)
  expect(json.detail).toContain('and more')
})

test('where sign-in finds users by externalId, those of users are unique and those of groups are not', async () => {
  await fresh()
  const rule = { matching: { source: 'employeeNumber', target: 'externalId' } }
  await created('/Users', user('same', 'Ada'))
  const bob = await created('/Users', user('same', 'Bob'))
  const refused = await settings(rule)
  expect(refused).toMatchObject({ status: 409, json: { errors: [{ field: 'matching' }] } })
  expect(refused.json.detail).toContain('"Ada" and "Bob"')
  await idp.delete(`/Users/${bob}`)
  expect((await settings(rule)).status).toBe(200)
  expect((await idp.post('/Users', user('same'))).status).toBe(409)
  for (let copies = 0; copies < 2; copies++) await created('/Groups', group('same'))
  // Sign-in needs it, whatever the switch says.
  expect((await settings({ uniqueExternalIds: false })).status).toBe(200)
  expect((await idp.post('/Users', user('same'))).status).toBe(409)
  expect((await settings({ matching: 'default' })).status).toBe(200)
  await created('/Users', user('same'))
})

test('however writes and the switch meet, unique externalIds are unique', async () => {
  for (let round = 0; round < 6; round++) {
    await fresh()
    await created('/Users', user('same', 'first'))
    const [switched, ...writes] = await Promise.all([
      settings({ uniqueExternalIds: true }),
      ...Array.from({ length: 8 }, () => idp.post('/Users', user('same'))),
    ])
    const made = writes.filter(({ status }) => status === 201)
    expect(writes.every(({ status }) => status === 201 || status === 409)).toBe(true)
    if (switched.status === 200)
      expect([made.length, await found('/Users', 'same')]).toEqual([0, expect.any(Array)])
    else expect([switched.status, made.length > 0]).toEqual([409, true])
    const isUnique = (await admin.get(`/identity-providers/${idp.id}`)).json.uniqueExternalIds
    if (isUnique) expect(await found('/Users', 'same')).toHaveLength(1)
  }
})

test('the switch and its change are in the audit log', async () => {
  await fresh()
  await settings({ uniqueExternalIds: true })
  const { items } = (await admin.get('/audit-events?limit=1')).json
  const { json } = await admin.get(`/audit-events/${items[0].id}`)
  expect(json.change).toEqual({
    before: { uniqueExternalIds: false },
    after: { uniqueExternalIds: true },
  })
})
