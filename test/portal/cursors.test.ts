// The place where a page ended comes back from the client, who may send anything: only a place of this very list is taken.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'

let house: House
let idp: ProvidedIdp
let owner: ApiClient
let groupId: string
/** As long as a name can be, in letters that are longest in a cursor. */
const LONG = '名'.repeat(850)

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  owner = await house.administrator(idp.tenantId)
  const members = []
  for (const name of ['ada', 'bob', 'eve']) {
    const { id } = (await idp.post('/Users', { userName: `${LONG}${name[0]}`, displayName: name })).json
    members.push({ value: id })
  }
  groupId = (await idp.post('/Groups', { displayName: LONG, members })).json.id
  await idp.post('/Groups', { displayName: `${LONG}b` })
  await idp.post('/Users', { userName: 'refused', active: 'nonsense' })
})
afterAll(() => house?.close())

const write = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
const read = (cursor: string): string[] => JSON.parse(Buffer.from(cursor, 'base64url').toString())

const ORDERS = [
  ['/users', 'userName'],
  ['/users', 'displayName'],
  ['/users', 'created'],
  ['/users', 'changed'],
  ['/groups', 'displayName'],
  ['/groups', 'created'],
] as const

async function cursorOf(path: string, sort: string, order = 'asc'): Promise<string> {
  const { json } = await owner.get(`${path}?sort=${sort}&order=${order}&limit=1`)
  return json.next
}

const refused = (path: string) =>
  owner.get(path).then(({ status, json }) => [status, json.code, json.errors?.[0]?.field])

test.each(ORDERS)('every page of %s by %s follows the one before, whatever the names', async (path, sort) => {
  for (const order of ['asc', 'desc']) {
    const all = (await owner.get(`${path}?sort=${sort}&order=${order}`)).json.items
    const ids = []
    for (let after: string | null = ''; after !== null; ) {
      const place: string = after === '' ? '' : `&after=${after}`
      const { json } = await owner.get(`${path}?sort=${sort}&order=${order}&limit=1${place}`)
      ids.push(...json.items.map(({ id }: { id: string }) => id))
      after = json.next
    }
    expect(ids).toEqual(all.map(({ id }: { id: string }) => id))
  }
})

test.each(ORDERS)('a cursor of %s by %s is refused in every other order', async (path, sort) => {
  const cursor = await cursorOf(path, sort)
  for (const [otherPath, other] of ORDERS)
    for (const order of ['asc', 'desc']) {
      const isOwn = otherPath === path && other === sort && order === 'asc'
      const answer = await owner.get(`${otherPath}?sort=${other}&order=${order}&after=${cursor}`)
      expect([otherPath, other, order, answer.status]).toEqual([otherPath, other, order, isOwn ? 200 : 422])
    }
})

test.each([
  ['a day that does not exist', '2026-02-30T00:00:00.000000Z'],
  ['a day before all others', '0000-01-01T00:00:00.000000Z'],
  ['a time that does not exist', '2026-01-01T24:00:00.000000Z'],
  ['a leap second', '2026-06-30T23:59:60.000000Z'],
  ['no time', 'yesterday'],
  ['infinity', 'infinity'],
  ['NUL', '\0'],
  ['nothing', null],
  ['a number', 1e308],
])('a cursor of users by change with %s in it is refused', async (_name, key) => {
  const [name, id] = read(await cursorOf('/users', 'changed'))
  expect(await refused(`/users?sort=changed&after=${write(name, id, key)}`)).toEqual([
    422,
    'invalid',
    'after',
  ])
})

test.each([
  ['NUL', '\0'],
  ['half of a surrogate pair', '\ud800'],
  ['nothing', null],
  ['a list', ['a']],
])('a cursor of groups by name with %s in it is refused', async (_name, key) => {
  const [name, id] = read(await cursorOf('/groups', 'displayName'))
  expect(await refused(`/groups?after=${write(name, id, key)}`)).toEqual([422, 'invalid', 'after'])
})

test.each(['', 'x', '%00', 'W10', 'bnVsbA', write(), write('a', 'b', 'c', 'd'), 'e30', '%F0%9F%98%80'])(
  'the cursor %j is refused by every list',
  async (after) => {
    const lists = [
      '/users',
      '/groups',
      `/groups/${groupId}/members`,
      '/audit-events',
      '/activity-events',
      '/system-events',
      `/identity-providers/${idp.id}/scim-requests`,
    ]
    for (const path of lists) {
      const [status, , field] = await refused(`${path}?after=${after}`)
      expect([path, [400, 422].includes(Number(status)), field]).toEqual([path, true, 'after'])
    }
  },
)

test.each([
  ['a list for its id', { at: '2026-01-01T00:00:00.000Z', id: ['01890000-0000-7000-8000-000000000000'] }],
  ['an impossible time', { at: '2026-02-30T00:00:00.000Z', id: '01890000-0000-7000-8000-000000000000' }],
  ['no event', 'none'],
])('a proof of the audit log does not go on after an event with %s', async (_name, counted) => {
  const walk = { until: 5, seals: 3, covered: 9, seal: 0, counted, sealedEvents: 9, unsealed: 0 }
  const after = Buffer.from(JSON.stringify(walk)).toString('base64url')
  expect(await refused(`/audit-log/verification?after=${after}`)).toEqual([422, 'invalid', 'after'])
})

test.each(['/users', '/groups', '/jobs', '/audit-events', '/activity-events', '/system-events'])(
  'a page of %s is not infinite',
  async (path) => {
    for (const limit of ['1e999', '-1e999', 'Infinity', '1'.repeat(400), '1e308', '201'])
      expect(await refused(`${path}?limit=${limit}`)).toEqual([400, 'malformed', 'limit'])
  },
)

test('members of a group, and what an identity provider sent, come in finite pages too', async () => {
  for (const path of [`/groups/${groupId}/members`, `/identity-providers/${idp.id}/scim-requests`])
    expect(await refused(`${path}?limit=1e999`)).toEqual([400, 'malformed', 'limit'])
})

test('a number in a body is finite', async () => {
  for (const number of ['1e999', '-1e999']) {
    const answer = await house.raw({
      method: 'POST',
      path: '/api/v1/api-keys',
      headers: {
        cookie: owner.cookie,
        'x-csrf-token': owner.csrfToken,
        'content-type': 'application/json',
      },
      body: `{"name":"a","role":"admin","expiresInDays":${number}}`,
    })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text).errors[0].field).toBe('expiresInDays')
  }
})

test.each(['2026-02-30T00:00:00', '0000-01-01T00:00:00', '2026-13-01T00:00:00', '2026-01-01T24:00:00'])(
  'a log has no event at %s, neither in a cursor nor in a period',
  async (moment) => {
    const id = '01890000-0000-7000-8000-000000000000'
    for (const log of ['/audit-events', '/activity-events', '/system-events']) {
      expect(await refused(`${log}?after=${moment}.000000Z_${id}`)).toEqual([422, 'invalid', 'after'])
      expect(await refused(`${log}?from=${moment}Z`)).toEqual([400, 'malformed', 'from'])
      expect(await refused(`${log}/export?to=${moment}Z`)).toEqual([400, 'malformed', 'to'])
    }
    const requests = `/identity-providers/${idp.id}/scim-requests`
    expect(await refused(`${requests}?after=${moment}.000Z_${id}`)).toEqual([422, 'invalid', 'after'])
    expect(await refused(`${requests}?to=${moment}Z`)).toEqual([400, 'malformed', 'to'])
  },
)
