import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkVerifiedDomains } from '#identity-providers/domains/check-domains.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { openDns } from '#platform/network/dns.ts'
import { type DnsServer, openDnsServer } from '../dns-server.ts'
import { type House, openHouse } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { openTraveller, type Page, type Traveller } from '../sign-in/traveller.ts'

let house: House
let dns: DnsServer
let tenantId: string
let admin: ApiClient
let stranger: ApiClient
let okta: string
let entra: string
beforeAll(async () => {
  dns = await openDnsServer()
  house = await openHouse({ dnsServers: [dns.address] })
  tenantId = await house.tenant('acme')
  admin = await house.administrator(tenantId, 'admin')
  stranger = await house.administrator(await house.tenant('other'), 'admin')
  okta = (await house.identityProvider({ tenant: 'acme', name: 'Okta' })).id
  entra = (await house.identityProvider({ tenant: 'acme', name: 'Entra ID' })).id
})
afterAll(async () => {
  await house?.close()
  await dns?.close()
})

async function enter(domain: string, idpId: string | null = null) {
  const made = await admin.post('/domains', { domain, idpId })
  expect(made.status, made.text).toBe(201)
  return made.json
}

async function verified(domain: string, idpId: string | null) {
  const made = await enter(domain, idpId)
  dns.records.set(made.record.name, ['v=spf1 -all', made.record.value])
  const { json } = await admin.post(`/domains/${made.id}/check`)
  expect(json.state).toBe('verified')
  return json
}

async function typed(email: string, at: Traveller = openTraveller()): Promise<Page> {
  const form = { tenant: 'acme', return_to: '/', email }
  return at.step('POST', `${house.url}/sign-in/email`, form, { origin: house.url })
}

const recheck = () => checkVerifiedDomains(house.db, openDns([dns.address]))
const age = (id: string, hours: number) =>
  house.db.run(
    SYSTEM,
    sql`update email_domain set checked_at = now() - interval '21 hours',
      missing_since = missing_since - make_interval(hours => ${hours}) where id = ${id}`,
  )
const stateOf = async (id: string) =>
  (await admin.get('/domains')).json.items.find((one: { id: string }) => one.id === id)

test('a domain is pending until its record stands in DNS, and leads nowhere before', async () => {
  const made = await enter('Bücher.Example.', okta)
  expect(made).toMatchObject({ domain: 'xn--bcher-kva.example', state: 'pending', idpName: 'Okta' })
  expect(made.record.name).toBe('_doorlist.xn--bcher-kva.example')
  expect((await typed('ada@bücher.example')).status).toBe(422)
  expect((await admin.post(`/domains/${made.id}/check`)).json).toMatchObject({
    state: 'pending',
    missingSince: null,
  })
  dns.records.set(made.record.name, ['doorlist-domain=another', made.record.value])
  expect((await admin.post(`/domains/${made.id}/check`)).json.state).toBe('verified')
  const page = await typed('ada@Bücher.example')
  expect(page.status).toBe(200)
  const hint = encodeURIComponent('ada@Bücher.example')
  expect(page.headers.refresh).toBe(`0; url=/sign-in/with/${okta}?return_to=%2F&hint=${hint}`)
  const events = (await admin.get('/audit-events?objectType=Domain')).json.items
  expect(events.map((one: { action: string }) => one.action)).toEqual(['update', 'create'])
})

test('the record is another for every tenant and domain, and one of another tenant proves nothing', async () => {
  const ours = await enter('shared.example')
  const theirs = (await stranger.post('/domains', { domain: 'shared.example' })).json
  expect(ours.record.value).not.toBe(theirs.record.value)
  dns.records.set(ours.record.name, [theirs.record.value])
  expect((await admin.post(`/domains/${ours.id}/check`)).json.state).toBe('pending')
  expect((await stranger.post(`/domains/${theirs.id}/check`)).json.state).toBe('verified')
})

test('a long record in parts, and one among many, counts', async () => {
  const { id, record } = await enter('long.example')
  dns.records.set(record.name, ['x'.repeat(600), `  ${record.value} `])
  expect((await admin.post(`/domains/${id}/check`)).json.state).toBe('verified')
})

test('what an address leads to depends on its domain alone, and tells nothing of people', async () => {
  await verified('route.example', entra)
  const answers = await Promise.all(
    ['ada@route.example', 'nobody@route.example', 'ADA@ROUTE.EXAMPLE'].map((email) => typed(email)),
  )
  for (const { headers } of answers) expect(headers.refresh).toContain(`/sign-in/with/${entra}?`)
  for (const email of ['ada@elsewhere.example', 'ada@sub.route.example', 'ada@x@route.example', 'ada', ''])
    expect((await typed(email)).status, email).toBe(422)
})

test('an identity provider that is switched off, or a domain without one, leads nowhere', async () => {
  const { id } = await verified('moves.example', okta)
  expect((await admin.patch(`/domains/${id}`, { idpId: null })).json.idpId).toBeNull()
  expect((await typed('ada@moves.example')).status).toBe(422)
  expect((await admin.patch(`/domains/${id}`, { idpId: entra })).json.idpName).toBe('Entra ID')
  expect((await typed('ada@moves.example')).status).toBe(200)
  await house.db.run(SYSTEM, sql`update identity_provider set enabled = false where id = ${entra}`)
  expect((await typed('ada@moves.example')).status).toBe(422)
  await house.db.run(SYSTEM, sql`update identity_provider set enabled = true where id = ${entra}`)
})

test('a record that is gone leads on for three days, and then the domain is lost until it is proven again', async () => {
  const { id, record } = await verified('moved.example', okta)
  dns.records.delete(record.name)
  await age(id, 0)
  await recheck()
  const missing = await stateOf(id)
  expect(missing.state).toBe('verified')
  expect(Date.parse(missing.leadsUntil) - Date.parse(missing.missingSince)).toBe(72 * 3_600_000)
  expect((await typed('ada@moved.example')).status).toBe(200)
  await age(id, 73)
  await recheck()
  expect((await stateOf(id)).state).toBe('lost')
  expect((await typed('ada@moved.example')).status).toBe(422)
  dns.records.set(record.name, [record.value])
  expect((await admin.post(`/domains/${id}/check`)).json).toMatchObject({
    state: 'verified',
    missingSince: null,
  })
})

test('a record that is back in time changes nothing', async () => {
  const { id, record, verifiedAt } = await verified('back.example', okta)
  dns.records.delete(record.name)
  await age(id, 0)
  await recheck()
  dns.records.set(record.name, [record.value])
  await age(id, 10)
  await recheck()
  expect(await stateOf(id)).toMatchObject({ state: 'verified', missingSince: null, verifiedAt })
})

test('DNS that fails or is silent counts for neither side', async () => {
  const { id } = await verified('silent.example', okta)
  dns.mood = 'failing'
  await age(id, 0)
  await recheck()
  expect(await stateOf(id)).toMatchObject({ state: 'verified', missingSince: null })
  dns.mood = 'silent'
  const refused = await admin.post(`/domains/${id}/check`)
  dns.mood = 'well'
  expect([refused.status, refused.json.code]).toEqual([403, 'refused'])
  expect(refused.json.detail).toContain('_doorlist.silent.example')
})

test('what is no domain, is there already, or leads to a foreign identity provider is refused by name', async () => {
  for (const domain of [
    '',
    'example',
    'a@b.example',
    'https://b.example',
    '192.0.2.1',
    `${'a'.repeat(64)}.example`,
    '-a.example',
    'a..example',
  ]) {
    const { status, json } = await admin.post('/domains', { domain })
    expect([status, json.errors?.[0]?.field], domain).toEqual([422, 'domain'])
  }
  await enter('twice.example')
  expect((await admin.post('/domains', { domain: 'TWICE.example' })).status).toBe(409)
  const { id } = (await house.identityProvider({ tenant: 'other' })) as { id: string }
  const foreign = await admin.post('/domains', { domain: 'foreign.example', idpId: id })
  expect([foreign.status, foreign.json.errors[0].field]).toEqual([422, 'idpId'])
})

test('a domain of another tenant is not found, and an auditor only looks', async () => {
  const { id } = await enter('ours.example')
  for (const [method, path, body] of [
    ['POST', `/domains/${id}/check`, undefined],
    ['PATCH', `/domains/${id}`, { idpId: null }],
    ['DELETE', `/domains/${id}`, undefined],
  ] as const)
    expect((await stranger.request(method, path, body)).status).toBe(404)
  expect((await stranger.get('/domains')).text).not.toContain('ours.example')
  const auditor = await house.administrator(tenantId, 'auditor')
  expect((await auditor.delete(`/domains/${id}`)).status).toBe(403)
  expect((await admin.delete(`/domains/${id}`)).status).toBe(204)
  expect(await stateOf(id)).toBeUndefined()
})

test('a form of another site is refused, and the page asks for an address only where one leads somewhere', async () => {
  const at = openTraveller()
  const form = { tenant: 'acme', return_to: '/', email: 'ada@route.example' }
  const foreign = await at.post(`${house.url}/sign-in/email`, form, { origin: 'https://evil.example' })
  expect(foreign.status).toBe(403)
  expect((await at.get(`${house.url}/sign-in?tenant=acme`)).text).toContain('name="email"')
  await house.identityProvider({ tenant: 'other', name: 'Second' })
  expect((await at.get(`${house.url}/sign-in?tenant=other`)).text).not.toContain('name="email"')
})
