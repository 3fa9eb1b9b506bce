// Whatever was issued to an administrator is void once the account that it was issued for, or the one that issued it, has changed.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { replacePassword } from '#administrators/own-account.ts'
import { createSetupLink } from '#administrators/setup-link.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse } from '../harness.ts'
import { type ApiClient, callApi, PASSWORD } from '../portal-client.ts'
import { type Visitor, visitor } from '../visitor.ts'

const NEXT_PASSWORD = 'another battery of horses'
const THIRD_PASSWORD = 'a third one of many words'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

async function team(slug: string) {
  const tenantId = await house.tenant(slug)
  const [owner, second, admin] = [
    await house.administrator(tenantId, 'owner'),
    await house.administrator(tenantId, 'owner'),
    await house.administrator(tenantId, 'admin'),
  ]
  const { items } = (await owner.get('/administrators')).json
  const idOf = ({ email }: ApiClient): string =>
    items.find((one: { email: string }) => one.email === email)?.id ?? ''
  return { tenantId, owner, second, admin, secondId: idOf(second), adminId: idOf(admin) }
}

function auditContext(tenantId: string) {
  return { tenantId, actor: { type: 'operator', name: 'test' } } as const
}

const tokenIn = ({ url }: { url: string }) => url.split('/').at(-1) ?? ''

async function passwordLink(owner: ApiClient, id: string): Promise<string> {
  return `/links/${tokenIn((await owner.post(`/administrators/${id}/password-link`)).json)}`
}

async function opens(path: string, body: object = { password: THIRD_PASSWORD }): Promise<number> {
  const guest = visitor(house.url)
  const looked = await guest.get(path)
  const used = await guest.post(path, body)
  if (looked.status === 404) expect(used.status).toBe(404)
  return used.status
}

async function signIn(email: string, password = PASSWORD): Promise<Visitor> {
  const browser = visitor(house.url)
  expect((await browser.post('/session', { email, password })).status).toBe(200)
  return browser
}

test('a link to a new password is void when the password was changed by other means', async () => {
  const { tenantId, owner, admin, adminId } = await team('links-password')
  const first = await passwordLink(owner, adminId)
  const own = await signIn(admin.email)
  expect((await own.put('/me/password', { current: PASSWORD, password: NEXT_PASSWORD })).status).toBe(200)
  expect(await opens(first)).toBe(404)
  const second = await passwordLink(owner, adminId)
  await replacePassword(house.db, auditContext(tenantId), { id: adminId, email: admin.email }, PASSWORD)
  expect(await opens(second)).toBe(404)
  expect(await opens(await passwordLink(owner, adminId))).toBe(200)
})

test('a link to a new password is void when the factors were reset, or the account was disabled in between', async () => {
  const { owner, adminId } = await team('links-factors')
  const first = await passwordLink(owner, adminId)
  await house.db.run(SYSTEM, sql`update administrator set password_is_long = false where id = ${adminId}`)
  expect((await owner.post(`/administrators/${adminId}/reset-factors`)).json.needsPassword).toBe(true)
  expect(await opens(first)).toBe(404)
  const second = await passwordLink(owner, adminId)
  await owner.patch(`/administrators/${adminId}`, { disabled: true })
  expect(await opens(second)).toBe(404)
  await owner.patch(`/administrators/${adminId}`, { disabled: false })
  expect(await opens(second)).toBe(404)
  expect(await opens(await passwordLink(owner, adminId))).toBe(200)
})

describe_issuer('removed', (owner, id) => owner.delete(`/administrators/${id}`))
describe_issuer('demoted', (owner, id) => owner.patch(`/administrators/${id}`, { role: 'admin' }))
describe_issuer('disabled', (owner, id) => owner.patch(`/administrators/${id}`, { disabled: true }))

function describe_issuer(
  name: string,
  change: (owner: ApiClient, id: string) => Promise<{ status: number }>,
) {
  test(`what an owner handed out is void once that owner is ${name}`, async () => {
    const { tenantId, owner, second, secondId, adminId } = await team(`issuer-${name}`)
    const { link } = (await second.post('/invitations', { email: 'accomplice@example.com', role: 'owner' }))
      .json
    const kept = (await owner.post('/invitations', { email: 'friend@example.com', role: 'admin' })).json.link
    const reset = await passwordLink(second, adminId)
    expect([200, 204]).toContain((await change(owner, secondId)).status)
    const joined = { name: 'X', password: THIRD_PASSWORD }
    expect(await opens(`/links/${tokenIn(link)}`, joined)).toBe(404)
    expect(await opens(reset)).toBe(404)
    const { items } = (await owner.get('/invitations')).json
    expect(items.map(({ email }: { email: string }) => email)).toEqual(['friend@example.com'])
    expect(await opens(`/links/${tokenIn(kept)}`, joined)).toBe(200)
    const events = await house.db.run<{ name: string }>(
      SYSTEM,
      sql`select object_name as name from audit_event
        where tenant_id = ${tenantId} and object_type = 'Invitation' and action = 'delete'`,
    )
    expect(events).toEqual([{ name: 'accomplice@example.com' }])
    if (name === 'removed') return
    await owner.patch(`/administrators/${secondId}`, { role: 'owner', disabled: false })
    expect(await opens(`/links/${tokenIn(link)}`, joined)).toBe(404)
    expect(await opens(reset)).toBe(404)
  })
}

test('an owner who sends an invitation again answers for it from then on', async () => {
  const { owner, second, secondId } = await team('renewed')
  const { invitation } = (await second.post('/invitations', { email: 'b@example.com', role: 'admin' })).json
  const renewed = (await owner.post(`/invitations/${invitation.id}/renew`)).json
  expect(renewed.invitation.invitedBy).toBe(owner.email)
  expect((await owner.delete(`/administrators/${secondId}`)).status).toBe(204)
  expect(await opens(`/links/${tokenIn(renewed.link)}`, { name: 'B', password: PASSWORD })).toBe(200)
})

test('an API key may never do more than its creator, and ends with them', async () => {
  const { tenantId, owner, second, secondId } = await team('keys')
  const made = (await second.post('/api-keys', { name: 'sync', role: 'admin' })).json
  const kept = (await owner.post('/api-keys', { name: 'kept', role: 'admin' })).json
  const use = (key: string, path = '/groups') =>
    callApi(house.url, 'POST', path, { displayName: crypto.randomUUID() }, { authorization: `Bearer ${key}` })
  const look = (key: string) =>
    callApi(house.url, 'GET', '/administrators', undefined, { authorization: `Bearer ${key}` })
  const list = async () =>
    (await owner.get('/api-keys')).json.items.map((key: { name: string; effectiveRole: string | null }) => [
      key.name,
      key.effectiveRole,
    ])
  expect((await use(made.key)).status).not.toBe(403)
  expect(await list()).toEqual([
    ['kept', 'admin'],
    ['sync', 'admin'],
  ])
  await owner.patch(`/administrators/${secondId}`, { role: 'auditor' })
  const limited = await use(made.key)
  expect([limited.status, limited.json.code]).toEqual([403, 'role'])
  expect((await look(made.key)).status).toBe(200)
  expect(await list()).toContainEqual(['sync', 'auditor'])
  await owner.patch(`/administrators/${secondId}`, { disabled: true })
  expect((await use(made.key)).status).toBe(401)
  expect(await list()).toContainEqual(['sync', null])
  await owner.patch(`/administrators/${secondId}`, { disabled: false, role: 'owner' })
  expect((await use(made.key)).status).not.toBe(401)
  await owner.delete(`/administrators/${secondId}`)
  expect((await use(made.key)).status).toBe(401)
  expect((await use(kept.key)).status).not.toBe(401)
  expect(await list()).toEqual([['kept', 'admin']])
  const events = await house.db.run<{ name: string }>(
    SYSTEM,
    sql`select object_name as name from audit_event
      where tenant_id = ${tenantId} and object_type = 'ApiKey' and action = 'delete'`,
  )
  expect(events).toEqual([{ name: 'sync' }])
})

test('a set-up link is void once there is an owner, however many links were made', async () => {
  const tenantId = await house.tenant('setup')
  const tokens = await Promise.all([1, 2, 3].map(() => createSetupLink(house.db, tenantId)))
  const answers = await Promise.all(
    tokens.map((token, n) =>
      visitor(house.url).post(`/links/${token}`, {
        email: `first-${n}@example.com`,
        name: 'First',
        password: PASSWORD,
      }),
    ),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  const late = await createSetupLink(house.db, tenantId)
  expect(await opens(`/links/${late}`, { email: 'late@example.com', name: 'L', password: PASSWORD })).toBe(
    404,
  )
})

test('a sign-in under way with the old password never gets a session after the change', async () => {
  const { tenantId, adminId, admin } = await team('race')
  let old = PASSWORD
  for (let round = 0; round < 12; round++) {
    const next = `${NEXT_PASSWORD} ${round}`
    const browsers = [visitor(house.url), visitor(house.url), visitor(house.url)]
    const [, ...answers] = await Promise.all([
      replacePassword(house.db, auditContext(tenantId), { id: adminId, email: admin.email }, next),
      ...browsers.map((browser) => browser.post('/session', { email: admin.email, password: old })),
    ])
    expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true)
    for (const browser of browsers) expect((await browser.get('/me')).status, `round ${round}`).toBe(401)
    old = next
    await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  }
})

test('a sign-in that waits for its factor is over when the password or the factors change', async () => {
  const { tenantId, owner, admin, adminId } = await team('waiting')
  const { enrolmentId, secret } = (await admin.post('/me/totp')).json
  const { Secret, TOTP } = await import('otpauth')
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  const at = Date.now()
  const first = await admin.post('/me/factors', {
    enrolmentId,
    code: totp.generate({ timestamp: at - 30_000 }),
  })
  const [code1, code2] = first.json.recoveryCodes
  const waiting = await signIn(admin.email)
  await replacePassword(house.db, auditContext(tenantId), { id: adminId, email: admin.email }, NEXT_PASSWORD)
  expect((await waiting.post('/session/factor', { recoveryCode: code1 })).status).toBe(401)
  const again = await signIn(admin.email, NEXT_PASSWORD)
  await owner.post(`/administrators/${adminId}/reset-factors`)
  expect((await again.post('/session/factor', { recoveryCode: code2 })).status).toBe(401)
})
