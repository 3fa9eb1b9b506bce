// The service on its own certificate, from the settings to the answer. @see RFC 7644 §7.2
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '#config.ts'
import { createIdentityProvider } from '#identity-providers/create.ts'
import { type Service, startService } from '#main.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { createLog } from '#platform/log.ts'
import { testDatabase } from '#test/setup/database.ts'
import { CERTIFICATE } from '../identity-providers/certificate.ts'

// Made for this test and good for nothing else: everybody can read the key.
const certFile = fileURLToPath(new URL('test-only-certificate.pem', import.meta.url))
const keyFile = fileURLToPath(new URL('test-only-key.pem', import.meta.url))

const database = testDatabase()
const log: string[] = []
let folder: string
let service: Service
let path: string
let token = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorlist-tls-'))
  const settings = {
    DATABASE_URL: database.url,
    DOORLIST_DATA_DIR: folder,
    DOORLIST_HOST: '127.0.0.1',
    DOORLIST_PORT: '0',
    DOORLIST_TLS_CERT: certFile,
    DOORLIST_TLS_KEY: keyFile,
  }
  service = await startService(
    readConfig(settings),
    createLog('debug', { write: (line) => void log.push(line) }),
  )
  const [tenant] = await service.db.run<{ id: string }>(SYSTEM, sql`select id from tenant`)
  const auditContext = { tenantId: tenant?.id ?? '', actor: { type: 'operator', name: 'test' } } as const
  const details = { entityIssuer: 'urn:idp', ssoUrl: 'https://idp.example/sso', certificates: CERTIFICATE }
  const wish = { name: 'Okta', type: 'saml', details, autoProvisioning: true } as const
  const { provider, credentials } = await createIdentityProvider(service.db, auditContext, wish)
  path = `/scim/v2/${provider.id}`
  token = credentials?.token ?? ''
})
afterAll(async () => {
  await service?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** @returns the JSON of the answer, and which version of TLS it came by */
function ask(below: string, options: RequestOptions = {}): Promise<{ version: string | null; json: object }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${service.url}${path}${below}`, {
      ca: readFileSync(certFile),
      headers: { authorization: `Bearer ${token}` },
      agent: false,
      ...options,
    })
    asked.on('error', reject).on('response', (response) => {
      const version = (response.socket as TLSSocket).getProtocol()
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ version, json: JSON.parse(Buffer.concat(chunks).toString()) }))
    })
    asked.end()
  })
}

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'SCIM is spoken over %s, and addresses say https',
  async (version) => {
    expect(service.url).toMatch(/^https:/)
    const answer = await ask('/ServiceProviderConfig', { minVersion: version, maxVersion: version })
    expect(answer.version).toBe(version)
    const location = `${service.url}${path}/ServiceProviderConfig`
    expect(answer.json).toMatchObject({ meta: { location } })
  },
)

test('older versions of TLS are refused', async () => {
  // Told to, a client would still speak them.
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
  await expect(ask('/ServiceProviderConfig', old)).rejects.toThrow(/protocol version|EPROTO|ECONNRESET/i)
})

test('what comes without TLS gets no answer', async () => {
  const answered = new Promise((resolve, reject) => {
    const { port } = new URL(service.url)
    const headers = { authorization: `Bearer ${token}` }
    plainRequest({ host: '127.0.0.1', port, path: `${path}/Users`, headers, agent: false })
      .on('error', reject)
      .on('response', resolve)
      .end()
  })
  await expect(answered).rejects.toThrow(/hang up|ECONNRESET|Parse Error/)
})

test('a certificate that nobody vouches for is not for clients that look', async () => {
  await expect(ask('/Users', { ca: [] })).rejects.toThrow(/self-signed/)
})

test('no token is in the log', async () => {
  await ask('/Users?filter=nonsense')
  expect(log.length).toBeGreaterThan(0)
  expect(token.length).toBeGreaterThan(40)
  expect(log.join('')).not.toContain(token)
})
