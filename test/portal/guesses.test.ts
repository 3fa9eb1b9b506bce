// Guesses at administrators' passwords and second factors: what stops whoever guesses must not stop the owner of the account.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAdministrator } from '#administrators/administrators.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Mail } from '#platform/network/mail.ts'
import { purgeGuesses, purgeKnownBrowsers } from '#throttle/housekeeping.ts'
import { type House, openHouse } from '../harness.ts'
import { browserIn, type NetworkBrowser } from '../network-browser.ts'
import { PASSWORD } from '../portal-client.ts'

const API = '/api/v1'
const KNOWN = '__Host-doorlist-browser'
const WIDE = 100

let house: House
let tenantId: string
const mails: Mail[] = []
beforeAll(async () => {
  house = await openHouse({ mailer: { send: async (mail) => void mails.push(mail), close: () => {} } })
  tenantId = await house.tenant('acme')
})
afterAll(() => house.close())

let networks = 0
const newNetwork = () => `10.20.${Math.floor(++networks / 250)}.${networks % 250}`
const newBrowser = (network = newNetwork()) => browserIn(house, network)

async function account(
  inTenant = tenantId,
  email = `${crypto.randomUUID()}@example.com`,
  password = PASSWORD,
) {
  const actor = { type: 'system', name: 'test' } as const
  const person = { email, name: 'Ada', role: 'owner', password } as const
  await createAdministrator(house.db, { tenantId: inTenant, actor }, person)
  return email
}

function signIn(browser: NetworkBrowser, email: string, password = PASSWORD, organisation?: string) {
  return browser.post(`${API}/session`, { email, password, ...(organisation && { organisation }) })
}

async function guess(email: string, times: number, network?: string): Promise<number[]> {
  const statuses: number[] = []
  for (let n = 0; n < times; n++)
    statuses.push((await signIn(newBrowser(network), email, `wrong ${n}`)).status)
  return statuses
}

/** As if strangers in many networks had guessed until no more is allowed. */
async function exhaustWideLimit(email: string): Promise<void> {
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  await guess(email, 2)
  await house.db.run(SYSTEM, sql`update sign_in_throttle set tries = ${WIDE} where tries = 2`)
}

test('ten wrong passwords from ten addresses keep nobody out', async () => {
  const email = await account()
  expect(await guess(email, 12)).toEqual(Array(12).fill(401))
  expect((await signIn(newBrowser(), email)).status).toBe(200)
})

test('ten wrong passwords from one address stop that address, and no other', async () => {
  const [email, network] = [await account(), newNetwork()]
  expect(await guess(email, 12, network)).toEqual([...Array(10).fill(401), 429, 429])
  const refused = await signIn(newBrowser(network), email)
  expect([refused.status, refused.json.code]).toEqual([429, 'too-many-requests'])
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect((await signIn(newBrowser(), email)).status).toBe(200)
})

test('a success in one tenant forgets no guesses at an account in another', async () => {
  const own = await house.tenant('attacker')
  const email = await account()
  await account(own, email, 'known to the attacker')
  const network = newNetwork()
  const statuses = new Set<number>()
  for (let round = 0; round < 5; round++) {
    for (const status of await guess(email, 9, network)) statuses.add(status)
    await signIn(newBrowser(network), email, 'known to the attacker')
    await signIn(newBrowser(network), email, 'known to the attacker', 'attacker')
  }
  expect(statuses).toEqual(new Set([401, 429]))
  expect((await signIn(newBrowser(network), email)).status).toBe(429)
})

test('one address in two tenants is two accounts: guesses at one by its tenant leave the other alone', async () => {
  const [one, two] = [await house.tenant('first'), await house.tenant('second')]
  const email = await account(one)
  await account(two, email, 'another long password')
  const network = newNetwork()
  for (let n = 0; n < 12; n++) await signIn(newBrowser(network), email, `wrong ${n}`, 'first')
  expect((await signIn(newBrowser(network), email, PASSWORD, 'first')).status).toBe(429)
  expect((await signIn(newBrowser(network), email, 'another long password', 'second')).status).toBe(200)
})

test('a success forgets the guesses from its own network alone', async () => {
  const email = await account()
  const [here, elsewhere] = [newNetwork(), newNetwork()]
  await guess(email, 9, here)
  await guess(email, 10, elsewhere)
  expect((await signIn(newBrowser(here), email)).status).toBe(200)
  expect(await guess(email, 10, here)).toEqual(Array(10).fill(401))
  expect((await signIn(newBrowser(elsewhere), email)).status).toBe(429)
})

test('an address that nobody has is limited like any other', async () => {
  const known = await account()
  const answers = async (email: string, organisation?: string) => {
    const network = newNetwork()
    const told = []
    for (let n = 0; n < 12; n++) {
      const { status, json } = await signIn(newBrowser(network), email, `wrong ${n}`, organisation)
      told.push([status, json.code, json.title])
    }
    const other = await signIn(newBrowser(network), email, 'wrong', 'elsewhere')
    return [...told, other.status]
  }
  const unknown = `${crypto.randomUUID()}@example.com`
  expect(await answers(known)).toEqual(await answers(unknown))
  expect(await answers(known, 'acme')).toEqual(await answers(unknown, 'acme'))
  await exhaustWideLimit(known)
  const wide = (await signIn(newBrowser(), known)).json
  await exhaustWideLimit(unknown)
  expect((await signIn(newBrowser(), unknown)).json).toEqual({ ...wide, requestId: expect.anything() })
})

test('when strangers use up the wide limit, a browser that was signed in before still signs in', async () => {
  const email = await account()
  const browser = newBrowser()
  expect((await signIn(browser, email)).status).toBe(200)
  await exhaustWideLimit(email)
  expect((await signIn(newBrowser(), email)).status).toBe(429)
  expect((await signIn(browser, email)).status).toBe(200)
  const elsewhere = newBrowser()
  elsewhere.cookies.set(KNOWN, browser.cookies.get(KNOWN) ?? '')
  expect((await signIn(elsewhere, email)).status, 'a laptop that travels').toBe(200)
  const other = await account()
  await exhaustWideLimit(other)
  expect((await signIn(browser, other)).status, 'of this account alone').toBe(429)
})

test('a known browser has a limit of its own, and uses up nobody else’s', async () => {
  const email = await account()
  const [browser, stolen] = [newBrowser(), newBrowser()]
  await signIn(browser, email)
  stolen.cookies.set(KNOWN, browser.cookies.get(KNOWN) ?? '')
  const statuses = []
  for (let n = 0; n < 12; n++) statuses.push((await signIn(stolen, email, `wrong ${n}`)).status)
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
  expect((await signIn(newBrowser(), email)).status).toBe(200)
})

test('the token of a browser is made anew for each, kept as a digest, and opens nothing', async () => {
  const email = await account()
  const [browser, made] = [newBrowser(), newBrowser()]
  const answer = await signIn(browser, email)
  const line = [answer.headers['set-cookie']].flat().find((one) => String(one).startsWith(KNOWN))
  expect(line).toMatch(
    /^__Host-doorlist-browser=dlb_[\w-]{43}; Max-Age=15552000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  )
  const token = browser.cookies.get(KNOWN) ?? ''
  const kept = await house.dump('known_browser')
  const text = kept.map((row) => Object.values(row).map(String).join(' ')).join('\n')
  expect(text).not.toContain(token)
  made.cookies.set(KNOWN, `dlb_${'a'.repeat(43)}`)
  await exhaustWideLimit(email)
  expect((await signIn(made, email)).status, 'one that was made up').toBe(429)
  made.cookies.set(KNOWN, token)
  expect((await made.get(`${API}/me`)).status).toBe(401)
  await signIn(browser, email)
  expect(browser.cookies.get(KNOWN), 'the same browser keeps its token').toBe(token)
})

test('one browser is known for several accounts', async () => {
  const emails = [await account(), await account()]
  const browser = newBrowser()
  for (const email of emails) await signIn(browser, email)
  for (const email of emails) {
    await exhaustWideLimit(email)
    expect((await signIn(browser, email)).status).toBe(200)
  }
})

test('a new password makes every other browser unknown', async () => {
  const email = await account()
  const [browser, other] = [newBrowser(), newBrowser()]
  await signIn(other, email)
  await signIn(browser, email)
  const next = 'a new and long password'
  expect((await browser.put(`${API}/me/password`, { current: PASSWORD, password: next })).status).toBe(200)
  await exhaustWideLimit(email)
  expect((await signIn(other, email, next)).status).toBe(429)
  expect((await signIn(browser, email, next)).status).toBe(200)
})

test('whoever is signed in proves the password again, however much strangers guess', async () => {
  const email = await account()
  const browser = newBrowser()
  await signIn(browser, email)
  browser.cookies.delete(KNOWN)
  await exhaustWideLimit(email)
  expect((await browser.post(`${API}/session/proof`, { password: PASSWORD })).status).toBe(200)
  const statuses = []
  for (let n = 0; n < 12; n++)
    statuses.push((await browser.post(`${API}/session/proof`, { password: `wrong ${n}` })).status)
  expect(statuses).toEqual([...Array(10).fill(422), 429, 429])
  expect((await signIn(newBrowser(), await account())).status).toBe(200)
})

test('many accounts tried from one network stop strangers there, and no browser that is known', async () => {
  const email = await account()
  const network = newNetwork()
  const browser = newBrowser(network)
  await signIn(browser, email)
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  await signIn(newBrowser(network), `${crypto.randomUUID()}@example.com`, 'wrong')
  await house.db.run(SYSTEM, sql`update sign_in_throttle set tries = 60`)
  expect((await signIn(newBrowser(network), await account())).status).toBe(429)
  expect((await signIn(browser, email)).status).toBe(200)
})

function mailsTo(email: string): Mail[] {
  return mails.filter(({ to }) => to === email)
}

const ask = (browser: NetworkBrowser, email: string) => browser.post(`${API}/password/forgotten`, { email })
const linkIn = (mail: Mail | undefined) => /\/admin\/reset\/(\S+)/.exec(mail?.text ?? '')?.[1] ?? ''

test('strangers who ask for a new password fill no mailbox, and void no link that was sent', async () => {
  const email = await account()
  expect((await ask(newBrowser(), email)).status).toBe(202)
  await expect.poll(() => mailsTo(email).length).toBe(1)
  for (let n = 0; n < 5; n++) expect((await ask(newBrowser(), email)).status).toBe(202)
  const owner = newBrowser()
  const next = 'a new and long password'
  expect((await owner.post(`${API}/links/${linkIn(mailsTo(email)[0])}`, { password: next })).status).toBe(200)
  await exhaustWideLimit(email)
  expect((await signIn(owner, email, next)).status, 'the browser of the link is known').toBe(200)
  expect(mailsTo(email)).toHaveLength(1)
})

test('asking again in a known browser mails a new link at once, and an old link is replaced for anybody', async () => {
  const email = await account()
  const browser = newBrowser()
  await signIn(browser, email)
  await ask(newBrowser(), email)
  await expect.poll(() => mailsTo(email).length).toBe(1)
  await ask(browser, email)
  await expect.poll(() => mailsTo(email).length).toBe(2)
  const made = sql`update account_link set expires_at = now() + interval '29 minutes' where email = ${email}`
  await house.db.run(SYSTEM, made)
  await ask(newBrowser(), email)
  await expect.poll(() => mailsTo(email).length).toBe(3)
})

test('a link that an owner handed over stays good when somebody asks for one by mail', async () => {
  const inTenant = await house.tenant('handed')
  const owner = await house.administrator(inTenant, 'owner')
  const email = await account(inTenant)
  const { items } = (await owner.get('/administrators')).json
  const { id } = items.find((one: { email: string }) => one.email === email)
  await owner.post(`/administrators/${id}/password-link`)
  await ask(newBrowser(), email)
  await expect.poll(() => mailsTo(email).length).toBe(2)
  for (const mail of mailsTo(email))
    expect((await newBrowser().get(`${API}/links/${linkIn(mail)}`)).status).toBe(200)
})

test('housekeeping deletes counts that are over, and the oldest ones when there are too many', async () => {
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  await house.db.run(
    SYSTEM,
    sql`insert into sign_in_throttle (subject, tries, started_at)
      select sha256(n::text::bytea), 1, now() - make_interval(secs => n * 60) from generate_series(1, 100) n`,
  )
  const minutesLeft = () =>
    house.db.run<{ count: number; oldest: number }>(
      SYSTEM,
      sql`select count(*)::integer as count, round(extract(epoch from now() - min(started_at)) / 60)::integer as oldest
        from sign_in_throttle`,
    )
  await purgeGuesses(house.db)
  expect((await minutesLeft())[0]?.count).toBeLessThanOrEqual(60)
  await purgeGuesses(house.db, undefined, 10)
  expect(await minutesLeft()).toEqual([{ count: 10, oldest: 10 }])
})

test('a browser that was not used for half a year is forgotten', async () => {
  const email = await account()
  const browser = newBrowser()
  await signIn(browser, email)
  await house.db.run(SYSTEM, sql`update known_browser set last_used_at = now() - interval '181 days'`)
  await exhaustWideLimit(email)
  expect((await signIn(browser, email)).status).toBe(429)
  await purgeKnownBrowsers(house.db)
  expect(await house.dump('known_browser')).toEqual([])
})
