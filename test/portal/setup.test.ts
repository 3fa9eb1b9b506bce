// The link of the first run: whoever holds it makes the tenant's first owner, and is signed in.
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasOwner, listAdministrators } from '#administrators/administrators.ts'
import { createSetupLink } from '#administrators/setup-link.ts'
import { searchEvents } from '#audit/search.ts'
import { createTenant } from '#tenancy/tenants.ts'
import { authenticator } from '../authenticator.ts'
import { ask } from '../faults/idp.ts'
import { type House, openHouse } from '../harness.ts'
import { visitor } from '../visitor.ts'

const ORIGIN = 'http://localhost:8080'

let house: House
let tenants = 0
beforeAll(async () => {
  house = await openHouse({ publicUrl: ORIGIN })
})
afterAll(() => house.close())

async function newLink(): Promise<{ tenantId: string; path: string }> {
  const slug = `t${++tenants}`
  const tenant = await createTenant(house.db, { type: 'system', name: 'test' }, { slug, name: 'Acme <b>' })
  return { tenantId: tenant.id, path: `/links/${await createSetupLink(house.db, tenant.id)}` }
}

const ADA = { email: 'Ada@example.com', name: 'Ada Lovelace', password: 'correct horse battery' }
const SHORT = { ...ADA, password: 'eight ch' }

test('the link makes the first owner, once, and signs in', async () => {
  const { tenantId, path } = await newLink()
  const browser = visitor(house.url)
  expect((await browser.get(path)).json).toEqual({
    kind: 'setup',
    tenant: 'Acme <b>',
    email: null,
    role: 'owner',
    hasFactor: false,
    passkeysUnavailable: null,
  })
  const made = await browser.post(path, ADA)
  expect([made.status, made.json.next]).toEqual([200, 'complete'])
  expect((await browser.get('/me')).json.administrator).toMatchObject({ email: ADA.email, role: 'owner' })
  expect(await listAdministrators(house.db, tenantId)).toMatchObject([{ email: ADA.email, role: 'owner' }])
  expect(await hasOwner(house.db, tenantId)).toBe(true)
  const [event] = await searchEvents(house.db, tenantId, { limit: 1 })
  expect(event).toMatchObject({ action: 'create', objectType: 'Administrator', actorName: ADA.email })
  expect((await browser.get(path)).status).toBe(404)
  expect((await browser.post(path, { ...ADA, email: 'eve@example.com' })).status).toBe(404)
  expect(await listAdministrators(house.db, tenantId)).toHaveLength(1)
})

test('of many who use one link at the same time, one becomes the owner', async () => {
  const { tenantId, path } = await newLink()
  const answers = await Promise.all(
    [1, 2, 3].map((n) => visitor(house.url).post(path, { ...ADA, email: `a${n}@example.com` })),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404, 404])
  expect(await listAdministrators(house.db, tenantId)).toHaveLength(1)
})

test('a mistake is named with its field and leaves the link good', async () => {
  const { path } = await newLink()
  const browser = visitor(house.url)
  const mistakes = [
    [{ ...ADA, password: 'fourteen chars' }, 'password'],
    [{ ...ADA, email: 'nobody' }, 'email'],
    [{ ...ADA, name: ' ' }, 'name'],
    [{ password: ADA.password }, 'email'],
  ] as const
  for (const [body, field] of mistakes) {
    const answer = await browser.post(path, body)
    expect([answer.status, answer.json.errors[0].field]).toEqual([422, field])
    expect(answer.text).not.toContain(body.password)
  }
  expect((await browser.post(path, ADA)).status).toBe(200)
})

test('with an authenticator app 8 characters are enough, and recovery codes come once', async () => {
  const { tenantId, path } = await newLink()
  const browser = visitor(house.url)
  const enrolment = (await browser.post(`${path}/totp`, { email: ADA.email })).json
  expect(enrolment.uri).toContain(`secret=${enrolment.secret}`)
  expect(enrolment.qrCode).toMatch(/^data:image\/svg\+xml;base64,/)
  const { enrolmentId } = enrolment
  const wrong = await browser.post(path, { ...SHORT, factor: { enrolmentId, code: '12 345' } })
  expect([wrong.status, wrong.json.errors[0].field]).toEqual([422, 'code'])
  const code = new TOTP({ secret: Secret.fromBase32(enrolment.secret) }).generate()
  const made = await browser.post(path, { ...SHORT, factor: { enrolmentId, code } })
  expect([made.status, made.json.recoveryCodes?.length]).toEqual([200, 10])
  const kept = JSON.stringify(await house.dump('factor_totp'))
  expect(kept).not.toContain(enrolment.secret)
  const again = await visitor(house.url).post('/session', { email: ADA.email, password: SHORT.password })
  expect(again.json).toMatchObject({ next: 'factor', methods: ['totp', 'recovery-code'] })
  const events = JSON.stringify(await searchEvents(house.db, tenantId, { limit: 10 }))
  expect(events).toContain('authenticator app')
  expect(events).not.toContain(enrolment.secret)
})

test('with a passkey too; a challenge is good for one answer', async () => {
  const { path } = await newLink()
  const browser = visitor(house.url)
  const device = authenticator(ORIGIN)
  const { enrolmentId, options } = (await browser.post(`${path}/passkey`, ADA_PERSON)).json
  expect(options).toMatchObject({
    rp: { id: 'localhost' },
    authenticatorSelection: { userVerification: 'required' },
  })
  const credential = device.create(options)
  const factor = { enrolmentId, credential, name: 'Laptop' }
  expect((await browser.post(path, { ...SHORT, password: 'short', factor })).status).toBe(422)
  const made = await browser.post(path, { ...SHORT, factor })
  expect([made.status, made.json.recoveryCodes?.length]).toEqual([200, 10])
  const other = await newLink()
  const replayed = await visitor(house.url).post(other.path, { ...SHORT, factor })
  expect(replayed.status).toBe(403)
})
const ADA_PERSON = { email: ADA.email, name: ADA.name }

test('what was begun behind one link is of no use behind another', async () => {
  const [mine, theirs] = [await newLink(), await newLink()]
  const { enrolmentId, secret } = (await visitor(house.url).post(`${mine.path}/totp`, {})).json
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate()
  expect(
    (await visitor(house.url).post(theirs.path, { ...SHORT, factor: { enrolmentId, code } })).status,
  ).toBe(403)
})

test('what another site sends is refused', async () => {
  const { tenantId, path } = await newLink()
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]
  for (const headers of foreign)
    expect((await visitor(house.url).request('POST', path, ADA, headers)).status).toBe(403)
  expect(await listAdministrators(house.db, tenantId)).toEqual([])
})

test('a link ends after 24 hours, when a newer one is made, and was never good when it is made up', async () => {
  const { tenantId, path } = await newLink()
  await createSetupLink(house.db, tenantId)
  const browser = visitor(house.url)
  expect((await browser.get(path)).status).toBe(404)
  const late = await newLink()
  await ask(house.connection, 'update setup_link set expires_at = now() where tenant_id = $1', [
    late.tenantId,
  ])
  expect((await browser.get(late.path)).status).toBe(404)
  expect((await browser.get('/links/%00')).status).toBe(400)
  expect((await browser.post('/links/made-up', ADA)).status).toBe(404)
})

test('the page at the link has a policy that lets no foreign script in, and no frame around it', async () => {
  const { headers, status } = await house.raw({ method: 'GET', path: '/admin/setup/x', headers: {} })
  expect(status).toBe(200)
  const policy = String(headers['content-security-policy'])
  expect(policy).not.toMatch(/unsafe-inline/)
  expect(policy).toMatch("frame-ancestors 'none'")
  expect([headers['x-content-type-options'], headers['referrer-policy']]).toEqual(['nosniff', 'same-origin'])
})
