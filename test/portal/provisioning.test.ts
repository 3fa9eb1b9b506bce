// What administrators see of a sync: its state, what the identity provider sent, why it failed and what to do.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { patchOf } from '../scim/refusal.ts'

const CANARY = 'canary-aa41'
const ENTRA = { 'user-agent': 'Microsoft Azure AD SCIM provisioning' }

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house?.close())

async function connected(): Promise<{ idp: ProvidedIdp; ada: ApiClient }> {
  const idp = await house.identityProvider()
  return { idp, ada: await house.administrator(idp.tenantId, 'admin') }
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not processed
type Item = any

/** An answer may arrive before its request is handed to the log. */
async function listed(ada: ApiClient, idp: ProvidedIdp, atLeast: number, query = ''): Promise<Item[]> {
  for (let patience = 100; ; patience--) {
    await house.requestLog.flush()
    const { status, json } = await ada.get(`/identity-providers/${idp.id}/scim-requests${query}`)
    expect(status).toBe(200)
    if (json.items.length >= atLeast || patience === 0) return json.items
    await sleep(10)
  }
}

test('a change is shown with what was sent, what was answered and what it did', async () => {
  const { idp, ada } = await connected()
  const { json: user } = await idp.post('/Users', { userName: 'ada', title: 'Dr', password: CANARY }, ENTRA)
  await idp.patch(`/Users/${user.id}`, patchOf({ op: 'replace', path: 'active', value: false }), ENTRA)
  const [patch] = await listed(ada, idp, 2)
  expect(patch).toMatchObject({
    identityProviderId: idp.id,
    operation: 'deactivate',
    objectType: 'User',
    objectId: user.id,
    objectName: 'ada',
    status: 200,
    failed: false,
  })
  const { json } = await ada.get(`/scim-requests/${patch.id}`)
  expect(json).toMatchObject({
    idpKind: 'entra',
    userAgent: ENTRA['user-agent'],
    credentialKey: idp.key,
    sourceAddress: '127.0.0.1',
    explanation: null,
    changes: [{ action: 'update', objectId: user.id, before: { active: true }, after: { active: false } }],
  })
  expect(JSON.parse(json.request.text).Operations).toHaveLength(1)
  expect(JSON.parse(json.answer.text)).toMatchObject({ id: user.id, active: false })
  const [, create] = await listed(ada, idp, 2)
  expect(JSON.stringify((await ada.get(`/scim-requests/${create.id}`)).json)).not.toContain(CANARY)
})

test('a failure names the field, the rule, and what to change in that console', async () => {
  const { idp, ada } = await connected()
  const { json: first } = await idp.post('/Users', { userName: 'ada' }, ENTRA)
  await idp.post('/Users', { userName: 'ADA' }, ENTRA)
  const [failure] = await listed(ada, idp, 1, '?result=failure')
  const { json } = await ada.get(`/scim-requests/${failure.id}`)
  expect(json.explanation).toMatchObject({
    code: 'user-name-taken',
    field: 'userName',
    otherUserId: first.id,
  })
  expect(json.explanation.rule).toMatch('is taken by the user "ada"')
  expect(json.explanation.steps.join(' ')).toMatch('Enterprise applications')
  expect(json.changes).toMatchObject(
    [{ result: 'failure', reason: /409/ }].map(() => ({ result: 'failure' })),
  )
  const { json: failures } = await ada.get('/failures')
  expect(failures.items).toMatchObject([{ id: failure.id, code: 'user-name-taken' }])
})

test('the list is filtered and paged by the server', async () => {
  const { idp, ada } = await connected()
  for (const name of ['ada', 'bob', 'cy', 'dee_', 'ada']) await idp.post('/Users', { userName: name })
  await idp.post('/Groups', { displayName: 'crew' })
  await idp.get('/Users')
  const all = await listed(ada, idp, 7)
  expect(all).toHaveLength(7)
  const names = async (query: string) =>
    (await listed(ada, idp, 0, query)).map(({ objectName }) => objectName)
  expect(await names('?objectType=Group')).toEqual(['crew'])
  expect(await names('?operation=create&objectType=User&result=success')).toEqual([
    'dee_',
    'cy',
    'bob',
    'ada',
  ])
  expect(await names('?operation=create&operation=look-up&limit=200')).toHaveLength(7)
  expect(await names('?status=409')).toEqual(['ada'])
  expect(await names('?status=4xx')).toEqual(['ada'])
  expect(await names('?text=BO')).toEqual(['bob'])
  expect(await names('?text=e_')).toEqual(['dee_'])
  expect(await names(`?from=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`)).toEqual([])
  const { json: one } = await ada.get(`/identity-providers/${idp.id}/scim-requests?limit=5`)
  const { json: two } = await ada.get(`/identity-providers/${idp.id}/scim-requests?limit=5&after=${one.next}`)
  expect([...one.items, ...two.items].map(({ id }: Item) => id)).toEqual(all.map(({ id }) => id))
  expect(two.next).toBeNull()
  const bad = await ada.get(`/identity-providers/${idp.id}/scim-requests?status=huh`)
  expect([bad.status, bad.json.errors[0].field]).toEqual([422, 'status'])
  expect((await ada.get(`/identity-providers/${idp.id}/scim-requests?after=x`)).status).toBe(422)
  expect((await ada.get(`/identity-providers/${idp.id}/scim-requests?nonsense=1`)).status).toBe(400)
})

test('another tenant sees none of it', async () => {
  const { idp, ada } = await connected()
  const { ada: stranger } = await connected()
  await idp.post('/Users', {})
  const [request] = await listed(ada, idp, 1)
  for (const path of [
    `/scim-requests/${request.id}`,
    `/identity-providers/${idp.id}/scim-requests`,
    `/identity-providers/${idp.id}/provisioning`,
  ])
    expect((await stranger.get(path)).status, path).toBe(404)
  for (const path of ['test-connection', 'custom-attributes']) {
    const body = path === 'test-connection' ? {} : { name: 'urn:x:y:z', resourceType: 'User' }
    expect((await stranger.post(`/identity-providers/${idp.id}/${path}`, body)).status, path).toBe(404)
  }
  expect((await stranger.get('/failures')).json.items).toEqual([])
  expect((await stranger.get('/sync-health')).json.items).toHaveLength(1)
})

test('the state of a sync, its totals by day, and what nobody declared', async () => {
  const { idp, ada } = await connected()
  const at = `/identity-providers/${idp.id}/provisioning`
  expect((await ada.get(at)).json.health).toMatchObject({
    state: 'never',
    lastSyncAt: null,
    lateAfterHours: 24,
  })
  await idp.post('/Users', { userName: 'ada', 'urn:acme:user': { shoe: 4 }, hat: 1 })
  await listed(ada, idp, 1)
  await house.flushUnknown()
  await sleep(1_100) // the last sync is stamped once a second
  const { json } = await ada.get(`${at}?zone=Asia/Tokyo&days=3`)
  expect(json.health).toMatchObject({ state: 'ok', recent: { requests: 1, created: 1 } })
  expect(json.days).toHaveLength(3)
  expect(json.days[2]).toMatchObject({ created: 1, requests: 1, failed: 0, unkept: 0 })
  const names = json.unknownAttributes.map(({ name, declarable }: Item) => [name, declarable])
  expect(names).toEqual([
    ['hat', false],
    ['urn:acme:user:shoe', true],
  ])
  for (let i = 0; i < 3; i++) await idp.post('/Users', {})
  await listed(ada, idp, 4)
  const health = (await ada.get('/sync-health')).json.items.find(
    (each: Item) => each.identityProviderId === idp.id,
  )
  expect(health).toMatchObject({ state: 'failing', sentence: '3 of 4 requests of the last 6 hours failed.' })
  expect((await ada.get(`${at}?zone=Moon`)).status).toBe(422)
})

test('what nobody declared is declared in one step', async () => {
  const { idp, ada } = await connected()
  const { json: user } = await idp.post('/Users', { userName: 'ada', 'urn:acme:user': { shoe: '4' } })
  await house.flushUnknown()
  const at = `/identity-providers/${idp.id}/custom-attributes`
  const declared = await ada.post(at, { name: 'urn:acme:user:shoe', resourceType: 'User' })
  expect([declared.status, declared.json]).toMatchObject([
    201,
    { urn: 'urn:acme:user', attributes: ['shoe'] },
  ])
  const put = await idp.put(`/Users/${user.id}`, { userName: 'ada', 'urn:acme:user': { shoe: '4' } })
  expect(put.json['urn:acme:user']).toEqual({ shoe: '4' })
  expect((await ada.get(`/identity-providers/${idp.id}/provisioning`)).json.unknownAttributes).toEqual([])
  const refused = await ada.post(at, { name: 'hat', resourceType: 'User' })
  expect([refused.status, refused.json.errors[0].field]).toEqual([422, 'name'])
  const auditor = await house.administrator(idp.tenantId, 'auditor')
  expect((await auditor.post(at, { name: 'urn:acme:user:x', resourceType: 'User' })).status).toBe(403)
})

test('testing a connection tells what is known here, and the next request of the identity provider the rest', async () => {
  const { idp, ada } = await connected()
  const at = `/identity-providers/${idp.id}/test-connection`
  const before = (await ada.post(at, {})).json
  const states = (test: Item) => test.steps.map(({ code, state }: Item) => `${code} ${state}`)
  expect(states(before)).toEqual([
    'provisioning ok',
    'address problem',
    'credentials waiting',
    'requests waiting',
  ])
  const since = `?from=${encodeURIComponent(before.startedAt)}`
  expect(await listed(ada, idp, 0, since)).toEqual([])
  await idp.request('GET', '/Users?count=1', undefined, { authorization: 'Bearer wrong', ...ENTRA })
  expect(await listed(ada, idp, 1, since)).toMatchObject([{ status: 401, failed: true }])
  const after = (await ada.post(at, {})).json
  expect(states(after).slice(3)).toEqual(['requests ok', 'failures problem'])
  expect(after.explanation).toMatchObject({ code: 'credentials-invalid', where: 'idp' })
  await house.retireCredential(idp)
  expect(states((await ada.post(at, {})).json)[2]).toBe('credentials problem')
})

test('a log that cannot be written never makes a request fail or wait', async () => {
  const { idp, ada } = await connected()
  const { default: pg } = await import('pg')
  const owner = new pg.Client(house.connection)
  await owner.connect()
  await owner.query(
    'begin; lock table scim_request in access exclusive mode; lock table scim_hour in access exclusive mode',
  )
  const flushing = house.requestLog.flush().catch(() => 'refused')
  expect((await idp.post('/Users', { userName: 'ada' })).status).toBe(201)
  expect((await idp.get('/Users')).status).toBe(200)
  await owner.query('commit')
  await owner.end()
  await flushing
  expect(await listed(ada, idp, 2)).toHaveLength(2)
})
