// Programs that try wrong credentials, at the SCIM endpoint and the portal's API; test/oauth/throttle.test.ts has the token endpoint.
import { afterAll, expect, test } from 'vitest'
import { openAuthenticator } from '#identity-providers/credentials/authenticate.ts'
import { newToken } from '#identity-providers/credentials/tokens.ts'
import { systemClock } from '#platform/clock.ts'
import { openHouse, type ProvidedIdp } from '#test/harness.ts'

const house = await openHouse()
afterAll(() => house.close())

let networks = 0
const newNetwork = () => `198.51.100.${++networks}`

function ask(remoteAddress: string, url: string, token: string) {
  const headers = { authorization: `Bearer ${token}` }
  return house.server.inject({ method: 'GET', url, remoteAddress, headers })
}
const askScim = (network: string, { id }: Pick<ProvidedIdp, 'id'>, token: string) =>
  ask(network, `/scim/v2/${id}/Users?count=1`, token)

/** As somebody who guesses: each token is another, and well formed. */
function guess(network: string, idp: Pick<ProvidedIdp, 'id'>, times = 130) {
  return Promise.all(Array.from({ length: times }, () => askScim(network, idp, newToken('token'))))
}

test('a network that tries many wrong SCIM credentials must wait, and is told how long', async () => {
  const idp = await house.identityProvider()
  const network = newNetwork()
  const answers = await guess(network, idp)
  // One try comes back every three seconds; a slow machine may see the first of them.
  expect(answers.filter(({ statusCode }) => statusCode === 401).length).toBeLessThan(115)
  const refusal = answers.find(({ statusCode }) => statusCode === 429)
  expect(Number(refusal?.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect(refusal?.json()).toMatchObject({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '429',
  })
  expect((await askScim(newNetwork(), idp, idp.token)).statusCode).toBe(200)
})

test('text that is no credential at all is limited too', async () => {
  const idp = await house.identityProvider()
  const network = newNetwork()
  const answers = await Promise.all(Array.from({ length: 130 }, () => askScim(network, idp, 'nonsense')))
  expect(answers.filter(({ statusCode }) => statusCode === 429).length).toBeGreaterThan(10)
})

test('a client whose credentials were right lately goes on beside one that is set up wrongly', async () => {
  const [idp, wrong] = [await house.identityProvider(), await house.identityProvider()]
  const network = newNetwork()
  expect((await askScim(network, idp, idp.token)).statusCode).toBe(200)
  await guess(network, wrong)
  await guess(network, idp)
  for (let n = 0; n < 5; n++) expect((await askScim(network, idp, idp.token)).statusCode).toBe(200)
})

test('credentials that live are let in from a network that floods their own identity provider, at their first use too', async () => {
  const idp = await house.identityProvider()
  const network = newNetwork()
  await guess(network, idp)
  // Which credentials live is read every two seconds, and these were made just now.
  const soon = { timeout: 10_000 }
  await expect.poll(async () => (await askScim(network, idp, idp.token)).statusCode, soon).toBe(200)
  const basic = `Basic ${Buffer.from(`${idp.key}:${idp.secret}`).toString('base64')}`
  const headers = { authorization: basic }
  const url = `/scim/v2/${idp.id}/Users?count=1`
  expect(
    (await house.server.inject({ method: 'GET', url, remoteAddress: network, headers })).statusCode,
  ).toBe(200)
  const askToken = (remoteAddress: string, secret: string) =>
    house.server.inject({
      method: 'POST',
      url: '/oauth/token',
      remoteAddress,
      payload: { grant_type: 'client_credentials', client_id: idp.key, client_secret: secret },
    })
  await Promise.all(Array.from({ length: 130 }, () => askToken(network, newToken('secret'))))
  await expect.poll(async () => (await askToken(network, idp.secret)).statusCode, soon).toBe(200)
})

test('wrong credentials for one identity provider keep nobody from another, in the same network', async () => {
  const [idp, wrong] = [await house.identityProvider(), await house.identityProvider()]
  const network = newNetwork()
  await guess(network, wrong)
  expect((await askScim(network, idp, idp.token)).statusCode).toBe(200)
})

test('the first requests of a client may come side by side', async () => {
  const idp = await house.identityProvider()
  const network = newNetwork()
  const answers = await Promise.all(Array.from({ length: 150 }, () => askScim(network, idp, idp.token)))
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
})

test('an access token made just now works in a network that is limited', async () => {
  const idp = await house.identityProvider()
  const network = newNetwork()
  const askToken = () =>
    house.server.inject({
      method: 'POST',
      url: '/oauth/token',
      remoteAddress: network,
      payload: { grant_type: 'client_credentials', client_id: idp.key, client_secret: idp.secret },
    })
  await guess(network, idp)
  const { access_token } = (await askToken()).json()
  expect((await askScim(network, idp, access_token)).statusCode).toBe(200)
})

test('beyond the limit the database is not asked', async () => {
  const idp = await house.identityProvider()
  let asked = 0
  const watched = {
    ...house.db,
    run: ((...args: Parameters<typeof house.db.run>) => {
      asked++
      return house.db.run(...args)
    }) as typeof house.db.run,
  }
  const authenticator = openAuthenticator(watched, systemClock)
  const attempts = Array.from({ length: 300 }, () =>
    authenticator
      .authenticate(`Bearer ${newToken('token')}`, idp.id, '198.51.100.200')
      .catch(() => undefined),
  )
  await Promise.all(attempts)
  expect(asked).toBeGreaterThanOrEqual(100)
  expect(asked).toBeLessThan(110)
})

test('wrong API keys are limited by network, and a key that was right lately goes on', async () => {
  const ada = await house.administrator(await house.tenant('keys'))
  const { key } = (await ada.post('/api-keys', { name: 'CI', role: 'auditor', expiresInDays: 'never' })).json
  const network = newNetwork()
  const askApi = (token: string) => ask(network, '/api/v1/users', token)
  expect((await askApi(key)).statusCode).toBe(200)
  const wrong = await Promise.all(
    Array.from({ length: 130 }, (_, n) => askApi(`${key.slice(0, -4)}${1000 + n}`)),
  )
  const statuses = wrong.map(({ statusCode }) => statusCode)
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10)
  const refusal = wrong.find(({ statusCode }) => statusCode === 429)
  expect(refusal?.json()).toMatchObject({ status: 429, code: 'too-many-requests' })
  expect((await askApi(key)).statusCode).toBe(200)
  await ada.delete(`/api-keys/${(await ada.get('/api-keys')).json.items[0].id}`)
  expect((await askApi(key)).statusCode, 'a revoked key opens nothing').toBe(401)
})
