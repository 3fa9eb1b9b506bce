// The keys that sign Remote-Token: replaced without an application noticing, and revoked at once, at every process.
import { createPublicKey, verify as isSignedBy } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApplication } from '#access/applications.ts'
import { purgeSigningKeys } from '#access/purge-signing-keys.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { openTraveller } from '../sign-in/traveller.ts'
import { openProxy, type TestProxy } from './proxy.ts'
import { type Scene, setScene } from './scene.ts'

interface Key {
  readonly id: string
  readonly state: 'next' | 'signing' | 'retiring'
  readonly signsUntil: string | null
  readonly publishedUntil: string | null
}

let house: House
/** A second process on the same database. */
let second: House
let proxy: TestProxy
let scene: Scene
let admin: ApiClient
/** Of a user who has access. */
let cookie: string
beforeAll(async () => {
  house = await openHouse()
  second = await openHouse({ beside: house })
  proxy = await openProxy(
    () => house.url,
    () => 'acme',
  )
  scene = await setScene(house, proxy.origin)
  admin = await house.administrator(scene.idp.tenantId, 'admin')
  await scene.provision('ada')
  const traveller = openTraveller()
  await traveller.get(`${proxy.origin}/`)
  cookie = `doorlist-app-acme=${traveller.cookie(proxy.origin, 'doorlist-app-acme')}`
})
afterAll(async () => {
  await proxy.close()
  await scene.provider.close()
  await second.close()
  await house.close()
})

async function tokenAt(at: House): Promise<string> {
  const forwarded = { 'x-forwarded-proto': 'http', 'x-forwarded-host': new URL(proxy.origin).host }
  const answer = await at.raw({
    method: 'GET',
    path: '/gateway/acme/verify',
    headers: { cookie, ...forwarded },
  })
  expect(answer.status).toBe(200)
  return answer.headers['remote-token'] ?? ''
}

async function publishedAt(at: House, slug = 'acme'): Promise<{ kid: string }[]> {
  return JSON.parse((await at.raw({ method: 'GET', path: `/gateway/${slug}/jwks.json`, headers: {} })).text)
    .keys
}

function kidOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
}

function isSignedByOne(keys: readonly object[], token: string): boolean {
  const [head = '', body = '', signature = ''] = token.split('.')
  return keys.some((key) =>
    isSignedBy(
      'sha256',
      Buffer.from(`${head}.${body}`),
      { key: createPublicKey({ key: key as JsonWebKey, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    ),
  )
}

/** Lets time pass for the keys of the tenant. */
async function later(minutes: number): Promise<void> {
  await house.db.run(
    { tenantId: scene.idp.tenantId },
    sql`update gateway_key set signs_from = signs_from - make_interval(mins => ${minutes}),
      signs_until = signs_until - make_interval(mins => ${minutes}) where tenant_id = ${scene.idp.tenantId}`,
  )
}

async function keys(): Promise<Key[]> {
  return (await admin.get('/signing-keys')).json.items
}

async function events(): Promise<string[]> {
  const { items } = (await admin.get('/audit-events?objectType=SigningKey')).json
  return items.map((event: { action: string }) => event.action)
}

/** Ends what a test before left under way. */
async function settle(): Promise<void> {
  await later(30)
  expect((await keys()).map(({ state }) => state)).toEqual(['signing'])
}

test('the first key of a tenant is made once, also when two processes need it at the same moment', async () => {
  const tenantId = await house.tenant('new-tenant')
  const all = await Promise.all([house, second, house, second].map((at) => publishedAt(at, 'new-tenant')))
  expect(new Set(all.flat().map(({ kid }) => kid)).size).toBe(1)
  const owner = await house.administrator(tenantId)
  const { items } = (await owner.get('/audit-events?objectType=SigningKey')).json
  expect(items.map((event: { action: string }) => event.action)).toEqual(['create'])
})

test('a new key is published at once and signs later; the old one stays published until its tokens expire', async () => {
  const before = await tokenAt(house)
  const old = kidOf(before)
  const rotated = await admin.post('/signing-keys')
  expect([rotated.status, rotated.json.items.map(({ state }: Key) => state)]).toEqual([
    201,
    ['next', 'signing'],
  ])
  expect([rotated.json.issuer, rotated.json.keysUrl]).toEqual([
    `${house.url}/gateway/acme`,
    `${house.url}/gateway/acme/jwks.json`,
  ])
  const fresh: string = rotated.json.items[0].id
  for (const at of [house, second]) {
    expect((await publishedAt(at)).map(({ kid }) => kid)).toEqual([fresh, old])
    expect(kidOf(await tokenAt(at))).toBe(old)
  }
  const early = await admin.post('/signing-keys')
  expect([early.status, early.json.detail]).toEqual([403, expect.stringContaining('published already')])

  await later(5)
  for (const at of [house, second]) {
    const token = await tokenAt(at)
    expect(kidOf(token)).toBe(fresh)
    const published = await publishedAt(at)
    expect([isSignedByOne(published, token), isSignedByOne(published, before)]).toEqual([true, true])
  }
  expect((await keys()).map(({ id, state }) => [id, state])).toEqual([
    [fresh, 'signing'],
    [old, 'retiring'],
  ])

  await later(6)
  expect((await publishedAt(second)).map(({ kid }) => kid)).toEqual([fresh])
  expect(await purgeSigningKeys(house.db)).toBe(1)
  expect((await events()).slice(0, 2).toSorted()).toEqual(['create', 'update'])
})

test('a revoked key signs nothing more and is published nowhere, at every process', async () => {
  await settle()
  const stolen = kidOf(await tokenAt(second))
  const revoked = await admin.post(`/signing-keys/${stolen}/revoke`)
  expect([revoked.status, revoked.json.items.map(({ state }: Key) => state)]).toEqual([200, ['signing']])
  for (const at of [house, second]) {
    const token = await tokenAt(at)
    expect(kidOf(token)).not.toBe(stolen)
    const published = await publishedAt(at)
    expect(published.map(({ kid }) => kid)).not.toContain(stolen)
    expect(isSignedByOne(published, token)).toBe(true)
  }
  expect((await events()).slice(0, 2).toSorted()).toEqual(['create', 'delete'])
  expect((await admin.post(`/signing-keys/${stolen}/revoke`)).status).toBe(404)
})

test('where the next key is published already, it signs as soon as the one before is revoked', async () => {
  await settle()
  const [next, signing] = (await admin.post('/signing-keys')).json.items
  await admin.post(`/signing-keys/${signing.id}/revoke`)
  expect(kidOf(await tokenAt(second))).toBe(next.id)
  expect((await keys()).map(({ state }) => state)).toEqual(['signing'])
})

test('where the next key is revoked, the one that signs goes on', async () => {
  await settle()
  const [next, signing] = (await admin.post('/signing-keys')).json.items
  await admin.post(`/signing-keys/${next.id}/revoke`)
  await later(30)
  expect(kidOf(await tokenAt(second))).toBe(signing.id)
  expect(await keys()).toMatchObject([
    { id: signing.id, state: 'signing', signsUntil: null, publishedUntil: null },
  ])
})

test('a key that is being retired can be revoked before its time', async () => {
  await settle()
  const old = kidOf(await tokenAt(house))
  const [fresh] = (await admin.post('/signing-keys')).json.items
  await later(5)
  await admin.post(`/signing-keys/${old}/revoke`)
  expect((await publishedAt(second)).map(({ kid }) => kid)).toEqual([fresh.id])
  expect(kidOf(await tokenAt(second))).toBe(fresh.id)
})

test('of several rotations at the same moment, one is made', async () => {
  await settle()
  const answers = await Promise.all([1, 2, 3].map(() => admin.post('/signing-keys')))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 403, 403])
  expect((await keys()).map(({ state }) => state)).toEqual(['next', 'signing'])
})

test('another tenant neither sees nor revokes it; no answer and no event holds a private key', async () => {
  await settle()
  const id = kidOf(await tokenAt(house))
  const stranger = await house.administrator(scene.foreign.tenantId)
  expect((await stranger.get('/signing-keys')).text).not.toContain(id)
  expect((await stranger.post(`/signing-keys/${id}/revoke`)).status).toBe(404)
  expect(kidOf(await tokenAt(house))).toBe(id)
  const auditor = await house.administrator(scene.idp.tenantId, 'auditor')
  expect((await auditor.get('/signing-keys')).status).toBe(200)
  expect((await auditor.post('/signing-keys')).status).toBe(403)
  const shown = JSON.stringify([await keys(), await house.dump('audit_event'), await publishedAt(house)])
  expect(shown).not.toMatch(/PRIVATE|"d":/)
})

test('a key of the database that was deleted by hand is followed by a new one', async () => {
  await house.db.run(SYSTEM, sql`delete from gateway_key where tenant_id = ${scene.idp.tenantId}`)
  const token = await tokenAt(second)
  expect(isSignedByOne(await publishedAt(house), token)).toBe(true)
})

test('the keys of an application are those of its tenant alone', async () => {
  await createApplication(house.db, scene.foreign.operator, { name: 'Wiki', origin: proxy.origin })
  const [own, theirs] = [await publishedAt(house), await publishedAt(house, 'globex')]
  expect(theirs.some(({ kid }) => own.some((key) => key.kid === kid))).toBe(false)
  expect(isSignedByOne(theirs, await tokenAt(house))).toBe(false)
})
