import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditContext } from '#audit/record.ts'
import { searchEvents } from '#audit/search.ts'
import { Conflict, Invalid, NotFound, Refused } from '#errors.ts'

import { setAutoProvisioning, setEnabled } from '#identity-providers/change.ts'
import { createIdentityProvider, ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { findIdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { deleteIdentityProvider } from '#identity-providers/remove.ts'

import { openSeal } from '#identity-providers/secrets.ts'
import { type Database, openDatabase, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { createTenant } from '#tenancy/tenants.ts'
import { testDatabase } from '../setup/database.ts'
import { CERTIFICATE } from './certificate.ts'

const house = testDatabase()
const details = { entityIssuer: 'urn:idp', ssoUrl: 'https://idp.example/sso', certificates: CERTIFICATE }
let db: Database
let dataDir: string
let tenants = 0

beforeAll(async () => {
  db = openDatabase({ connection: house.serving })
  dataDir = await mkdtemp(join(tmpdir(), 'doorlist-seal-'))
})
afterAll(async () => {
  await db.close()
  await rm(dataDir, { recursive: true })
})

async function newTenant(): Promise<AuditContext> {
  const { id: tenantId } = await createTenant(db, { type: 'system', name: 'test' }, { slug: `t${++tenants}` })
  return { tenantId, actor: { type: 'operator', name: 'ada' } }
}

test('a name is taken once in a tenant, whatever its letters, and free in another', async () => {
  const auditContext = await newTenant()
  await createIdentityProvider(db, auditContext, { name: 'Okta', type: 'saml' })
  await expect(createIdentityProvider(db, auditContext, { name: ' OKTA ', type: 'oidc' })).rejects.toThrow(
    Conflict,
  )
  await createIdentityProvider(db, await newTenant(), { name: 'Okta', type: 'saml' })
  expect(await listIdentityProviders(db, auditContext.tenantId)).toHaveLength(1)
})

test('auto-provisioning waits for the sign-in details', async () => {
  const auditContext = await newTenant()
  const incomplete = { name: 'A', type: 'saml', details: { entityIssuer: 'urn:idp' } } as const
  await expect(
    createIdentityProvider(db, auditContext, { ...incomplete, autoProvisioning: true }),
  ).rejects.toThrow(
    'autoProvisioning cannot be switched on while sign-in details are missing: ssoUrl, certificates',
  )
  const { provider, credentials } = await createIdentityProvider(db, auditContext, incomplete)
  expect(credentials).toBeUndefined()
  await expect(setAutoProvisioning(db, auditContext, provider.id, true)).rejects.toThrow(Invalid)
  expect((await findIdentityProvider(db, auditContext.tenantId, 'a')).autoProvisioning).toBe(false)
})

test('switching auto-provisioning on for the first time makes credentials', async () => {
  const auditContext = await newTenant()
  const { provider } = await createIdentityProvider(db, auditContext, { name: 'A', type: 'saml', details })
  const first = await setAutoProvisioning(db, auditContext, provider.id, true)
  expect(first.provider.autoProvisioning).toBe(true)
  expect(first.credentials?.token).toMatch(/^dlt_[\w-]{43}$/)
  expect((await setAutoProvisioning(db, auditContext, provider.id, true)).credentials).toBeUndefined()
})

test('each change is one audit event, and a switch that stands already makes none', async () => {
  const auditContext = await newTenant()
  const { provider } = await createIdentityProvider(db, auditContext, {
    name: 'A',
    type: 'saml',
    details,
    autoProvisioning: true,
  })
  await setEnabled(db, auditContext, provider.id, true)
  await setEnabled(db, auditContext, provider.id, false)
  await deleteIdentityProvider(db, auditContext, provider.id)
  const events = await searchEvents(db, auditContext.tenantId, { limit: 100, actor: 'ADA' })
  expect(events.map(({ action, objectType }) => `${action} ${objectType}`)).toEqual([
    'delete IdentityProvider',
    'update IdentityProvider',
    'create ScimCredential',
    'create IdentityProvider',
  ])
  expect(events[1]?.change).toEqual({ before: { enabled: true }, after: { enabled: false } })
})

test('nothing of another tenant is found or changed', async () => {
  const auditContext = await newTenant()
  const stranger = await newTenant()
  const { provider } = await createIdentityProvider(db, auditContext, { name: 'A', type: 'saml', details })
  await expect(findIdentityProvider(db, stranger.tenantId, provider.id)).rejects.toThrow(NotFound)
  await expect(setEnabled(db, stranger, provider.id, false)).rejects.toThrow(NotFound)
  await expect(deleteIdentityProvider(db, stranger, provider.id)).rejects.toThrow(NotFound)
  expect((await findIdentityProvider(db, auditContext.tenantId, provider.id)).enabled).toBe(true)
})

test('the local identity provider is there once, provisions nothing, and stays', async () => {
  const auditContext = await newTenant()
  await Promise.all([1, 2, 3].map(() => ensureLocalIdentityProvider(db, auditContext)))
  const [local, ...more] = await listIdentityProviders(db, auditContext.tenantId)
  if (!local) throw new Error('there is no local identity provider')
  expect(more).toEqual([])
  await expect(deleteIdentityProvider(db, auditContext, local.id)).rejects.toThrow(Refused)
  await expect(setAutoProvisioning(db, auditContext, local.id, true)).rejects.toThrow(Refused)
  await expect(createIdentityProvider(db, auditContext, { name: 'B', type: 'local' })).rejects.toThrow(
    Invalid,
  )
})

test('a client secret is sealed, and a service without the right key does not open', async () => {
  const auditContext = await newTenant()
  const seal = await openSeal(db, { secretKey: undefined, dataDir })
  const file = join(dataDir, 'secret.key')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const secret = 'a-canary-of-a-client-secret'
  const oidc = { issuer: 'https://op.example', clientId: 'c', clientSecret: secret }
  const { provider } = await createIdentityProvider(
    db,
    auditContext,
    { name: 'Entra', type: 'oidc', details: oidc, autoProvisioning: true },
    seal,
  )
  const rows = await db.run<{ text: string; sealed: Buffer }>(
    SYSTEM,
    sql`select row_to_json(i)::text as text, client_secret as sealed from identity_provider i where id = ${provider.id}`,
  )
  expect(rows[0]?.text).not.toContain(secret)
  expect(rows[0]?.text).not.toContain(Buffer.from(secret).toString('hex'))
  const place = {
    tenantId: auditContext.tenantId,
    column: 'identity_provider.client_secret',
    row: provider.id,
  }
  expect(
    (await openSeal(db, { secretKey: undefined, dataDir })).open(rows[0]?.sealed ?? Buffer.of(), place),
  ).toBe(secret)

  await expect(openSeal(db, { secretKey: 'k'.repeat(32), dataDir })).rejects.toThrow(
    "doesn't match the secrets",
  )
  await writeFile(file, 'short')
  await expect(openSeal(db, { secretKey: undefined, dataDir })).rejects.toThrow('contains no secret key')
  await rm(file)
  await expect(openSeal(db, { secretKey: undefined, dataDir })).rejects.toThrow('The secret key is missing')
  await expect(stat(file)).rejects.toThrow('ENOENT')
})
