import { afterAll, expect, test } from 'vitest'
import { openHouse, type ProvidedIdp } from '#test/harness.ts'

const house = await openHouse()
afterAll(() => house.close())

const ask = (remoteAddress: string, fields: Record<string, string>) =>
  house.server.inject({
    method: 'POST',
    url: '/oauth/token',
    remoteAddress,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ grant_type: 'client_credentials', ...fields }).toString(),
  })
const askAs = (address: string, { key, secret }: ProvidedIdp) =>
  ask(address, { client_id: key, client_secret: secret })
const askWrongly = (address: string) => ask(address, { client_id: 'x', client_secret: 'x' })

function statusesOf(answers: { statusCode: number }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { statusCode } of answers) counts[statusCode] = (counts[statusCode] ?? 0) + 1
  return counts
}

test('after a hundred failures an address must wait, and others need not', async () => {
  const idp = await house.identityProvider()
  const failures = await Promise.all(Array.from({ length: 110 }, () => askWrongly('203.0.113.1')))
  // One comes back every three seconds; a slow machine may see the first of them.
  const { 401: failed = 0, 429: refused = 0 } = statusesOf(failures)
  expect(failed + refused).toBe(110)
  expect(failed).toBeGreaterThanOrEqual(100)
  expect(failed).toBeLessThan(105)
  const refusal = failures.find(({ statusCode }) => statusCode === 429)
  expect(Number(refusal?.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect(refusal?.json()).toEqual({ error: 'temporarily_unavailable', error_description: expect.any(String) })
  expect((await askAs('203.0.113.2', idp)).statusCode).toBe(200)
})

test('an IPv6 site has one budget for all its addresses', async () => {
  const sites = Array.from({ length: 110 }, (_, i) => askWrongly(`2001:db8:0:1::${(i + 1).toString(16)}`))
  expect(statusesOf(await Promise.all(sites))[429]).toBeGreaterThan(0)
  expect((await askWrongly('2001:db8:0:2::1')).statusCode).toBe(401)
})

test('what succeeds, and what is refused for other reasons, is not counted', async () => {
  const idp = await house.identityProvider()
  for (let i = 0; i < 130; i++) {
    expect((await askAs('203.0.113.3', idp)).statusCode).toBe(200)
    expect(
      (await ask('203.0.113.3', { client_id: idp.key, client_secret: idp.secret, scope: 'x' })).statusCode,
    ).toBe(400)
  }
})

test('a client that was right lately goes on beside one that is set up wrongly, in the same network', async () => {
  const [idp, other] = [await house.identityProvider(), await house.identityProvider()]
  const network = '203.0.113.4'
  expect((await askAs(network, idp)).statusCode).toBe(200)
  await Promise.all(Array.from({ length: 130 }, () => askWrongly(network)))
  const wrong = { client_id: idp.key, client_secret: other.secret }
  await Promise.all(Array.from({ length: 130 }, () => ask(network, wrong)))
  expect((await ask(network, wrong)).statusCode).toBe(429)
  expect((await askAs(network, idp)).statusCode).toBe(200)
  expect((await askAs(network, other)).statusCode).toBe(200)
})
