// People whose identity provider is this service: invited, signed in by a password, and let back in by mail.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { disableUser, enableUser } from '#directory/administration/portal-users.ts'
import { joinUser } from '#directory/users/join.ts'
import { changeIdentityProvider, setEnabled } from '#identity-providers/change.ts'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { type IdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { sql } from '#platform/database/sql.ts'
import type { Mail } from '#platform/network/mail.ts'
import { purgeUserSignIns } from '#sign-in/housekeeping.ts'
import { type House, openHouse } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { authenticatorApp, hidden, mailOf } from './people.ts'
import { openTraveller, type Page, type Traveller } from './traveller.ts'

const PASSWORD = 'four words that rhyme'
const FOREIGN = { origin: 'https://evil.example' }

let house: House
let administrator: ApiClient
let local: IdentityProvider
const mails: Mail[] = []
beforeAll(async () => {
  house = await openHouse({ mailer: { send: async (mail) => void mails.push(mail), close: () => {} } })
  const tenantId = await house.tenant('acme')
  const actor = { type: 'operator', name: 'test' } as const
  await ensureLocalIdentityProvider(house.db, { tenantId, actor })
  administrator = await house.administrator(tenantId, 'admin')
  const [found] = await listIdentityProviders(house.db, tenantId)
  if (!found) throw new Error('there is no local identity provider')
  local = found
  await change({ mfa: 'none' })
})
afterAll(() => house?.close())

async function change(settings: { mfa: 'none' | 'mandatory' }): Promise<void> {
  local = (await changeIdentityProvider(house.db, auditContext(), local.id, settings)).provider
}

function auditContext() {
  return { tenantId: local.tenantId, actor: { type: 'operator', name: 'test' } } as const
}

function create(name: string): Promise<string> {
  const said = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: name,
    displayName: name,
    emails: [{ value: mailOf(name), primary: true }],
  }
  return house.db.transaction({ tenantId: local.tenantId }, async (tx) => {
    const id = await joinUser(tx, auditContext(), local, said)
    if (id === undefined) throw new Error(`there is a user ${name} already`)
    return id
  })
}

async function invite(id: string): Promise<string> {
  mails.length = 0
  const answer = await administrator.post(`/users/${id}/invitation`, {})
  expect([answer.status, answer.json.link]).toEqual([201, { mailed: true }])
  return linkIn(mails[0])
}

function linkIn(mail: Mail | undefined): string {
  return /https?:\S+/.exec(mail?.text ?? '')?.[0] ?? ''
}

async function choose(link: string, password = PASSWORD, again = password): Promise<Page> {
  const traveller = openTraveller()
  const page = await traveller.get(link)
  const form = { token: hidden(page, 'token'), password, again }
  return traveller.post(`${house.url}/sign-in/password`, form)
}

async function member(name: string): Promise<string> {
  const id = await create(name)
  expect((await choose(await invite(id))).text).toContain('Your password was set')
  return id
}

async function signIn(name: string, password: string, at: Traveller = openTraveller()): Promise<Page> {
  await at.get(`${house.url}/sign-in/with/${local.id}`)
  return at.post(`${house.url}/sign-in/local`, { name, password })
}

test('an invitation leads to a password, once, and the password into the house, by name or address', async () => {
  const id = await create('ada')
  expect((await signIn('ada', '')).status).toBe(401)
  const link = await invite(id)
  expect(mails[0]?.to).toBe(mailOf('ada'))
  expect((await choose(link, 'too short')).status).toBe(422)
  expect((await choose(link, PASSWORD, `${PASSWORD}!`)).status).toBe(422)
  expect((await choose(link)).status).toBe(200)
  expect((await openTraveller().get(link)).status).toBe(404)
  expect((await signIn('ADA', PASSWORD)).text).toContain('Welcome, ada')
  expect((await signIn(mailOf('ada'), PASSWORD)).text).toContain('Welcome, ada')
  const kept = JSON.stringify([await house.dump('user_password'), await house.dump('audit_event')])
  expect(kept).not.toContain(PASSWORD)
  expect(kept).toContain('$argon2id$')
})

test('who planted the cookie of a sign-in under way has nothing of it once somebody proved who they are', async () => {
  await member('planted')
  const at = openTraveller()
  await at.get(`${house.url}/sign-in/with/${local.id}`)
  const planted = at.cookie(house.url, 'doorlist-attempt') ?? ''
  const thief = openTraveller()
  thief.setCookie(house.url, '__Host-doorlist-attempt', planted)
  const form = { name: 'planted', password: PASSWORD }
  expect((await at.step('POST', `${house.url}/sign-in/local`, form)).status).toBe(303)
  expect((await thief.get(`${house.url}/sign-in/next`)).status).toBe(401)
  expect((await at.get(`${house.url}/sign-in/next`)).text).toContain('Welcome, planted')
})

test('a link that is not mailed is there to copy', async () => {
  const id = await create('copied')
  const answer = await administrator.post(`/users/${id}/invitation`, { mail: false })
  expect(answer.json.link.mailed).toBe(false)
  expect((await choose(answer.json.link.url)).status).toBe(200)
})

test('unknown names and wrong passwords are told in the same words, and nobody is let in', async () => {
  await member('known')
  const at = openTraveller()
  const [known, unknown] = [await signIn('known', 'wrong', at), await signIn('nobody', 'wrong', at)]
  const shown = ({ text }: Page) => text.replace(/value="(known|nobody)"/, '')
  expect([known.status, unknown.status]).toEqual([401, 401])
  expect(shown(known)).toBe(shown(unknown))
  expect((await at.step('GET', `${house.url}/`)).headers.location).toBe('/sign-in')
  await house.activity.flush()
  expect(JSON.stringify(await house.dump('activity_event'))).toContain('wrong password')
})

test('guessing is cut off for an account, whatever a header says of where it comes from', async () => {
  await member('guessed')
  const at = openTraveller()
  await at.get(`${house.url}/sign-in/with/${local.id}`)
  const statuses: number[] = []
  for (let n = 0; n < 12; n++) {
    const form = { name: 'guessed', password: `wrong ${n}` }
    const headers = { 'x-forwarded-for': `192.0.2.${n}` }
    statuses.push((await at.post(`${house.url}/sign-in/local`, form, headers)).status)
  }
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
  expect((await signIn('guessed', PASSWORD)).status).toBe(429)
})

test('a password that is forgotten is replaced by mail, and the answer is the same for everybody', async () => {
  await member('forgetful')
  const session = openTraveller()
  await signIn('forgetful', PASSWORD, session)
  mails.length = 0
  const ask = (name: string) =>
    openTraveller().post(
      `${house.url}/sign-in/forgotten`,
      { idp: local.id, name },
      { 'x-forwarded-host': 'evil.example' },
    )
  const answers = [await ask('forgetful'), await ask('nobody')]
  expect(answers[0]?.text).toBe(answers[1]?.text)
  await expect.poll(() => mails.map(({ to }) => to)).toEqual([mailOf('forgetful')])
  const link = linkIn(mails[0])
  expect(link).toContain(`${house.url}/sign-in/password?token=`)
  expect((await choose(link, 'another four words')).status).toBe(200)
  expect((await session.step('GET', `${house.url}/`)).headers.location).toBe('/sign-in')
  expect((await signIn('forgetful', PASSWORD)).status).toBe(401)
  expect((await signIn('forgetful', 'another four words')).text).toContain('Welcome, forgetful')
  const two = `idp=${local.id}&name=forgetful&name=mallory@evil.example`
  const answer = await house.raw({
    method: 'POST',
    path: '/sign-in/forgotten',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: two,
  })
  expect(answer.status).toBe(200)
  expect(mails).toHaveLength(1)
})

test('a person changes their password, and every other session ends', async () => {
  await member('changing')
  const [here, elsewhere] = [openTraveller(), openTraveller()]
  await signIn('changing', PASSWORD, here)
  await signIn('changing', PASSWORD, elsewhere)
  const form = { current: 'wrong', password: 'a new one, and long', again: 'a new one, and long' }
  const url = `${house.url}/password`
  expect((await here.post(url, form)).status).toBe(422)
  expect((await here.step('POST', url, { ...form, current: PASSWORD }, FOREIGN)).status).toBe(403)
  expect((await here.post(url, { ...form, current: PASSWORD })).text).toContain('Your password was changed')
  expect((await here.step('GET', `${house.url}/`)).status).toBe(200)
  expect((await elsewhere.step('GET', `${house.url}/`)).status).toBe(303)
})

test('eight characters are enough with a second factor, and no longer when it is no longer asked for', async () => {
  await change({ mfa: 'mandatory' })
  const id = await create('short')
  const link = await invite(id)
  expect((await choose(link, 'seven77')).status).toBe(422)
  expect((await choose(link, '8 apples')).status).toBe(200)
  const at = openTraveller()
  const page = await signIn('short', '8 apples', at)
  const code = authenticatorApp(page, () => new Date()).code()
  await at.post(`${house.url}/sign-in/enroll`, { method: 'totp', id: hidden(page, 'id'), code })
  expect((await at.get(`${house.url}/sign-in/next`)).text).toContain('Welcome, short')
  await change({ mfa: 'none' })
  expect((await signIn('short', '8 apples')).text).toContain('Choose a password')
})

test('a sign-in that is under way with eight characters begins again when no second factor is asked for any more', async () => {
  await change({ mfa: 'mandatory' })
  await choose(await invite(await create('underway')), '8 apples')
  const at = openTraveller()
  expect((await signIn('underway', '8 apples', at)).text).toContain('Set up your authenticator app')
  await change({ mfa: 'none' })
  expect((await at.get(`${house.url}/sign-in/next`)).text).toContain('name="password"')
  expect((await at.step('GET', `${house.url}/`)).status).toBe(303)
})

test('who is deactivated gets in neither by password nor by a link that is still there', async () => {
  const id = await member('leaver')
  const link = await invite(id)
  await disableUser(house.db, auditContext(), id)
  expect((await signIn('leaver', PASSWORD)).status).toBe(403)
  expect((await openTraveller().get(link)).status).toBe(404)
  expect((await administrator.post(`/users/${id}/invitation`, {})).status).toBe(404)
  await enableUser(house.db, auditContext(), id)
  expect((await openTraveller().get(link)).status).toBe(404)
  expect((await signIn('leaver', PASSWORD)).text).toContain('Welcome, leaver')
})

test('a password of a megabyte is refused without work, and a local identity provider that is off lets nobody in', async () => {
  await member('last')
  expect((await signIn('last', 'a'.repeat(1_000_000))).status).toBe(413)
  const link = await invite(await create('never'))
  await setEnabled(house.db, auditContext(), local.id, false)
  const at = openTraveller()
  expect((await signIn('last', PASSWORD, at)).status).toBe(401)
  expect((await openTraveller().get(link)).status).toBe(404)
  await setEnabled(house.db, auditContext(), local.id, true)
  expect((await signIn('last', PASSWORD)).text).toContain('Welcome, last')
})

test('whoever joins by what was read before the mapping was changed has the profile of the new one', async () => {
  const mapping = [
    { attribute: 'username', source: 'userName' },
    { attribute: 'email', source: 'emails.value' },
    { attribute: 'title', source: 'userName' },
  ]
  await changeIdentityProvider(house.db, auditContext(), local.id, { mapping })
  const id = await create('late') // `local` is as it was
  expect((await administrator.get(`/users/${id}`)).json.profile).toMatchObject({ title: 'late' })
})

test('housekeeping keeps a message an hour longer than it is good, and no longer', async () => {
  const scope = { tenantId: local.tenantId }
  await house.db.run(
    scope,
    sql`insert into used_message (idp_id, message_id, tenant_id, expires_at)
      select ${local.id}, m, ${local.tenantId}, now() - make_interval(mins => m::integer)
      from unnest(array['59', '61']) m returning message_id`,
  )
  await purgeUserSignIns(house.db)
  const kept = await house.db.run<{ id: string }>(scope, sql`select message_id as id from used_message`)
  expect(kept).toEqual([{ id: '59' }])
})
