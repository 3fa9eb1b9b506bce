import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { searchEvents } from '#audit/search.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type Mailer, openMailer } from '#platform/network/mail.ts'
import { type House, openHouse } from '../harness.ts'
import { PASSWORD } from '../portal-client.ts'
import { visitor } from '../visitor.ts'

let house: House
let mailing: House
let mailer: Mailer
let letters: { to: string[]; text: string }[]
const post = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, session, done) {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => {
      const text = Buffer.concat(parts).toString().replace(/=\r\n/g, '').replaceAll('=3D', '=')
      letters.push({ to: session.envelope.rcptTo.map(({ address }) => address), text })
      done()
    })
  },
})

beforeAll(async () => {
  letters = []
  await new Promise<void>((resolve) => post.listen(0, '127.0.0.1', resolve))
  const { port } = post.server.address() as { port: number }
  mailer = openMailer(`smtp://127.0.0.1:${port}`, 'doorlist@acme.example')
  house = await openHouse()
  mailing = await openHouse({ mailer, publicUrl: 'https://doorlist.acme.example' })
})
afterAll(async () => {
  await house.close()
  await mailing.close()
  mailer.close()
  await new Promise<void>((resolve) => post.close(resolve))
})

const tokenIn = (text: string) => /\/(?:invitation|reset)\/(dli_[\w-]+)/.exec(text)?.[1] ?? ''
const letterTo = async (address: string) => {
  for (let n = 0; n < 100; n++) {
    const letter = letters.find(({ to }) => to.includes(address))
    if (letter) return letter
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no letter to ${address}`)
}

const MAIL = { name: 'Bo', password: 'a long enough password' }

test('without mail an invitation is a link that is shown once, works once, and makes the account', async () => {
  const tenantId = await house.tenant('invite')
  const owner = await house.administrator(tenantId)
  const invited = await owner.post('/invitations', { email: 'bo@example.com', role: 'auditor' })
  expect([invited.status, invited.json.link.mailed]).toEqual([201, false])
  const token = tokenIn(invited.json.link.url)
  expect((await owner.get('/invitations')).text).not.toContain(token)
  expect(JSON.stringify(await house.dump('account_link'))).not.toContain(token)
  const twice = await owner.post('/invitations', { email: 'BO@example.com', role: 'admin' })
  expect([twice.status, twice.json.errors[0].field]).toEqual([409, 'email'])
  const browser = visitor(house.url)
  expect((await browser.get(`/links/${token}`)).json).toMatchObject({
    kind: 'invitation',
    email: 'bo@example.com',
    role: 'auditor',
  })
  const accepted = await browser.post(`/links/${token}`, { ...MAIL, email: 'other@example.com' })
  expect(accepted.json.me.administrator).toMatchObject({ email: 'bo@example.com', role: 'auditor' })
  expect((await browser.post(`/links/${token}`, MAIL)).status).toBe(404)
  expect((await owner.get('/invitations')).json.items).toEqual([])
  const taken = await owner.post('/invitations', { email: 'bo@example.com', role: 'admin' })
  expect(taken.status).toBe(409)
  const events = await searchEvents(house.db, tenantId, { limit: 20 })
  expect(events.map(({ action, objectType }) => `${action} ${objectType}`)).toContain('create Invitation')
  expect(JSON.stringify(events)).not.toContain(token)
})

test('an invitation is renewed (the old link is void), revoked, and runs out after 72 hours', async () => {
  const owner = await house.administrator(await house.tenant('renew'))
  const browser = visitor(house.url)
  const { invitation, link } = (await owner.post('/invitations', { email: 'c@example.com', role: 'admin' }))
    .json
  const renewed = (await owner.post(`/invitations/${invitation.id}/renew`)).json
  expect((await browser.get(`/links/${tokenIn(link.url)}`)).status).toBe(404)
  const path = `/links/${tokenIn(renewed.link.url)}`
  expect((await browser.get(path)).status).toBe(200)
  await house.db.run(SYSTEM, sql`update account_link set expires_at = now() where id = ${invitation.id}`)
  expect((await browser.post(path, MAIL)).status).toBe(404)
  const again = (await owner.post(`/invitations/${invitation.id}/renew`)).json
  expect((await owner.delete(`/invitations/${invitation.id}`)).status).toBe(204)
  expect((await browser.post(`/links/${tokenIn(again.link.url)}`, MAIL)).status).toBe(404)
  expect((await owner.post(`/invitations/${invitation.id}/renew`)).status).toBe(404)
})

test('of many who accept one invitation at the same time, one gets the account', async () => {
  const owner = await house.administrator(await house.tenant('race'))
  const { link } = (await owner.post('/invitations', { email: 'd@example.com', role: 'admin' })).json
  const path = `/links/${tokenIn(link.url)}`
  const answers = await Promise.all([1, 2, 3].map(() => visitor(house.url).post(path, MAIL)))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404, 404])
})

test('with mail the invitation goes to its address, under the public URL, and is not shown', async () => {
  const owner = await mailing.administrator(await mailing.tenant('mail'))
  const invited = await owner.post('/invitations', { email: 'eve@example.com', role: 'admin' })
  expect(invited.json.link).toEqual({ mailed: true })
  const { text } = await letterTo('eve@example.com')
  expect(text).toContain('https://doorlist.acme.example/admin/invitation/dli_')
  expect((await visitor(mailing.url).post(`/links/${tokenIn(text)}`, MAIL)).status).toBe(200)
})

test('a forgotten password: the answer is the same for everybody, the link works once, sessions end', async () => {
  const ada = await mailing.administrator(await mailing.tenant('forgot'))
  const browser = visitor(mailing.url)
  const known = await browser.post('/password/forgotten', { email: ada.email })
  const unknown = await browser.post('/password/forgotten', { email: 'nobody@example.com' })
  expect([known.status, unknown.status]).toEqual([202, 202])
  expect(known.text).toBe(unknown.text)
  const token = tokenIn((await letterTo(ada.email)).text)
  expect((await browser.post(`/links/${token}/totp`, {})).status).toBe(403)
  expect((await browser.post(`/links/${token}`, { password: 'short one' })).status).toBe(422)
  expect((await browser.post(`/links/${token}`, { password: 'a brand new long one' })).json).toEqual({
    next: 'sign-in',
  })
  expect([...browser.cookies.keys()]).toEqual(['__Host-doorlist-browser'])
  expect((await ada.get('/me')).status).toBe(401)
  expect((await browser.post(`/links/${token}`, { password: 'another-long-password-1' })).status).toBe(404)
  expect((await browser.post('/session', { email: ada.email, password: PASSWORD })).status).toBe(401)
  const back = await browser.post('/session', { email: ada.email, password: 'a brand new long one' })
  expect(back.status).toBe(200)
  expect(letters.some(({ to }) => to.includes('nobody@example.com'))).toBe(false)
})

test('two addresses in one request are refused, and nothing is mailed', async () => {
  const ada = await mailing.administrator(await mailing.tenant('two-addresses'))
  const browser = visitor(mailing.url)
  for (const email of [[ada.email, 'attacker@evil.example'], `${ada.email},attacker@evil.example`])
    await browser.post('/password/forgotten', { email })
  expect((await browser.post('/password/forgotten', { email: [ada.email] })).status).toBe(400)
  expect(letters.flatMap(({ to }) => to)).not.toContain('attacker@evil.example')
})

test('asking again and again mails no more than three', async () => {
  const ada = await mailing.administrator(await mailing.tenant('again'))
  const browser = visitor(mailing.url)
  const statuses: number[] = []
  for (let n = 0; n < 5; n++)
    statuses.push((await browser.post('/password/forgotten', { email: ada.email })).status)
  expect(statuses).toEqual([202, 202, 202, 429, 429])
})

test('a changed e-mail of a provisioned user mails nobody: users are not administrators', async () => {
  const idp = await mailing.identityProvider()
  const user = await idp.post('/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'ada@example.com',
    emails: [{ value: 'attacker@evil.example', type: 'work', primary: true }],
    roles: [{ value: 'owner', primary: true }],
    password: PASSWORD,
  })
  expect(user.status).toBe(201)
  const browser = visitor(mailing.url)
  expect((await browser.post('/password/forgotten', { email: 'attacker@evil.example' })).status).toBe(202)
  expect((await browser.post('/session', { email: 'ada@example.com', password: PASSWORD })).status).toBe(401)
  expect(
    (await mailing.dump('administrator')).some((row) => JSON.stringify(row).includes('ada@example')),
  ).toBe(false)
  expect(letters.flatMap(({ to }) => to)).not.toContain('attacker@evil.example')
})

async function team(slug: string) {
  const tenantId = await house.tenant(slug)
  const owner = await house.administrator(tenantId, 'owner')
  const admin = await house.administrator(tenantId, 'admin')
  const { items } = (await owner.get('/administrators')).json
  const idOf = (email: string): string =>
    items.find((one: { email: string }) => one.email === email)?.id ?? ''
  return { tenantId, owner, admin, ownerId: idOf(owner.email), adminId: idOf(admin.email) }
}

test('a role changes at once, on the sessions that are open', async () => {
  const { owner, admin, adminId } = await team('roles')
  expect((await admin.post('/api-keys', { name: 'x', role: 'admin' })).status).toBe(403)
  expect((await owner.patch(`/administrators/${adminId}`, { role: 'owner' })).json.role).toBe('owner')
  expect((await admin.post('/api-keys', { name: 'x', role: 'admin' })).status).toBe(201)
  expect((await owner.patch(`/administrators/${adminId}`, { role: 'auditor' })).status).toBe(200)
  expect((await admin.post('/api-keys', { name: 'y', role: 'admin' })).status).toBe(403)
})

test('whoever is disabled or removed is out at once, and disabled comes back when enabled', async () => {
  const { owner, admin, adminId } = await team('disable')
  expect((await owner.patch(`/administrators/${adminId}`, { disabled: true })).status).toBe(200)
  expect((await admin.get('/me')).status).toBe(401)
  const signIn = () => visitor(house.url).post('/session', { email: admin.email, password: PASSWORD })
  expect((await signIn()).status).toBe(401)
  expect((await owner.patch(`/administrators/${adminId}`, { disabled: false })).status).toBe(200)
  expect((await admin.get('/me')).status).toBe(401)
  expect((await signIn()).status).toBe(200)
  expect((await owner.delete(`/administrators/${adminId}`)).status).toBe(204)
  expect((await signIn()).status).toBe(401)
  expect((await owner.delete(`/administrators/${adminId}`)).status).toBe(404)
})

test('the last owner stays, also when two demote each other at the same time', async () => {
  const { owner, ownerId, admin, adminId } = await team('last')
  for (const change of [{ role: 'admin' }, { disabled: true }]) {
    const refused = await owner.patch(`/administrators/${ownerId}`, change)
    expect([refused.status, refused.json.detail]).toEqual([403, expect.stringMatching(/must be an owner/)])
  }
  expect((await owner.delete(`/administrators/${ownerId}`)).status).toBe(403)
  await owner.patch(`/administrators/${adminId}`, { role: 'owner' })
  const both = await Promise.all([
    owner.patch(`/administrators/${adminId}`, { role: 'admin' }),
    admin.patch(`/administrators/${ownerId}`, { role: 'admin' }),
  ])
  expect(both.filter(({ status }) => status === 200)).toHaveLength(1)
  const { items } = (await owner.get('/administrators')).json
  expect(items.filter(({ role }: { role: string }) => role === 'owner')).toHaveLength(1)
})

test('an owner resets the factors of another; a short password is void with them', async () => {
  const { owner, ownerId, admin, adminId } = await team('reset')
  const scope = sql`update administrator set password_is_long = false where id = ${adminId}`
  await house.db.run(SYSTEM, scope)
  expect((await owner.post(`/administrators/${ownerId}/reset-factors`)).status).toBe(403)
  const reset = await owner.post(`/administrators/${adminId}/reset-factors`)
  expect(reset.json).toEqual({ factors: 0, needsPassword: true })
  expect((await admin.get('/me')).status).toBe(401)
  const browser = visitor(house.url)
  expect((await browser.post('/session', { email: admin.email, password: PASSWORD })).status).toBe(401)
  const { url, mailed } = (await owner.post(`/administrators/${adminId}/password-link`)).json
  expect(mailed).toBe(false)
  const path = `/links/${tokenIn(url)}`
  expect((await browser.post(path, { password: 'ten chars!' })).status).toBe(422)
  expect((await browser.post(path, { password: PASSWORD })).status).toBe(200)
  expect((await browser.post('/session', { email: admin.email, password: PASSWORD })).status).toBe(200)
})
