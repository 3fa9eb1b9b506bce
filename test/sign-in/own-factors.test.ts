// A person's own second factors: a second one added, one removed, recovery codes anew, each after a fresh proof.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { authenticator } from '../authenticator.ts'
import type { ProvidedIdp } from '../harness.ts'
import {
  authenticatorApp,
  hidden,
  openPeople,
  type People,
  passkeyOptions,
  recoveryCodesOf,
} from './people.ts'
import type { Page, Traveller } from './traveller.ts'

const HOST = 'http://localhost'

let people: People
let idp: ProvidedIdp
let relaxed: ProvidedIdp
beforeAll(async () => {
  people = await openPeople()
  idp = await people.connect({ mfa: 'mandatory', mfaMethods: ['totp', 'passkey'], rememberDeviceDays: 7 })
  relaxed = await people.connect({ mfa: 'none' })
})
afterAll(() => people?.close())
beforeEach(() => {
  people.now = new Date()
})

async function enrolled(name: string) {
  await people.provision(idp, name)
  const { at, page } = await people.signIn(idp, name)
  const app = authenticatorApp(page, () => people.now)
  const form = { method: 'totp', id: hidden(page, 'id'), code: app.code(), remember: 'yes' }
  const recoveryCodes = recoveryCodesOf(await people.post(at, '/sign-in/enroll', form))
  await at.get(`${people.house.url}/sign-in/next`)
  people.now = new Date(people.now.getTime() + 30_000)
  return { at, app, recoveryCodes }
}

const see = (at: Traveller, path: string) => at.get(people.house.url + path)

function later(minutes: number): void {
  people.now = new Date(people.now.getTime() + minutes * 60_000)
}

async function addPasskey(at: Traveller, name = 'Work laptop') {
  const url = people.publicUrl
  people.publicUrl = HOST
  const page = await see(at, '/security/passkey')
  const device = authenticator(HOST)
  const credential = JSON.stringify(device.create(passkeyOptions(page)))
  const done = await people.post(at, '/security/passkey', { id: hidden(page, 'id'), credential, name })
  people.publicUrl = url
  return done
}

function removeLink({ text }: Page): string {
  return /\/security\/remove\?factor=[0-9a-f-]{36}/.exec(text)?.[0] ?? ''
}

test('a second factor is added beside the first, and then either can be removed, but never the last', async () => {
  const { at } = await enrolled('ada')
  const before = await see(at, '/security')
  expect(before.text).toContain('This is your only factor')
  expect(before.text).not.toContain('/security/remove')
  expect((await people.post(at, '/security/remove', { factor: 'totp' })).status).toBe(403)
  expect((await addPasskey(at)).text).toContain('<strong>Work laptop</strong>')
  const both = await see(at, '/security')
  expect(both.text).not.toContain('This is your only factor')
  const asked = await see(at, removeLink(both))
  expect(asked.text).toContain('Remove Work laptop?')
  const left = await people.post(at, '/security/remove', { factor: hidden(asked, 'factor') })
  expect(left.text).not.toContain('Work laptop')
  expect(left.text).toContain('This is your only factor')
  const { json } = await (await people.administrator()).get('/audit-events?objectType=Factor')
  const actions = json.items.map((one: { action: string; actor: object }) => [one.action, one.actor])
  expect(actions[0]).toEqual(['delete', expect.objectContaining({ type: 'user', name: 'ada@example.com' })])
})

test('removing a factor forgets the browsers that were remembered', async () => {
  const { at } = await enrolled('grace')
  await addPasskey(at)
  expect(await people.house.dump('user_device')).toHaveLength(1 + (await devicesBefore('grace')))
  await people.post(at, '/security/remove', { factor: 'totp' })
  expect(await people.house.dump('user_device')).toHaveLength(await devicesBefore('grace'))
})

/** Of everybody else. */
async function devicesBefore(name: string): Promise<number> {
  const rows = await people.house.db.run(
    SYSTEM,
    sql`select d.digest from user_device d join directory_user u on u.id = d.user_id
      where u.user_name <> ${`${name}@example.com`}`,
  )
  return rows.length
}

test('an authenticator app is added by a code that it shows; a wrong one keeps the key on the page', async () => {
  const { at } = await enrolled('linus')
  await addPasskey(at)
  await people.post(at, '/security/remove', { factor: 'totp' })
  const page = await see(at, '/security/totp')
  const app = authenticatorApp(page, () => people.now)
  const wrong = await people.post(at, '/security/totp', { id: hidden(page, 'id'), code: '000000' })
  expect(wrong.status).toBe(422)
  expect(authenticatorApp(wrong, () => people.now).secret).toBe(app.secret)
  const done = await people.post(at, '/security/totp', { id: hidden(wrong, 'id'), code: app.code() })
  expect(done.text).toContain('<strong>Authenticator app</strong>')
  const twice = await see(at, '/security/totp')
  const second = authenticatorApp(twice, () => people.now)
  const refused = await people.post(at, '/security/totp', { id: hidden(twice, 'id'), code: second.code() })
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('already')])
})

test('new recovery codes take the place of the old ones', async () => {
  const { at, recoveryCodes } = await enrolled('barbara')
  const codes = recoveryCodesOf(await people.post(at, '/security/recovery-codes', {}))
  expect(codes).toHaveLength(10)
  later(1)
  const again = await people.signIn(idp, 'barbara')
  const [old = ''] = recoveryCodes
  const refused = await people.post(again.at, '/sign-in/challenge', { method: 'recovery', code: old })
  expect(refused.status).toBe(401)
  const [fresh = ''] = codes
  const done = await people.post(again.at, '/sign-in/challenge', { method: 'recovery', code: fresh })
  expect(done.text).toContain('Welcome, barbara')
  expect((await see(again.at, '/security')).text).toContain('You have 9 codes left.')
})

test('ten minutes after the proof nothing changes before a new one, remembered browser or not', async () => {
  const { at, app } = await enrolled('edsger')
  await addPasskey(at)
  later(11)
  const page = await see(at, '/security/totp')
  expect(page.status).toBe(401)
  for (const [path, form] of [
    ['/security/remove', { factor: 'totp' }],
    ['/security/recovery-codes', {}],
  ] as const)
    expect((await people.post(at, path, form)).status).toBe(401)
  const [, link = ''] = /href="(\/sign-in\/with\/[^"]+)"/.exec(page.text) ?? []
  people.now = new Date()
  const asked = await see(at, link.replaceAll('&amp;', '&'))
  expect(asked.text).toContain('Verify your identity') // in a browser that is remembered
  later(1)
  const back = await people.post(at, '/sign-in/challenge', { method: 'totp', code: app.code() })
  expect(back.url).toBe(`${people.house.url}/security/totp`)
  expect(back.text).toContain('Add an authenticator app')
})

test('a form of another site, an ended session and a factor of somebody else change nothing', async () => {
  const { at } = await enrolled('victim')
  await addPasskey(at)
  const [passkey = ''] = /[0-9a-f-]{36}/.exec(removeLink(await see(at, '/security'))) ?? []
  const stranger = await enrolled('stranger')
  await addPasskey(stranger.at)
  const foreign = { origin: 'https://evil.example' }
  const url = `${people.house.url}/security/remove`
  expect((await at.post(url, { factor: 'totp' }, foreign)).status).toBe(403)
  expect((await people.post(stranger.at, '/security/remove', { factor: passkey })).status).toBe(404)
  expect((await people.post(stranger.at, '/security/remove', { factor: 'x' })).status).toBe(404)
  expect((await see(at, '/security')).text).toContain('Work laptop')
  await people.house.db.run(SYSTEM, sql`delete from user_session`)
  const gone = await at.step('POST', url, { factor: 'totp' })
  expect([gone.status, gone.headers.location]).toEqual([401, undefined])
})

test('where no factor is asked for, there is nothing to set up', async () => {
  await people.provision(relaxed, 'free')
  const { at } = await people.signIn(relaxed, 'free')
  const page = await see(at, '/security')
  expect(page.text).toContain('doesn’t ask for a second factor here')
  expect((await see(at, '/security/totp')).url).toBe(`${people.house.url}/security`)
})
