import { afterAll, expect, test } from 'vitest'
import { openHouse } from '#test/harness.ts'
import { requestToken } from './token-request.ts'

const house = await openHouse()
afterAll(() => house.close())

test('the metadata tell a client where and how it gets a token', async () => {
  const path = '/.well-known/oauth-authorization-server'
  const answer = await house.raw({ method: 'GET', path, headers: { 'x-forwarded-host': 'evil.example' } })
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toMatch(/^application\/json/)
  const metadata = JSON.parse(answer.text)
  expect(metadata).toEqual({
    issuer: house.url,
    token_endpoint: `${house.url}/oauth/token`,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'],
    scopes_supported: ['scim'],
  })
})

test('scope scim is granted, alone of what is asked for', async () => {
  const { key: client_id, secret: client_secret } = await house.identityProvider()
  for (const scope of [undefined, '', 'scim', 'openid scim']) {
    const { status, json } = await requestToken(house, { client_id, client_secret, scope })
    expect([status, json.scope], `${scope}`).toEqual([200, 'scim'])
  }
  for (const scope of ['openid', 'SCIM', 'scim2']) {
    const answer = await requestToken(house, { client_id, client_secret, scope })
    expect(answer, scope).toMatchObject({ status: 400, json: { error: 'invalid_scope' } })
  }
})

test('a token ends with the credentials that it was asked for with', async () => {
  const idp = await house.identityProvider()
  const { json } = await requestToken(house, { client_id: idp.key, client_secret: idp.secret })
  const authorization = `Bearer ${json.access_token}`
  expect((await idp.get('/Users', { authorization })).status).toBe(200)
  await house.retireCredential(idp)
  expect((await idp.get('/Users', { authorization })).status).toBe(401)
})
