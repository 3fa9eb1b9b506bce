// Sessions of users, and what the sign-in pages reveal to strangers. Sessions of administrators are in test/portal. The
// numbers are those of the cases in test/attacks/.
import { createHook } from 'node:async_hooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProvidedIdp } from '../harness.ts'
import { type ApiResponse, callApi, PASSWORD } from '../portal-client.ts'
import { openPeople, type People } from './people.ts'
import { openTraveller } from './traveller.ts'

let people: People
let idp: ProvidedIdp

beforeAll(async () => {
  people = await openPeople()
  idp = await people.connect({ mfa: 'none' })
  await people.provision(idp, 'ada')
})
afterAll(() => people?.close())

const FOREIGN = { origin: 'https://evil.example' }
const home = () => `${people.house.url}/`

test('ses-01: a session that was brought along opens nothing, before and after', async () => {
  const chosen = `dlu_${'0'.repeat(32)}_${'a'.repeat(43)}`
  const traveller = openTraveller()
  traveller.setCookie(home(), '__Host-doorlist', chosen)
  expect((await people.signIn(idp, 'ada', traveller)).page.status).toBe(200)
  expect(traveller.cookie(home(), 'doorlist')).not.toBe(chosen)
  const planted = openTraveller()
  planted.setCookie(home(), '__Host-doorlist', chosen)
  expect((await planted.step('GET', home())).status).toBe(303)
})

test('ses-02: signing out ends the session here, not its cookie alone', async () => {
  const { at } = await people.signIn(idp, 'ada')
  const kept = at.cookie(home(), 'doorlist') ?? ''
  await at.step('POST', `${people.house.url}/sign-out`, {}, { origin: people.house.url })
  const thief = openTraveller()
  thief.setCookie(home(), '__Host-doorlist', kept)
  expect((await thief.step('GET', home())).status).toBe(303)
})

test('a form of a session that has ended says that nothing was changed, and leads into no redirect', async () => {
  const { at } = await people.signIn(idp, 'ada')
  const own = { origin: people.house.url }
  const out = await at.step('POST', `${people.house.url}/sign-out`, {}, own)
  expect([out.status, out.headers.location]).toEqual([200, undefined])
  for (const path of ['/password', '/security/totp', '/sessions/others/end']) {
    const page = await at.step('POST', people.house.url + path, {}, own)
    expect([page.status, page.headers.location], path).toEqual([401, undefined])
    expect(page.text, path).toContain('no longer signed in')
  }
})

test('ses-03: the cookie is for this host alone, over TLS alone, and no script reads it', async () => {
  const traveller = openTraveller()
  const lines: string[] = []
  let step = await traveller.step('GET', `${people.house.url}/sign-in/with/${idp.id}`)
  for (let i = 0; step.headers.location !== undefined && i < 20; i++) {
    lines.push(...(step.headers['set-cookie'] ?? '').split(/,\s*(?=__Host-)/))
    step = await traveller.step('GET', new URL(step.headers.location, step.url).href)
  }
  const [session = ''] = lines.filter((line) => /^__Host-doorlist=/.test(line))
  expect(session).toMatch(/^__Host-doorlist=dlu_[0-9a-f]{32}_[\w-]{43};/)
  for (const flag of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']) expect(session).toContain(flag)
  expect(session).not.toContain('Domain')
})

test('ses-04: what changes something is refused from another site', async () => {
  const { at } = await people.signIn(idp, 'ada')
  for (const path of ['/sign-out', '/sessions/others/end'])
    for (const headers of [FOREIGN, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }])
      expect((await at.step('POST', people.house.url + path, {}, headers)).status, path).toBe(403)
  expect((await at.step('GET', home())).status).toBe(200)
})

test('ses-08: a look ends no session', async () => {
  const { at } = await people.signIn(idp, 'ada')
  for (const path of ['/sign-out', '/sessions/others/end', '/sign-out?_method=POST'])
    expect((await at.step('GET', people.house.url + path)).status).toBe(404)
  expect((await at.step('GET', home())).status).toBe(200)
})

test('ses-09, ses-10, ses-12: pages are not kept, not framed, run nothing, and no other site reads them', async () => {
  const { at } = await people.signIn(idp, 'ada')
  for (const path of ['/', '/sign-in', `/oidc/${idp.id}/callback`]) {
    const { headers } = await at.step('GET', people.house.url + path, undefined, FOREIGN)
    expect(headers['cache-control'], path).toBe('no-store')
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/frame-ancestors 'none'/)
    expect(policy).not.toMatch(/unsafe|script-src/)
    expect([headers['x-content-type-options'], headers['referrer-policy']]).toEqual([
      'nosniff',
      'same-origin',
    ])
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  }
})

test('azn-01: a person’s session opens nothing of the administrators’, by any name of the cookie', async () => {
  const { at } = await people.signIn(idp, 'ada')
  const value = at.cookie(home(), 'doorlist') ?? ''
  expect(value).toMatch(/^dlu_/)
  for (const header of [
    { cookie: `__Host-doorlist=${value}` },
    { cookie: `__Host-doorlist-admin=${value}` },
    { authorization: `Bearer ${value}` },
  ])
    for (const path of ['/me', '/administrators', '/users', '/audit-events'])
      expect((await callApi(people.house.url, 'GET', path, undefined, header)).status, path).toBe(401)
})

test('azn-01: an administrator’s session is no session of a person', async () => {
  const administrator = await people.house.administrator(people.tenantId)
  const value = administrator.cookie.split('=')[1] ?? ''
  const traveller = openTraveller()
  traveller.setCookie(home(), '__Host-doorlist', value)
  expect((await traveller.step('GET', home())).status).toBe(303)
})

/** How often a password is hashed meanwhile: the work that a stopwatch would tell of, counted instead of timed. */
async function hashings(during: () => Promise<void>): Promise<number> {
  let count = 0
  const counter = createHook({
    init: (_id, type) => {
      if (type === 'ARGON2REQUEST') count += 1
    },
  })
  counter.enable()
  await during()
  counter.disable()
  return count
}

/** @returns what the refusal says, but for the number of the request */
async function expectHashed(email: string, who: string): Promise<unknown> {
  let answer: ApiResponse | undefined
  const count = await hashings(async () => {
    answer = await callApi(people.house.url, 'POST', '/session', { email, password: `${PASSWORD}!` })
  })
  expect([answer?.status, count], who).toEqual([401, 1])
  return { ...answer?.json, requestId: undefined }
}

test('log-01: an address that nobody has costs the same work as a wrong password', async () => {
  const { email } = await people.house.administrator(people.tenantId)
  const given = await expectHashed(email, 'a wrong password')
  expect(await expectHashed('nobody@a.example', 'nobody')).toEqual(given)
})
