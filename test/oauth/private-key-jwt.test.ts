import { afterAll, expect, test } from 'vitest'
import { setEnabled } from '#identity-providers/change.ts'
import { addClientKeys, retireClientKey } from '#identity-providers/credentials/client-keys.ts'

import { ALGORITHMS, readJwks } from '#identity-providers/credentials/jwk.ts'
import { sql } from '#platform/database/sql.ts'
import { openHouse, type ProvidedIdp } from '#test/harness.ts'
import { assertionOf, jwks, newSigningKey, type SigningKey, type Wish } from './assertion.ts'
import { JWT_BEARER, requestByAssertion, requestToken } from './token-request.ts'

const house = await openHouse()
afterAll(() => house.close())

const tokenEndpoint = `${house.url}/oauth/token`
const REFUSAL = { error: 'invalid_client', error_description: 'The client assertion is not valid' }

async function register(idp: ProvidedIdp, ...keys: SigningKey[]): Promise<void> {
  await addClientKeys(house.db, idp.operator, idp.id, readJwks(jwks(...keys)))
}

/** An identity provider whose client signs. */
async function signingIdp(alg: SigningKey['alg'] = 'ES256') {
  const idp = await house.identityProvider()
  const key = newSigningKey(alg)
  await register(idp, key)
  const sign = (wish: Wish = {}, clientId = idp.id) => assertionOf(key, clientId, tokenEndpoint, wish)
  return { idp, key, sign }
}

const scim = (idp: ProvidedIdp, token: string) =>
  idp.get('/Users?count=1', { authorization: `Bearer ${token}` })

test.each(ALGORITHMS)('a client that signs with %s gets a token for its SCIM endpoint', async (alg) => {
  const { idp, sign } = await signingIdp(alg)
  const answer = await requestByAssertion(house, sign())
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
    json: { token_type: 'Bearer', expires_in: 3_600, scope: 'scim' },
  })
  expect((await scim(idp, answer.json.access_token)).status).toBe(200)
})

test('the client id is the id of the identity provider or the key of its SCIM credentials', async () => {
  const { idp, sign } = await signingIdp()
  for (const clientId of [idp.id, idp.key]) {
    expect((await requestByAssertion(house, sign({}, clientId))).status).toBe(200)
    expect((await requestByAssertion(house, sign({}, clientId), { client_id: clientId })).status).toBe(200)
  }
  await house.retireCredential(idp)
  expect((await requestByAssertion(house, sign({}, idp.key))).json).toEqual(REFUSAL)
  expect((await requestByAssertion(house, sign())).status).toBe(200)
})

test('the audience may be the issuer too', async () => {
  const { sign } = await signingIdp()
  expect((await requestByAssertion(house, sign({ claims: { aud: house.url } }))).status).toBe(200)
})

test('an assertion buys one token, also when it is sent many times at once', async () => {
  const { sign } = await signingIdp()
  const assertion = sign()
  const answers = await Promise.all(Array.from({ length: 20 }, () => requestByAssertion(house, assertion)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(401)])
  expect((await requestByAssertion(house, assertion)).json).toEqual(REFUSAL)
})

test('one jti may be used by two clients', async () => {
  const [a, b] = [await signingIdp(), await signingIdp()]
  const claims = { jti: 'the same \u0000 text' }
  expect((await requestByAssertion(house, a.sign({ claims }))).status).toBe(200)
  expect((await requestByAssertion(house, b.sign({ claims }))).status).toBe(200)
})

test('assertions are forgotten when they have expired by themselves', async () => {
  const { idp, sign } = await signingIdp()
  await requestByAssertion(house, sign())
  const scope = { tenantId: idp.tenantId }
  await house.db.run(
    scope,
    sql`update client_assertion set expires_at = now() - interval '1 second'
    where idp_id = ${idp.id}`,
  )
  await requestByAssertion(house, sign())
  expect(await house.db.run(scope, sql`select from client_assertion where idp_id = ${idp.id}`)).toHaveLength(
    1,
  )
})

test('whatever is wrong, the client hears the same', async () => {
  const { idp, key, sign } = await signingIdp()
  const other = await signingIdp()
  const seconds = Math.floor(Date.now() / 1_000)
  const wrong: [string, string][] = [
    ['an unknown client', sign({}, crypto.randomUUID())],
    ['a client without keys', sign({}, (await house.identityProvider()).id)],
    ['a client id that is no id', sign({}, "' or true --\u0000")],
    ['the client of another key', sign({}, other.idp.id)],
    ['an unregistered key', assertionOf({ ...newSigningKey('ES256'), kid: key.kid }, idp.id, tokenEndpoint)],
    ['another audience', sign({ claims: { aud: 'https://other.example/oauth/token' } })],
    ['the SCIM endpoint as audience', sign({ claims: { aud: idp.endpoint } })],
    ['an expired assertion', sign({ claims: { iat: seconds - 400, exp: seconds - 100 } })],
    ['an assertion for a day', sign({ claims: { exp: seconds + 86_400 } })],
    ['another issuer than subject', sign({ claims: { iss: other.idp.id } })],
    ['no jti', sign({ claims: { jti: undefined } })],
    [
      'alg none',
      `${sign({ header: { alg: 'none' } })
        .split('.')
        .slice(0, 2)
        .join('.')}.`,
    ],
    ['no JWT', 'x'],
  ]
  for (const [name, assertion] of wrong) {
    const answer = await requestByAssertion(house, assertion)
    expect(answer, name).toMatchObject({ status: 401, json: REFUSAL })
    expect(answer.json, name).toEqual(REFUSAL)
    expect(answer.headers['www-authenticate'], name).toContain('Basic')
  }
  expect((await requestByAssertion(house, sign(), { client_id: other.idp.id })).json).toEqual(REFUSAL)
})

test('a token is for the SCIM endpoint of its own identity provider', async () => {
  const [a, b] = [await signingIdp(), await signingIdp()]
  const { json } = await requestByAssertion(house, a.sign())
  expect((await scim(b.idp, json.access_token)).status).toBe(401)
})

test('retiring a key ends its tokens at the next request; the new key lives on', async () => {
  const { idp, key, sign } = await signingIdp()
  const fresh = newSigningKey('EdDSA')
  await register(idp, fresh)
  const old = (await requestByAssertion(house, sign())).json.access_token
  const young = (await requestByAssertion(house, assertionOf(fresh, idp.id, tokenEndpoint))).json.access_token
  for (const token of [old, young]) expect((await scim(idp, token)).status).toBe(200)

  await retireClientKey(house.db, idp.operator, idp.id, key.kid)
  expect((await scim(idp, old)).status).toBe(401)
  expect((await scim(idp, young)).status).toBe(200)
  expect((await requestByAssertion(house, sign())).json).toEqual(REFUSAL)
})

test('an expired key signs nothing, and its tokens end with it', async () => {
  const idp = await house.identityProvider()
  const key = newSigningKey('ES384')
  const expiresAt = new Date(Date.now() + 60_000)
  await addClientKeys(house.db, idp.operator, idp.id, readJwks(jwks(key)), { expiresAt })
  const { json } = await requestByAssertion(house, assertionOf(key, idp.id, tokenEndpoint))
  expect(json.expires_in).toBeLessThanOrEqual(60)
  await house.db.run(
    { tenantId: idp.tenantId },
    sql`update client_key set expires_at = now() - interval '1 second'
    where idp_id = ${idp.id}`,
  )
  expect((await scim(idp, json.access_token)).status).toBe(401)
  expect((await requestByAssertion(house, assertionOf(key, idp.id, tokenEndpoint))).json).toEqual(REFUSAL)
})

test('a disabled identity provider gets no token, however well its client signs', async () => {
  const { idp, sign } = await signingIdp()
  await setEnabled(house.db, idp.operator, idp.id, false)
  const answer = await requestByAssertion(house, sign())
  expect(answer).toMatchObject({ status: 400, json: { error: 'unauthorized_client' } })
})

test('a client authenticates in one way', async () => {
  const { idp, sign } = await signingIdp()
  const basic = { authorization: `Basic ${Buffer.from(`${idp.key}:${idp.secret}`).toString('base64')}` }
  const type = { client_assertion_type: JWT_BEARER }
  const answers: [string, number, string, ReturnType<typeof requestToken>][] = [
    ['with Basic', 400, 'invalid_request', requestToken(house, { ...type, client_assertion: sign() }, basic)],
    [
      'with a secret',
      400,
      'invalid_request',
      requestByAssertion(house, sign(), { client_secret: idp.secret }),
    ],
    ['without assertion', 400, 'invalid_request', requestToken(house, type)],
    ['without type', 401, 'invalid_client', requestToken(house, { client_assertion: sign() })],
    [
      'with another type',
      401,
      'invalid_client',
      requestByAssertion(house, sign(), {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
      }),
    ],
  ]
  for (const [name, status, error, answer] of answers) {
    expect(await answer, name).toMatchObject({ status, json: { error } })
  }
})

test('the audit log names the key that a change came with', async () => {
  const { idp, sign } = await signingIdp()
  const { json } = await requestByAssertion(house, sign())
  const user = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' }
  await idp.post('/Users', user, { authorization: `Bearer ${json.access_token}` })
  const rows = await house.db.run(
    { tenantId: idp.tenantId },
    sql`select e.object_name from audit_event e join client_key k on k.id = e.actor_id where k.idp_id = ${idp.id}`,
  )
  expect(rows).toEqual([{ object_name: 'ada' }])
})
