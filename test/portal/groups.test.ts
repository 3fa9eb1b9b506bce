// Groups (IdP): the list, one group with its members, and the local groups that are made here.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house?.close())

async function connected(): Promise<{ idp: ProvidedIdp; ada: ApiClient }> {
  const idp = await house.identityProvider()
  await ensureLocalIdentityProvider(house.db, idp.operator)
  return { idp, ada: await house.administrator(idp.tenantId, 'admin') }
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not processed
type Item = any

async function crew(idp: ProvidedIdp, displayName: string, userNames: string[]) {
  const users: string[] = []
  for (const userName of userNames) users.push((await idp.post('/Users', { userName })).json.id)
  const members = users.map((value) => ({ value }))
  return { users, id: (await idp.post('/Groups', { displayName, members })).json.id as string }
}

test('the list is searched, sorted and paged, and says how many are in each', async () => {
  const { idp, ada } = await connected()
  await crew(idp, 'Crew B', ['a', 'b'])
  await crew(idp, 'crew a', ['c'])
  await crew(idp, 'Staff', [])
  const names = async (query: string) =>
    (await ada.get(`/groups${query}`)).json.items.map(({ displayName }: Item) => displayName)
  expect(await names('')).toEqual(['crew a', 'Crew B', 'Staff'])
  expect(await names('?order=desc')).toEqual(['Staff', 'Crew B', 'crew a'])
  expect(await names('?sort=created')).toEqual(['Crew B', 'crew a', 'Staff'])
  expect(await names('?q=CREW')).toEqual(['crew a', 'Crew B'])
  const { json } = await ada.get('/groups?limit=2')
  expect(json).toMatchObject({ total: 3, totalIsAtLeast: false })
  expect(json.items).toMatchObject([
    { members: 1, hasMoreMembers: false },
    { members: 2, identityProvider: { id: idp.id } },
  ])
  expect(await names(`?limit=2&after=${json.next}`)).toEqual(['Staff'])
})

test('one group shows its members with their names, and groups above and below it', async () => {
  const { idp, ada } = await connected()
  const inner = await crew(idp, 'inner', ['ada', 'bob', 'carol'])
  const { json: outer } = await idp.post('/Groups', { displayName: 'outer', members: [{ value: inner.id }] })
  expect((await ada.get(`/groups/${inner.id}`)).json).toMatchObject({
    displayName: 'inner',
    members: 3,
    memberOf: [{ id: outer.id, displayName: 'outer' }],
    nested: [],
    isEditable: false,
    resource: { displayName: 'inner', meta: { resourceType: 'Group' } },
  })
  expect((await ada.get(`/groups/${outer.id}`)).json.nested).toEqual([{ id: inner.id, displayName: 'inner' }])
  const { json: one } = await ada.get(`/groups/${inner.id}/members?limit=2`)
  expect(one.items).toMatchObject([
    { type: 'User', name: 'ada', status: 'active' },
    { type: 'User', name: 'bob' },
  ])
  const { json: two } = await ada.get(`/groups/${inner.id}/members?limit=2&after=${one.next}`)
  expect([two.items.length, two.next]).toEqual([1, null])
  expect((await ada.get(`/groups/${outer.id}/members`)).json.items).toMatchObject([
    { type: 'Group', name: 'inner', status: null },
  ])
})

test('local groups are made, renamed, filled, emptied and deleted here', async () => {
  const { ada } = await connected()
  const { json: group, status } = await ada.post('/groups', { displayName: 'Contractors' })
  expect([status, group]).toMatchObject([201, { isEditable: true, members: 0 }])
  const { json: user } = await ada.post('/users', { userName: 'grace', email: 'grace@example.com' })
  expect((await ada.post(`/groups/${group.id}/members`, { add: [user.id] })).json.members).toBe(1)
  expect((await ada.get(`/users/${user.id}`)).json.groups).toMatchObject([{ displayName: 'Contractors' }])
  const renamed = await ada.patch(`/groups/${group.id}`, { displayName: 'Guests' })
  expect(renamed.json).toMatchObject({ displayName: 'Guests', members: 1 })
  expect((await ada.post(`/groups/${group.id}/members`, { remove: [user.id] })).json.members).toBe(0)
  expect((await ada.delete(`/groups/${group.id}`)).status).toBe(204)
  expect((await ada.get(`/groups/${group.id}`)).status).toBe(404)
  const { json: events } = await ada.get(`/audit-events?objectId=${group.id}`)
  expect(events.items.map(({ action }: Item) => action)).toEqual([
    'delete',
    'update',
    'update',
    'update',
    'create',
  ])
})

test('a name that is taken, and a member that is of another identity provider, are refused at their fields', async () => {
  const { idp, ada } = await connected()
  const { users } = await crew(idp, 'crew', ['ada'])
  const { json: group } = await ada.post('/groups', { displayName: 'Guests' })
  const taken = await ada.post('/groups', { displayName: 'GUESTS' })
  expect([taken.status, taken.json.errors[0].field]).toEqual([409, 'displayName'])
  const foreign = await ada.post(`/groups/${group.id}/members`, { add: users })
  expect([foreign.status, foreign.json.errors[0].field]).toEqual([422, 'add'])
})

test('groups of other identity providers, of other tenants, and for auditors are not changed', async () => {
  const { idp, ada } = await connected()
  const { id } = await crew(idp, 'crew', ['ada'])
  const { ada: stranger } = await connected()
  const auditor = await house.administrator(idp.tenantId, 'auditor')
  for (const [method, path, body] of [
    ['PATCH', `/groups/${id}`, { displayName: 'x' }],
    ['POST', `/groups/${id}/members`, { remove: [] }],
    ['DELETE', `/groups/${id}`],
  ] as const) {
    expect((await ada.request(method, path, body)).status, `${method} ${path}`).toBe(403)
    expect((await auditor.request(method, path, body)).json.code).toBe('role')
    expect((await stranger.request(method, path, body)).status).toBe(404)
  }
  for (const path of [`/groups/${id}`, `/groups/${id}/members`])
    expect((await stranger.get(path)).status).toBe(404)
  expect((await stranger.get(`/groups?identityProviderId=${idp.id}`)).json.items).toEqual([])
  expect((await auditor.get(`/groups/${id}`)).json.displayName).toBe('crew')
})
