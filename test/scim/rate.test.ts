import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { openHouse, type ProvidedIdp } from '#test/harness.ts'

const RATE = 25
const BURST = 125

const house = await openHouse({ ratePerSecond: RATE })
afterAll(() => house.close())

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'
const ask = (idp: ProvidedIdp) => idp.get(`/Users/${crypto.randomUUID()}`)

test('one that floods is told to wait, in the words of SCIM, and is served again after it', async () => {
  const idp = await house.identityProvider()
  const answers = await Promise.all(Array.from({ length: 2 * BURST }, () => ask(idp)))
  const served = answers.filter(({ status }) => status === 404)
  const refused = answers.filter(({ status }) => status === 429)
  expect(served.length + refused.length).toBe(2 * BURST)
  expect(served.length).toBeGreaterThanOrEqual(BURST)
  expect(refused.length).toBeGreaterThan(0)
  for (const { headers, json } of refused) {
    expect(headers['content-type']).toMatch(/^application\/scim\+json/)
    expect(headers['retry-after']).toMatch(/^[1-9]\d*$/)
    expect(json).toEqual({ schemas: [ERROR], status: '429', detail: expect.any(String) })
  }
  await sleep(Number(refused[0]?.headers['retry-after']) * 1_000)
  expect((await ask(idp)).status).toBe(404)
})

test('the others are served while one floods', async () => {
  const [noisy, quiet] = [await house.identityProvider(), await house.identityProvider()]
  const flood = { ends: false, refused: 0 }
  const flooding = Array.from({ length: 8 }, async () => {
    while (!flood.ends) if ((await ask(noisy)).status === 429) flood.refused++
  })
  // Only from where the flood has used up what it may take at once.
  while (flood.refused === 0) await sleep(10)
  for (let i = 0; i < 50; i++) expect((await ask(quiet)).status).toBe(404)
  flood.ends = true
  await Promise.all(flooding)
  expect(flood.refused).toBeGreaterThan(50)
})

test('nobody spends the tokens of an identity provider without its credentials', async () => {
  const idp = await house.identityProvider()
  expect((await ask(idp)).status).toBe(404)
  const wrong = { authorization: `Bearer dlt_${'x'.repeat(43)}` }
  const strangers = await Promise.all(Array.from({ length: 2 * BURST }, () => idp.get('/Users', wrong)))
  // Wrong credentials have a limit of their own for each network; those that were right before are not subject to it.
  expect(new Set(strangers.map(({ status }) => status))).toEqual(new Set([401, 429]))
  expect((await ask(idp)).status).toBe(404)
})

test('a change that was shed is not told of in the audit log', async () => {
  const idp = await house.identityProvider()
  const answers = await Promise.all(
    Array.from({ length: 2 * BURST }, () => idp.delete(`/Users/${crypto.randomUUID()}`)),
  )
  const refused = answers.filter(({ status }) => status === 404)
  expect(await idp.events()).toHaveLength(refused.length)
})
