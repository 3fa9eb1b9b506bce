import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'

let house: House
let idp: ProvidedIdp
let ada: ApiClient
let groupId: string
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  ada = await house.administrator(idp.tenantId, 'admin')
  groupId = (await idp.post('/Groups', { displayName: 'Writers' })).json.id
})
afterAll(() => house.close())

test('an application is put behind the gateway, changed and taken away, each told in the audit log', async () => {
  const grants = [{ type: 'Group', id: groupId }]
  const made = await ada.post('/applications', { name: 'Wiki', origin: 'https://Wiki.Example.com/', grants })
  expect(made.status).toBe(201)
  expect(made.json).toMatchObject({
    origin: 'https://wiki.example.com',
    enabled: true,
    forEverybody: false,
    grants: [{ type: 'Group', id: groupId, name: 'Writers' }],
  })
  const { id, version } = made.json
  const wish = { name: 'Wiki', origin: 'https://wiki.example.com', grants, factorMinutes: 15 }
  const put = (ifMatch: string) =>
    ada.request('PUT', `/applications/${id}`, wish, { 'if-match': `"${ifMatch}"` })
  expect((await put(version)).json.factorMinutes).toBe(15)
  expect((await put(version)).status).toBe(412)
  expect((await ada.delete(`/applications/${id}`)).status).toBe(204)
  expect((await ada.get(`/applications/${id}`)).status).toBe(404)
  const { items } = (await ada.get('/audit-events?objectType=Application')).json
  expect(items.map(({ action }: { action: string }) => action)).toEqual(['delete', 'update', 'create'])
})

test.each([
  [{ name: '', origin: 'https://a.example' }, 'name'],
  [{ name: 'x', origin: 'https://a.example/path' }, 'origin'],
  [{ name: 'x', origin: 'javascript:alert(1)' }, 'origin'],
  [{ name: 'x', origin: 'https://*.example.com' }, 'origin'],
  [{ name: 'x', origin: 'https://u:p@a.example' }, 'origin'],
  [{ name: 'x', origin: 'https://a.example', sessionMinutes: 0 }, 'sessionMinutes'],
  [{ name: 'x', origin: 'https://a.example', grants: [{ type: 'Role', id: '1' }] }, 'grants'],
])('%j is refused, and the field is named', async (body, field) => {
  const answer = await ada.post('/applications', body)
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.status).toBeLessThan(500)
  expect(answer.json.errors[0].field).toContain(field)
})

test('an address is unique within its tenant, and says nothing about other tenants', async () => {
  const stranger = await house.identityProvider()
  const theirs = (await stranger.post('/Groups', { displayName: 'Theirs' })).json.id
  const grants = [{ type: 'Group', id: theirs }]
  const refused = await ada.post('/applications', { name: 'One', origin: 'https://one.example', grants })
  expect([refused.status, refused.json.errors[0].field]).toEqual([422, 'grants.0'])
  const made = await ada.post('/applications', { name: 'One', origin: 'https://one.example' })
  expect(made.status).toBe(201)
  const eve = await house.administrator(stranger.tenantId, 'admin')
  const same = await eve.post('/applications', { name: 'Mine', origin: 'https://one.example' })
  expect([same.status, same.json.origin]).toEqual([201, 'https://one.example'])
  const again = await ada.post('/applications', { name: 'Two', origin: 'HTTPS://ONE.example:443/' })
  expect([again.status, again.json.errors[0].field]).toEqual([409, 'origin'])
  const moved = { name: 'Two', origin: 'https://two.example' }
  const { id } = (await ada.post('/applications', moved)).json
  expect((await ada.put(`/applications/${id}`, { ...moved, origin: 'https://one.example' })).status).toBe(409)
  expect((await eve.get(`/applications/${made.json.id}`)).status).toBe(404)
})
