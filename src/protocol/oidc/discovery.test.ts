import { expect, test } from 'vitest'
import { configurationUrl, countSigningKeys, readOpenIdMetadata } from './discovery.ts'

const ISSUER = 'https://op.example/realm'
const document = {
  issuer: ISSUER,
  authorization_endpoint: 'https://op.example/authorize',
  token_endpoint: 'https://op.example/token',
  jwks_uri: 'https://op.example/keys',
  scopes_supported: ['openid', 'email'],
  id_token_signing_alg_values_supported: ['none', 'HS256', 'ES256'],
  code_challenge_methods_supported: ['S256'],
}
const read = (change: object) => readOpenIdMetadata(JSON.stringify({ ...document, ...change }), ISSUER)

test('the configuration address is below the issuer, with or without a trailing slash', () => {
  expect(configurationUrl(`${ISSUER}/`)).toBe(`${ISSUER}/.well-known/openid-configuration`)
})

test('a document is read, with the standard’s defaults for missing values', () => {
  expect(read({})).toMatchObject({
    tokenEndpoint: 'https://op.example/token',
    userinfoEndpoint: null,
    signingAlgorithms: ['ES256'],
    clientAuthentication: ['client_secret_basic'],
    pkce: true,
  })
  expect(read({ id_token_signing_alg_values_supported: undefined }).signingAlgorithms).toEqual(['RS256'])
})

test('a document of another issuer is refused, even if only a slash differs', () => {
  expect(() => read({ issuer: `${ISSUER}/` })).toThrow('exactly the same')
  expect(() => read({ issuer: 'https://evil.example' })).toThrow('https://evil.example')
})

test('an error names the required value that is missing', () => {
  expect(() => read({ jwks_uri: undefined })).toThrow('jwks_uri')
  expect(() => read({ token_endpoint: 'javascript:alert(1)' })).toThrow('token_endpoint')
  expect(() => read({ id_token_signing_alg_values_supported: ['none', 'HS256'] })).toThrow('safe')
  expect(() => readOpenIdMetadata('<html>', ISSUER)).toThrow('not JSON')
})

test('only keys that verify signatures are counted', () => {
  const keys = [{ kty: 'RSA', use: 'sig' }, { kty: 'EC' }, { kty: 'RSA', use: 'enc' }, { kty: 'oct' }]
  expect(countSigningKeys(JSON.stringify({ keys }))).toBe(2)
  expect(() => countSigningKeys('{}')).toThrow('no keys')
})
