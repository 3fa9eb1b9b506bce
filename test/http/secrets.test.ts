// A secret that a browser, an administrator or a program sends, right or wrong, is in no answer, no log and no table
// afterwards. SCIM has a test of its own: test/scim/secrets.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyPair } from '#test/sign-in/key-pair.ts'
import { type LyingProvider, openLyingProvider } from '#test/sign-in/lying-provider.ts'
import { connectLiar } from '#test/sign-in/lying-provider-house.ts'
import { connectSaml } from '#test/sign-in/saml-house.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { plantedSecrets } from '../planted-secrets.ts'
import type { ApiClient } from '../portal-client.ts'
import type { RawRequest, RawResponse } from '../raw-http.ts'

const planted = plantedSecrets()
let house: House
let provider: LyingProvider
let owner: ApiClient
let saml: ProvidedIdp
let oidc: ProvidedIdp

beforeAll(async () => {
  provider = await openLyingProvider({})
  house = await openHouse({ ...planted.wish, mailer: { send: async () => {}, close: () => {} } })
  const tenantId = await house.tenant('acme')
  owner = await house.administrator(tenantId)
  saml = await connectSaml(house, tenantId, 'SAML', await keyPair())
  oidc = await connectLiar(house, tenantId, 'OIDC', provider)
})
afterAll(async () => {
  await house?.close()
  await provider?.close()
})

type Send = (secret: string) => Promise<RawResponse>

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const JSON_TYPE = { 'content-type': 'application/json' }

function raw(method: string, path: string, more: Omit<RawRequest, 'method' | 'path'> = {}) {
  return house.raw({ method, path, ...more, headers: { origin: house.url, ...more.headers } })
}

/** What may stand in place of a text in JSON. */
const shapes: readonly (readonly [string, (s: string) => unknown])[] = [
  ['a text', (s) => s],
  ['a list', (s) => [s]],
  ['an object', (s) => ({ value: s })],
  ['a name', (s) => ({ [s]: 1 })],
]

function portal(): (readonly [string, Send])[] {
  const all: (readonly [string, Send])[] = []
  const api = (method: string, path: string, body: (s: unknown) => object) => {
    for (const [shape, of] of shapes)
      all.push([`${method} ${path}, ${shape}`, (s) => owner.request(method, path, body(of(s)))])
  }
  api('POST', '/session', (password) => ({ email: 'nobody@a.example', password }))
  api('POST', '/session', (password) => ({ email: owner.email, password }))
  api('POST', '/session/factor', (code) => ({ code }))
  api('POST', '/session/factor', (recoveryCode) => ({ recoveryCode }))
  api('POST', '/session/proof', (password) => ({ password }))
  api('POST', '/session/proof', (credential) => ({ ceremonyId: saml.id, credential }))
  api('PUT', '/me/password', (current) => ({ current, password: 'x' }))
  api('PUT', '/me/password', (password) => ({ current: 'x', password }))
  api('POST', '/me/factors', (code) => ({ enrolmentId: saml.id, code }))
  api('POST', '/links/none', (password) => ({ password }))
  api('POST', '/identity-providers', (clientSecret) => ({
    name: `With a secret ${Math.random()}`,
    type: 'oidc',
    details: { issuer: provider.issuer, clientId: 'c', clientSecret },
  }))
  api('POST', '/identity-providers', (clientSecret) => ({ type: 'nonsense', details: { clientSecret } }))
  api('PATCH', `/identity-providers/${oidc.id}`, (clientSecret) => ({ details: { clientSecret } }))
  api('PATCH', `/identity-providers/${oidc.id}`, (clientSecret) => ({ clientSecret }))
  api('POST', `/identity-providers/${oidc.id}/test-connection`, (clientSecret) => ({
    details: { clientSecret },
  }))
  api('POST', '/users', (password) => ({ userName: 'x', email: 'x@a.example', password }))
  api('POST', '/administrators', (password) => ({ email: 'y@a.example', name: 'y', role: 'admin', password }))
  api('POST', '/api-keys', (key) => ({ name: 'k', role: 'admin', key }))
  for (const name of ['password', 'token', 'client_secret'])
    all.push(
      [`a query of the API: ${name}`, (s) => owner.get(`/users?${name}=${s}`)],
      [`a sort of the API: ${name}`, (s) => owner.get(`/users?sort=${name}%3D${s}`)],
      [`a cursor of the API: ${name}`, (s) => owner.get(`/users?after=${name}%3D${s}`)],
      [
        `no JSON: ${name}`,
        (s) => raw('POST', '/api/v1/session', { headers: JSON_TYPE, body: `{"${name}":"${s}"` }),
      ],
      [
        `a form instead of JSON: ${name}`,
        (s) => raw('POST', '/api/v1/session', { headers: FORM, body: `${name}=${s}` }),
      ],
    )
  return all
}

function tokens(): (readonly [string, Send])[] {
  const all: (readonly [string, Send])[] = []
  for (const path of [
    '/api/v1/me',
    '/api/v1/users',
    '/metrics',
    '/gateway/verify',
    '/sign-in/next',
    '/admin',
  ])
    all.push(
      [`a bearer token at ${path}`, (s) => raw('GET', path, { headers: { authorization: `Bearer ${s}` } })],
      [
        `a password at ${path}`,
        (s) => raw('GET', path, { headers: { authorization: `Basic ${btoa(`a:${s}`)}` } }),
      ],
      [`an API key at ${path}`, (s) => raw('GET', path, { headers: { authorization: `Bearer dla_${s}` } })],
      [
        `cookies at ${path}`,
        (s) =>
          raw('GET', path, {
            headers: {
              cookie: [
                'doorlist_admin',
                'doorlist_session',
                'doorlist_attempt',
                '__Host-doorlist_session',
                'session',
              ]
                .map((name) => `${name}=${s}`)
                .join('; '),
            },
          }),
      ],
      [
        `a CSRF token at ${path}`,
        (s) => raw('POST', path, { headers: { 'x-csrf-token': s, cookie: owner.cookie } }),
      ],
      [`a token in the query of ${path}`, (s) => raw('GET', `${path}?token=${s}&password=${s}`)],
    )
  for (const path of ['/api/v1/links', '/api/v1/invitations', '/password'])
    for (const method of ['GET', 'POST'])
      all.push([
        `${method} ${path}/:token`,
        (s) => raw(method, `${path}/${s}`, { headers: JSON_TYPE, body: method === 'GET' ? undefined : '{}' }),
      ])
  return all
}

function signIn(): (readonly [string, Send])[] {
  const all: (readonly [string, Send])[] = []
  const form = (path: string, name: string, more = '') =>
    all.push([
      `POST ${path}, ${name}`,
      (s) => raw('POST', path, { headers: FORM, body: `${name}=${s}${more}` }),
    ])
  for (const path of [
    '/sign-in/password',
    '/sign-in/challenge',
    '/sign-in/code',
    '/sign-in/enroll',
    '/sign-in/forgotten',
    '/password',
    '/security',
    '/security/remove',
    '/sign-out',
  ])
    for (const name of ['password', 'code', 'token', 'secret', 'recoveryCode', 'credential'])
      form(path, name, '&userName=ada')
  for (const name of ['SAMLResponse', 'SAMLRequest', 'RelayState']) {
    form(`/saml/${saml.id}/acs`, name)
    form(`/saml/${saml.id}/logout`, name)
    const message = (s: string) =>
      encodeURIComponent(
        btoa(`<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol"><x>${s}</x></Response>`),
      )
    all.push(
      [
        `POST acs, in the XML of ${name}`,
        (s) => raw('POST', `/saml/${saml.id}/acs`, { headers: FORM, body: `${name}=${message(s)}` }),
      ],
      [
        `GET logout, in the XML of ${name}`,
        (s) => raw('GET', `/saml/${saml.id}/logout?${name}=${message(s)}&Signature=${s}&SigAlg=x`),
      ],
    )
  }
  form(`/oidc/${oidc.id}/backchannel-logout`, 'logout_token')
  const jwt = (s: string) => `${btoa('{"alg":"RS256"}')}.${btoa(`{"sub":"${s}"}`)}.${s}`
  all.push([
    'a logout token that somebody made up',
    (s) =>
      raw('POST', `/oidc/${oidc.id}/backchannel-logout`, { headers: FORM, body: `logout_token=${jwt(s)}` }),
  ])
  for (const name of ['code', 'state', 'error_description', 'id_token', 'access_token', 'iss'])
    all.push([
      `OIDC callback, ${name}`,
      async (s) => {
        const begun = await raw('GET', `/sign-in/with/${oidc.id}`)
        const cookie = String(begun.headers['set-cookie'] ?? '').split(';')[0] ?? ''
        const query = new URLSearchParams({
          state: 'x',
          code: 'x',
          [name]: s,
          ...(name === 'error_description' && { error: 'access_denied' }),
        })
        return raw('GET', `/oidc/${oidc.id}/callback?${query}`, { headers: { cookie } })
      },
    ])
  return all
}

function oauth(): (readonly [string, Send])[] {
  const all: (readonly [string, Send])[] = []
  const post = (title: string, body: (s: string) => string, headers: Record<string, string> = FORM) =>
    all.push([`POST /oauth/token, ${title}`, (s) => raw('POST', '/oauth/token', { headers, body: body(s) })])
  post('client_secret', (s) => `grant_type=client_credentials&client_id=${saml.key}&client_secret=${s}`)
  post('client_secret of nobody', (s) => `grant_type=client_credentials&client_id=x&client_secret=${s}`)
  post('client_secret twice', (s) => `grant_type=client_credentials&client_secret=${s}&client_secret=${s}`)
  post('a password', (s) => `grant_type=password&username=a&password=${s}`)
  post('a refresh token', (s) => `grant_type=refresh_token&refresh_token=${s}`)
  post('grant_type with a secret', (s) => `grant_type=password%3D${s}`)
  post(
    'scope with a secret',
    (s) => `grant_type=client_credentials&client_id=${saml.key}&client_secret=${s}&scope=token:${s}`,
  )
  const assertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  const jwt = (s: string) =>
    `${btoa('{"alg":"RS256","kid":"k"}')}.${btoa(`{"sub":"${saml.key}","iss":"${saml.key}","jti":"${s}"}`)}.${s}`
  post(
    'client_assertion',
    (s) => `grant_type=client_credentials&client_assertion_type=${assertion}&client_assertion=${s}`,
  )
  post(
    'client_assertion as a JWT',
    (s) => `grant_type=client_credentials&client_assertion_type=${assertion}&client_assertion=${jwt(s)}`,
  )
  post(
    'JSON',
    (s) => JSON.stringify({ grant_type: 'client_credentials', client_id: saml.key, client_secret: s }),
    JSON_TYPE,
  )
  post('JSON of another shape', (s) => JSON.stringify({ client_secret: { [s]: [s] } }), JSON_TYPE)
  post('no JSON', (s) => `{"client_secret":"${s}"`, JSON_TYPE)
  all.push([
    'POST /oauth/token, Basic',
    (s) =>
      raw('POST', '/oauth/token', {
        headers: { ...FORM, authorization: `Basic ${btoa(`${saml.key}:${s}`)}` },
        body: 'grant_type=client_credentials',
      }),
  ])
  return all
}

test.each([
  ['the portal', portal],
  ['tokens and cookies', tokens],
  ['signing in', signIn],
  ['the token endpoint', oauth],
] as const)('%s: a secret in any input is found nowhere afterwards', async (_door, requests) => {
  for (const [title, send] of requests()) planted.answered(title, await send(planted.secret(title)))
  expect(await planted.leaks(house)).toEqual([])
})
