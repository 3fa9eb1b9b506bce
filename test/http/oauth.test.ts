import Fastify, { type InjectOptions } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditContext } from '#audit/record.ts'
import { oauthDoor } from '#http/oauth/door.ts'
import { setEnabled } from '#identity-providers/change.ts'
import { createIdentityProvider } from '#identity-providers/create.ts'
import { type Authenticator, openAuthenticator } from '#identity-providers/credentials/authenticate.ts'

import { type Database, openDatabase } from '#platform/database/database.ts'
import { createTenant } from '#tenancy/tenants.ts'
import { CERTIFICATE } from '../identity-providers/certificate.ts'
import { testDatabase } from '../setup/database.ts'

const house = testDatabase()
const server = Fastify()
let db: Database
let authenticator: Authenticator
let auditContext: AuditContext
let idp: { id: string; key: string; secret: string }

beforeAll(async () => {
  db = openDatabase({ connection: house.serving })
  authenticator = openAuthenticator(db, () => new Date(), { accessTokenMinutes: 90 })
  await server.register(oauthDoor, { authenticator, publicUrl: () => 'https://doors.example' })
  const tenant = await createTenant(db, { type: 'system', name: 'test' }, { slug: 'acme' })
  auditContext = { tenantId: tenant.id, actor: { type: 'operator', name: 'test' } }
  const details = { entityIssuer: 'urn:idp', ssoUrl: 'https://idp.example/sso', certificates: CERTIFICATE }
  const input = { name: 'Entra', type: 'saml', details, autoProvisioning: true } as const
  const { provider, credentials } = await createIdentityProvider(db, auditContext, input)
  if (!credentials) throw new Error('no credentials were made')
  idp = { id: provider.id, key: credentials.key, secret: credentials.secret }
})
afterAll(async () => {
  await server.close()
  await db.close()
})

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const post = (options: InjectOptions) => server.inject({ method: 'POST', url: '/oauth/token', ...options })
const form = (fields: [string, string][], headers: Record<string, string> = {}) =>
  post({ payload: new URLSearchParams(fields).toString(), headers: { ...FORM, ...headers } })
const basic = (key: string, secret: string) => `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`
const GRANT: [string, string] = ['grant_type', 'client_credentials']

test('key and secret are exchanged for an access token, in the form, as JSON, or by Basic', async () => {
  const { key, secret } = idp
  const answers = [
    await form([GRANT, ['client_id', key], ['client_secret', secret]]),
    await post({ payload: { grant_type: 'client_credentials', client_id: key, client_secret: secret } }),
    await form([GRANT], { authorization: basic(key, secret) }),
    await form([GRANT, ['client_id', key]], { authorization: basic(key, secret) }),
  ]
  for (const answer of answers) {
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' })
    const { access_token, ...rest } = answer.json<{ access_token: string }>()
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 5_400, scope: 'scim' })
    expect((await authenticator.authenticate(`Bearer ${access_token}`, idp.id)).idp.name).toBe('Entra')
  }
})

test('every refusal speaks the words of RFC 6749', async () => {
  const { key, secret } = idp
  const client: [string, string][] = [
    ['client_id', key],
    ['client_secret', secret],
  ]
  const cases: [string, number, string, ReturnType<typeof form>][] = [
    ['no grant type', 400, 'invalid_request', form(client)],
    ['another grant', 400, 'unsupported_grant_type', form([['grant_type', 'password'], ...client])],
    ['no client', 401, 'invalid_client', form([GRANT])],
    [
      'wrong secret',
      401,
      'invalid_client',
      form([GRANT, ['client_id', key], ['client_secret', `${secret}x`]]),
    ],
    ['wrong Basic', 401, 'invalid_client', form([GRANT], { authorization: 'Basic !' })],
    ['Bearer', 401, 'invalid_client', form([GRANT], { authorization: 'Bearer x' })],
    ['two methods', 400, 'invalid_request', form([GRANT, ...client], { authorization: basic(key, secret) })],
    [
      'two clients',
      400,
      'invalid_request',
      form([GRANT, ['client_id', 'x']], { authorization: basic(key, secret) }),
    ],
    ['a parameter twice', 400, 'invalid_request', form([GRANT, GRANT, ...client])],
    ['a number', 400, 'invalid_request', post({ payload: { grant_type: 1 } })],
    ['a list', 400, 'invalid_request', post({ payload: [] })],
    ['no body', 400, 'invalid_request', post({})],
    [
      'broken JSON',
      400,
      'invalid_request',
      post({ payload: '{', headers: { 'content-type': 'application/json' } }),
    ],
    [
      '__proto__',
      400,
      'invalid_request',
      post({
        payload: '{"__proto__":{"grant_type":"client_credentials"}}',
        headers: { 'content-type': 'application/json' },
      }),
    ],
    ['text', 415, 'invalid_request', post({ payload: 'x', headers: { 'content-type': 'text/plain' } })],
    ['too large', 413, 'invalid_request', form([['x', 'x'.repeat(20_000)]])],
    ['GET', 405, 'invalid_request', server.inject('/oauth/token')],
  ]
  for (const [name, status, error, answer] of cases) {
    const { statusCode, body, headers } = await answer
    expect(statusCode, `${name}: ${body}`).toBe(status)
    expect(JSON.parse(body), name).toEqual({ error, error_description: expect.any(String) })
    expect(headers['cache-control'], name).toBe('no-store')
    expect(body).not.toContain(secret)
    if (status === 401) expect(headers['www-authenticate'], name).toContain('Basic')
  }
})

test('a disabled identity provider gets no token', async () => {
  await setEnabled(db, auditContext, idp.id, false)
  const answer = await form([GRANT], { authorization: basic(idp.key, idp.secret) })
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toMatchObject({ error: 'unauthorized_client' })
})
