import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'

let house: House
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse()
  ada = await house.administrator(await house.tenant('acme'), 'admin')
})
afterAll(() => house.close())

interface Shown {
  readonly id: string
  readonly pem: string
  readonly state: string
  readonly fingerprint: string
  readonly retiredAt: string | null
}

async function connected(): Promise<{ id: string; path: string; metadata(): Promise<string> }> {
  const { id } = await house.identityProvider({ tenant: 'acme' })
  const metadata = async () => (await house.raw({ method: 'GET', path: `/saml/${id}/metadata` })).text
  return { id, path: `/identity-providers/${id}/service-certificates`, metadata }
}

const derOf = ({ pem }: Shown) => new X509Certificate(pem).raw.toString('base64')
const states = ({ json }: { json: { items: Shown[] } }) => json.items.map(({ state }) => state)

test('a certificate is made, rolled over beside the old one, and the old one retired', async () => {
  const { path, metadata } = await connected()
  expect((await ada.get(path)).json).toEqual({ items: [] })
  const first = await ada.post(path)
  expect([first.status, states(first)]).toEqual([201, ['signing']])
  const [old] = first.json.items as [Shown]
  expect(old).toMatchObject({
    subject: expect.stringMatching(/^CN=Doorlist /),
    fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    notAfter: expect.any(String),
    retiredAt: null,
  })
  expect(await metadata()).toContain(derOf(old))

  const second = await ada.post(path)
  expect(states(second)).toEqual(['signing', 'next'])
  const [signing, next] = second.json.items as [Shown, Shown]
  expect(signing.id).toBe(old.id)
  expect(await metadata()).toContain(derOf(old))
  expect(await metadata()).toContain(derOf(next))
  const third = await ada.post(path)
  expect([third.status, third.json.detail]).toEqual([
    403,
    expect.stringContaining('retire the old one first'),
  ])

  const retired = await ada.post(`${path}/${old.id}/retire`)
  expect(retired.json.items.map(({ id, state }: Shown) => [id, state])).toEqual([
    [next.id, 'signing'],
    [old.id, 'retired'],
  ])
  expect(await metadata()).not.toContain(derOf(old))
  expect((await ada.get(path)).json).toEqual(retired.json)
  const last = await ada.post(`${path}/${next.id}/retire`)
  expect([last.status, last.json.detail]).toEqual([403, expect.stringContaining('the only certificate')])
  expect((await ada.post(`${path}/${old.id}/retire`)).status).toBe(404)
})

test('its key is told to nobody, and what was done is in the audit log by its fingerprint', async () => {
  const { id, path } = await connected()
  const made = await ada.post(path)
  const auditor = await house.administrator((await ada.get('/me')).json.tenant.id, 'auditor')
  const listed = await auditor.get(path)
  expect(listed.status).toBe(200)
  expect(`${made.text}${listed.text}`).not.toMatch(/PRIVATE|sealed|privateKey/)
  const { items } = (await auditor.get(`/audit-events?objectId=${id}&actor=${ada.email}`)).json
  const { change } = (await auditor.get(`/audit-events/${items[0].id}`)).json
  expect(change).toEqual({ after: { serviceCertificate: made.json.items[0].fingerprint } })
})

test('making and retiring one asks for a fresh proof', async () => {
  const { path } = await connected()
  const { id } = (await ada.post(path)).json.items[0]
  const bea = await house.administrator((await ada.get('/me')).json.tenant.id, 'admin')
  await house.db.run(
    SYSTEM,
    sql`update administrator_session s set proven_at = now() - interval '16 minutes'
      from administrator a where a.id = s.administrator_id and a.email = ${bea.email}`,
  )
  for (const refused of [await bea.post(path), await bea.post(`${path}/${id}/retire`)])
    expect([refused.status, refused.json.code]).toEqual([403, 'step-up-required'])
})

test('there is none toward an identity provider that does not speak SAML, nor of another tenant', async () => {
  const details = { issuer: 'https://op.example', clientId: 'c' }
  const oidc = await ada.post('/identity-providers', { name: 'OpenID', type: 'oidc', details })
  const refused = await ada.post(`/identity-providers/${oidc.json.id}/service-certificates`)
  expect([refused.status, refused.json.detail]).toEqual([403, expect.stringContaining('SAML')])
  const foreign = await house.identityProvider()
  const path = `/identity-providers/${foreign.id}/service-certificates`
  const before = (await house.dump('service_certificate')).length
  expect([(await ada.get(path)).status, (await ada.post(path)).status]).toEqual([404, 404])
  expect((await ada.post(`${path}/${foreign.id}/retire`)).status).toBe(404)
  expect(await house.dump('service_certificate')).toHaveLength(before)
})
