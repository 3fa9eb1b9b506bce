// One spelling of the public URL everywhere, and what browsers are told when it is https.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '#config.ts'
import { createIdentityProvider, type NewIdentityProvider } from '#identity-providers/create.ts'
import { type Service, startService } from '#main.ts'
import { createSeal } from '#platform/crypto/seal.ts'
import { createLog } from '#platform/log.ts'
import { findOnlyTenant } from '#tenancy/tenants.ts'
import { testDatabase } from '#test/setup/database.ts'
import { CERTIFICATE } from '../identity-providers/certificate.ts'
import { PASSWORD, signedIn } from '../portal-client.ts'
import { raw } from '../raw-http.ts'

const database = testDatabase()
const HSTS = 'strict-transport-security'
const SPELLED = 'HTTPS://DoorList.Example.COM:443/'
const PUBLIC = 'https://doorlist.example.com'
let folder: string
let tenantId: string
/** Reached by https, and by http. */
let secure: Service
let plain: Service
/** Where they listen. */
let secureAt: string
let plainAt: string

async function start(publicUrl: string): Promise<[Service, string]> {
  const port = await freePort()
  const settings = {
    DATABASE_URL: database.url,
    DOORLIST_DATA_DIR: folder,
    DOORLIST_PORT: String(port),
    DOORLIST_PUBLIC_URL: publicUrl,
    DOORLIST_TRUSTED_PROXIES: '127.0.0.1',
    DOORLIST_METRICS_TOKEN: 'a-token-for-metrics',
  }
  return [await startService(readConfig(settings), createLog('silent')), `http://127.0.0.1:${port}`]
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorlist-public-'))
  ;[secure, secureAt] = await start(SPELLED)
  ;[plain, plainAt] = await start('http://doorlist.example.com')
  tenantId = (await findOnlyTenant(secure.db))?.id ?? ''
})
afterAll(async () => {
  await plain?.stop()
  await secure?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const ANSWERS: readonly [method: string, path: string, status: number][] = [
  ['GET', '/healthz', 200],
  ['GET', '/readyz', 200],
  ['GET', '/metrics', 401],
  ['GET', '/nothing/here', 404],
  ['GET', '/%zz', 400],
  ['GET', '/scim/v2/01a00000-0000-7000-8000-000000000000/Users', 401],
  ['GET', '/scim/v2/%zz', 400],
  ['POST', '/oauth/token', 400],
  ['GET', '/.well-known/oauth-authorization-server', 200],
  ['GET', '/api/v1/me', 401],
  ['GET', '/api/v1/openapi.json', 200],
  ['GET', '/admin', 200],
  ['GET', '/', 303],
  ['GET', '/sign-in', 303],
  ['GET', '/sign-in?tenant=nobody', 404],
  ['POST', '/sign-out', 200],
  ['GET', '/saml/01a00000-0000-7000-8000-000000000000/metadata', 403],
  ['GET', '/gateway/default/verify', 401],
  ['GET', '/gateway/default/jwks.json', 200],
  ['GET', '/sign-in/application', 404],
]

test.each(ANSWERS)('%s %s says that the service is reached by https alone', async (method, path, status) => {
  const ask = (at: string) => raw(at, { method, path, headers: {} })
  const [answer, other] = [await ask(secureAt), await ask(plainAt)]
  expect([answer.status, answer.headers[HSTS]]).toEqual([status, 'max-age=31536000'])
  expect([other.status, other.headers[HSTS]]).toEqual([status, undefined])
})

test.each([
  ['no HTTP at all', 'NONSENSE\r\n\r\n'],
  ['headers that are too large', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`],
])('the answer to %s says so, too', async (_what, bytes) => {
  const ask = async (at: string) => {
    const socket = connect(Number(new URL(at).port), '127.0.0.1')
    socket.write(bytes)
    return (await text(socket)).toLowerCase()
  }
  expect(await ask(secureAt)).toContain(`\r\n${HSTS}: max-age=31536000\r\n`)
  expect(await ask(plainAt)).not.toContain(HSTS)
})

test('how the host of an application is reached stays the decision of its owner', async () => {
  const ask = (host: string) =>
    raw(secureAt, {
      method: 'GET',
      path: '/gateway/default/verify',
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': host, 'x-forwarded-uri': '/' },
    })
  const elsewhere = await ask('wiki.example.com')
  expect([elsewhere.status, elsewhere.headers[HSTS]]).toEqual([403, undefined])
  expect((await ask('doorlist.example.com')).headers[HSTS]).toBe('max-age=31536000')
})

test('cookies are Secure where the public URL is https, whatever a proxy in front says', async () => {
  const { email } = await signedIn(secureAt, secure.db, tenantId, 'owner')
  const headers = { host: 'doorlist.example.com', 'content-type': 'application/json' }
  const body = JSON.stringify({ email, password: PASSWORD })
  const signIn = async (at: string) =>
    (await raw(at, { method: 'POST', path: '/api/v1/session', headers, body })).headers['set-cookie']
  expect(await signIn(secureAt)).toMatch(/^__Host-doorlist-admin=.*; Secure/)
  expect(await signIn(plainAt)).toMatch(/^doorlist-admin=/)
})

test('every address that is handed out has the same spelling of the public URL', async () => {
  expect(secure.url).toBe(PUBLIC)
  const auditContext = { tenantId, actor: { type: 'operator', name: 'test' } } as const
  const seal = createSeal('a secret of this test that nobody guesses')
  const saml: NewIdentityProvider = {
    type: 'saml',
    name: 'SAML',
    autoProvisioning: true,
    details: { entityIssuer: 'urn:idp', ssoUrl: 'https://idp.example/sso', certificates: CERTIFICATE },
  }
  const oidc: NewIdentityProvider = {
    type: 'oidc',
    name: 'OIDC',
    details: { issuer: 'https://op.example', clientId: 'doorlist' },
  }
  const { provider, credentials } = await createIdentityProvider(secure.db, auditContext, saml, seal)
  const { provider: openId } = await createIdentityProvider(secure.db, auditContext, oidc, seal)
  const admin = await signedIn(secureAt, secure.db, tenantId, 'owner')
  const scim = await raw(secureAt, {
    method: 'POST',
    path: `/scim/v2/${provider.id}/Users`,
    headers: { authorization: `Bearer ${credentials?.token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify({ userName: 'ada@example.com' }),
  })
  const shown = [
    scim.text,
    scim.headers.location ?? '',
    (await raw(secureAt, { method: 'GET', path: `/saml/${provider.id}/metadata`, headers: {} })).text,
    (await raw(secureAt, { method: 'GET', path: '/.well-known/oauth-authorization-server', headers: {} }))
      .text,
    ...(await Promise.all(
      [provider, openId].map(async ({ id }) => (await admin.get(`/identity-providers/${id}`)).text),
    )),
  ]
  for (const one of shown) {
    expect(one).toContain(`${PUBLIC}/`)
    expect(one).not.toMatch(/doorlist\.example\.com:443|DoorList|Example\.COM/)
  }
})

test('an application is found under its address however that was typed', async () => {
  const admin = await signedIn(secureAt, secure.db, tenantId, 'admin')
  const made = await admin.post('/applications', { name: 'Wiki', origin: 'HTTP://Wiki.Example.COM.:80/' })
  expect([made.status, made.json.origin]).toEqual([201, 'http://wiki.example.com'])
})
