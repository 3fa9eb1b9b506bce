// Codes that are sent, by mail and as text messages, and passkeys: what else a person can prove themselves with.
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { openFetch } from '#platform/network/fetch.ts'
import { openMailer } from '#platform/network/mail.ts'
import { openSms } from '#platform/network/sms.ts'
import { authenticator } from '../authenticator.ts'
import type { ProvidedIdp } from '../harness.ts'
import { hidden, mailOf, openPeople, type People, passkeyOptions, recoveryCodesOf } from './people.ts'
import type { Traveller } from './traveller.ts'

const SECRET = 'a secret that the webhook and we share'
const HOST = 'http://localhost:8080'

let people: People
let idp: ProvidedIdp
const mails: { to: string; text: string }[] = []
const messages: { to: string; text: string }[] = []
let isDown = false

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, session, done) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map(({ address }) => address).join()
      mails.push({ to, text: Buffer.concat(chunks).toString() })
      done()
    })
  },
})
const webhook = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString()
    const [, seconds, mac] = /^t=(\d+),v1=(\w+)$/.exec(String(request.headers['doorlist-signature'])) ?? []
    const isOurs = mac === createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex')
    if (isOurs && !isDown) messages.push(JSON.parse(body))
    response.writeHead(isOurs && !isDown ? 202 : 500).end()
  })
})

beforeAll(async () => {
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve))
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port
  const fetch = openFetch({ allowPrivateNetworks: ['127.0.0.0/8'] })
  people = await openPeople({
    mailer: openMailer(`smtp://127.0.0.1:${portOf(smtp.server)}`, 'door@example.com'),
    sms: openSms({
      url: `http://127.0.0.1:${portOf(webhook)}/sms`,
      secret: SECRET,
      fetch,
      clock: systemClock,
    }),
  })
  idp = await people.connect({ mfa: 'mandatory', mfaMethods: ['passkey', 'email', 'phone'] })
})
afterAll(async () => {
  await people?.close()
  smtp.close()
  webhook.close()
})
beforeEach(() => {
  mails.length = 0
  messages.length = 0
  people.publicUrl = undefined
})

const withMail = (name: string) => ({ emails: [{ value: mailOf(name), primary: true }] })

function codeIn(text: string | undefined): string {
  return /\b(\d{6})\b/.exec(text?.replace(/^Subject:.*$/m, '') ?? '')?.[1] ?? ''
}

async function askForCode(at: Traveller, method: string, more: Record<string, string> = {}) {
  return people.post(at, '/sign-in/code', { method, ...more })
}

test('a code by mail is enrolled with a first one, and asked for at the next sign-in', async () => {
  await people.provision(idp, 'ada', withMail('ada'))
  const { at, page } = await people.signIn(idp, 'ada')
  expect(page.text).toContain('We’ll send a code to a…@example.com')
  await askForCode(at, 'email')
  expect(mails.map(({ to }) => to)).toEqual([mailOf('ada')])
  const code = codeIn(mails[0]?.text)
  expect(JSON.stringify(await people.house.dump('user_code'))).not.toContain(code)
  const done = await people.post(at, '/sign-in/enroll', { method: 'email', code })
  expect(recoveryCodesOf(done)).toHaveLength(10)

  const next = await people.signIn(idp, 'ada')
  expect(next.page.text).toContain('We can send a code to a…@example.com')
  expect((await askForCode(next.at, 'email')).text).toContain('Code sent to a…@example.com')
  const answer = { method: 'email', code: codeIn(mails[1]?.text) }
  const other = await people.signIn(idp, 'ada')
  expect((await people.post(other.at, '/sign-in/challenge', answer)).status).toBe(401)
  expect((await people.post(next.at, '/sign-in/challenge', answer)).text).toContain('Welcome, ada')
})

test('a code by mail is good for sixty seconds, and void once another one was sent', async () => {
  await people.provision(idp, 'late', withMail('late'))
  const { at } = await people.signIn(idp, 'late')
  await askForCode(at, 'email')
  const [kept] = await people.house.db.run<{ seconds: number }>(
    SYSTEM,
    sql`select extract(epoch from c.expires_at - now())::integer as seconds from user_code c
      join user_attempt a on a.id = c.attempt_id where a.user_id = (select id from directory_user where user_name = ${mailOf('late')})`,
  )
  expect(kept?.seconds).toBeLessThanOrEqual(60)
  await askForCode(at, 'email')
  const [first, second] = mails.map(({ text }) => codeIn(text))
  expect((await people.post(at, '/sign-in/enroll', { method: 'email', code: first ?? '' })).status).toBe(422)
  await people.house.db.run(SYSTEM, sql`update user_code set expires_at = now()`)
  expect((await people.post(at, '/sign-in/enroll', { method: 'email', code: second ?? '' })).status).toBe(422)
})

test('at most five codes are sent to a person within an hour', async () => {
  await people.provision(idp, 'many', withMail('many'))
  const statuses: number[] = []
  for (let n = 0; n < 7; n++) {
    const { at } = await people.signIn(idp, 'many')
    statuses.push((await askForCode(at, 'email')).status)
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429])
  expect(mails).toHaveLength(5)
})

test('five wrong codes lock, and the right one is refused then', async () => {
  await people.provision(idp, 'guess', withMail('guess'))
  const { at } = await people.signIn(idp, 'guess')
  await askForCode(at, 'email')
  const code = codeIn(mails[0]?.text)
  const wrong = code === '000000' ? '000001' : '000000'
  for (let n = 0; n < 5; n++)
    expect((await people.post(at, '/sign-in/enroll', { method: 'email', code: wrong })).status).toBe(422)
  expect((await people.post(at, '/sign-in/enroll', { method: 'email', code })).status).toBe(429)
})

test('a text message goes to the number that the person gave, through the signed webhook', async () => {
  await people.provision(idp, 'grace')
  const { at, page } = await people.signIn(idp, 'grace')
  expect(page.text).not.toContain('by email')
  expect((await askForCode(at, 'phone', { number: '12' })).status).toBe(422)
  await askForCode(at, 'phone', { number: '+81 90-1234-5678' })
  expect(messages[0]?.to).toBe('+819012345678')
  const code = codeIn(messages[0]?.text)
  expect((await people.post(at, '/sign-in/enroll', { method: 'phone', code })).status).toBe(200)
  const next = await people.signIn(idp, 'grace')
  expect(next.page.text).toContain('the phone number ending in 78')
  await askForCode(next.at, 'phone', { number: '+15550100000' })
  expect(messages[1]?.to).toBe('+819012345678')
  const answer = { method: 'phone', code: codeIn(messages[1]?.text) }
  expect((await people.post(next.at, '/sign-in/challenge', answer)).text).toContain('Welcome, grace')
})

test('where the webhook does not take the message, the page says so', async () => {
  await people.provision(idp, 'unlucky', { phoneNumbers: [{ value: '+44 20 7946 0958', primary: true }] })
  const { at } = await people.signIn(idp, 'unlucky')
  isDown = true
  const page = await askForCode(at, 'phone')
  isDown = false
  expect([page.status, page.text]).toEqual([403, expect.stringContaining('could not be sent')])
})

async function withPasskey(name: string) {
  people.publicUrl = undefined
  await people.provision(idp, name)
  const { at } = await people.signIn(idp, name)
  people.publicUrl = HOST
  const device = authenticator(HOST)
  const page = await at.get(`${people.house.url}/sign-in/next?method=passkey`)
  const credential = JSON.stringify(device.create(passkeyOptions(page)))
  const done = await people.post(at, '/sign-in/enroll', {
    method: 'passkey',
    id: hidden(page, 'id'),
    credential,
  })
  expect(recoveryCodesOf(done)).toHaveLength(10)
  return { at, device }
}

async function asked(name: string) {
  people.publicUrl = undefined
  const { at } = await people.signIn(idp, name)
  people.publicUrl = HOST
  const page = await at.get(`${people.house.url}/sign-in/next?method=passkey`)
  return { at, page, id: hidden(page, 'id') }
}

test('a passkey is made and shown, with our script alone, and another way beside it', async () => {
  const { device } = await withPasskey('linus')
  const { at, page, id } = await asked('linus')
  expect(String(page.headers['content-security-policy'])).toContain("script-src 'self'")
  expect(page.text).toContain('?method=recovery')
  const script = await at.get(`${people.house.url}/sign-in/passkey.js`)
  expect([script.status, script.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8'])
  const credential = JSON.stringify(device.get(passkeyOptions(page)))
  const home = await people.post(at, '/sign-in/challenge', { method: 'passkey', id, credential })
  expect(home.text).toContain('Welcome, linus')
})

test('a passkey counts at this origin, with the person verified, for its challenge once, and for its owner', async () => {
  const { device } = await withPasskey('owner')
  const { device: stranger } = await withPasskey('stranger')
  for (const answer of [
    (options: { challenge: string }) => device.get(options, { origin: 'http://localhost.evil.example' }),
    (options: { challenge: string }) => device.get(options, { verified: false }),
    (options: { challenge: string }) => stranger.get(options),
  ]) {
    const { at, page, id } = await asked('owner')
    const credential = JSON.stringify(answer(passkeyOptions(page)))
    const refused = await people.post(at, '/sign-in/challenge', { method: 'passkey', id, credential })
    expect(refused.status).toBe(401)
    await people.house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  }
  const { at, page, id } = await asked('owner')
  const other = await asked('owner')
  const right = { method: 'passkey', credential: JSON.stringify(device.get(passkeyOptions(page))) }
  expect((await people.post(other.at, '/sign-in/challenge', { ...right, id })).status).toBe(403)
  expect((await people.post(at, '/sign-in/challenge', { ...right, id })).status).toBe(200)
  expect((await people.post(other.at, '/sign-in/challenge', { ...right, id: other.id })).status).toBe(401)
  expect((await people.post(other.at, '/sign-in/challenge', { ...right, id })).status).toBe(403)
})

test.each([
  ['NUL', 'a\0'],
  ['half a surrogate pair', '\ud800'],
  ['an object', {}],
  ['a number', 1e308],
  ['20 kB', 'x'.repeat(15_000)],
])('a passkey whose id is %s is nobody’s', async (name, strange) => {
  const { device } = await withPasskey(`strange-${name.length}`)
  const { at, page, id } = await asked(`strange-${name.length}`)
  const answer = { ...device.get(passkeyOptions(page)), id: strange }
  const form = { method: 'passkey', id, credential: JSON.stringify(answer) }
  expect((await people.post(at, '/sign-in/challenge', form)).status).toBe(401)
  await people.house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
})

test.each(['usb', ['usb', '\0', 7, null], [['usb']], {}, 1e308])(
  'a passkey whose browser says that it is reached by %j is enrolled all the same',
  async (transports) => {
    people.publicUrl = undefined
    const name = `reached-${JSON.stringify(transports).length}-${typeof transports}`
    await people.provision(idp, name)
    const { at } = await people.signIn(idp, name)
    people.publicUrl = HOST
    const page = await at.get(`${people.house.url}/sign-in/next?method=passkey`)
    const made = authenticator(HOST).create(passkeyOptions(page)) as { response: object }
    const credential = JSON.stringify({ ...made, response: { ...made.response, transports } })
    const done = await people.post(at, '/sign-in/enroll', {
      method: 'passkey',
      id: hidden(page, 'id'),
      credential,
    })
    expect(recoveryCodesOf(done)).toHaveLength(10)
  },
)

test('a passkey of a person opens no account of an administrator', async () => {
  const { device } = await withPasskey('climber')
  const question = await people.house.raw({ method: 'POST', path: '/api/v1/session/passkey/question' })
  const { ceremonyId, options } = JSON.parse(question.text)
  const answer = await people.house.raw({
    method: 'POST',
    path: '/api/v1/session/passkey',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ceremonyId, credential: device.get(options) }),
  })
  expect(answer.status).toBe(401)
})
