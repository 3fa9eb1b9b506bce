import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditContext } from '#audit/record.ts'
import { Refused, Unauthenticated } from '#errors.ts'
import { setAutoProvisioning, setEnabled } from '#identity-providers/change.ts'
import { createIdentityProvider } from '#identity-providers/create.ts'
import { type Authenticator, openAuthenticator } from '#identity-providers/credentials/authenticate.ts'
import {
  type IssuedCredentials,
  listCredentials,
  retireCredential,
  rotateCredentials,
} from '#identity-providers/credentials/credentials.ts'
import { openLastSeen } from '#identity-providers/last-seen.ts'
import { deleteIdentityProvider } from '#identity-providers/remove.ts'
import { type Database, openDatabase, SYSTEM } from '#platform/database/database.ts'
import { StaleScope } from '#platform/database/errors.ts'
import { sql } from '#platform/database/sql.ts'
import { createTenant } from '#tenancy/tenants.ts'
import { testDatabase } from '../setup/database.ts'
import { CERTIFICATE } from './certificate.ts'

const house = testDatabase()
let db: Database
let auditContext: AuditContext
let now = new Date()
let authenticator: Authenticator
let made = 0

beforeAll(async () => {
  db = openDatabase({ connection: house.serving })
  const tenant = await createTenant(db, { type: 'system', name: 'test' }, { slug: 'acme' })
  auditContext = { tenantId: tenant.id, actor: { type: 'operator', name: 'test' } }
  authenticator = openAuthenticator(db, () => now)
})
afterAll(() => db.close())

async function newIdp(): Promise<{ id: string; credentials: IssuedCredentials }> {
  const { provider, credentials } = await createIdentityProvider(db, auditContext, {
    name: `IdP ${++made}`,
    type: 'saml',
    details: { entityIssuer: 'urn:idp', ssoUrl: 'https://idp.example/sso', certificates: CERTIFICATE },
    autoProvisioning: true,
  })
  if (!credentials) throw new Error('no credentials were made')
  return { id: provider.id, credentials }
}

const bearer = (token: string) => `Bearer ${token}`
const basic = (key: string, secret: string) => `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`

/** A statement as the SCIM door sends them: in the caller's scope. */
const work = async (authorization: string, id: string) => {
  const caller = await authenticator.authenticate(authorization, id)
  await db.run(caller.scope, sql`select 1 as one`)
  return caller
}

test('token, key with secret, and access token all name the same caller', async () => {
  const { id, credentials } = await newIdp()
  const { token } = await authenticator.accessToken(credentials.key, credentials.secret)
  const callers = [
    await work(bearer(credentials.token), id),
    await work(`bearer  ${credentials.token}`, id.toUpperCase()),
    await work(basic(credentials.key, credentials.secret), id),
    await work(bearer(token), id),
  ]
  for (const caller of callers) {
    expect(caller).toMatchObject({
      tenantId: auditContext.tenantId,
      credentialId: credentials.id,
      idp: { id },
    })
  }
})

test('anything that is not a credential of this identity provider is refused', async () => {
  const { id, credentials } = await newIdp()
  const other = await newIdp()
  const { key, secret, token } = credentials
  const wrong = [
    undefined,
    '',
    'Bearer ',
    'Bearer undefined',
    token,
    bearer(`${token}x`),
    bearer(secret),
    bearer(other.credentials.token),
    basic('x', token),
    basic(key, other.credentials.secret),
    basic(other.credentials.key, other.credentials.secret),
    basic(key, ''),
    'Basic !!!',
    `Digest ${token}`,
    `Bearer ${token}\u0000`,
  ]
  for (const header of wrong) {
    await expect(authenticator.authenticate(header, id), String(header)).rejects.toThrow(Unauthenticated)
  }
  await expect(authenticator.authenticate(bearer(token), 'no-id')).rejects.toThrow(Unauthenticated)
})

test('only digests of secrets are stored', async () => {
  const { credentials } = await newIdp()
  const { token } = await authenticator.accessToken(credentials.key, credentials.secret)
  const rows = await db.run<{ text: string }>(
    SYSTEM,
    sql`select row_to_json(c)::text as text from scim_credential c union all
      select row_to_json(a)::text from access_token a union all select row_to_json(e)::text from audit_event e`,
  )
  const text = rows.map((row) => row.text).join('\n')
  expect(text).toContain(credentials.key)
  for (const secret of [credentials.secret, credentials.token, token]) {
    expect(text).not.toContain(secret)
    expect(text).not.toContain(Buffer.from(secret).toString('hex'))
  }
})

test('a retired set is dead on the next statement, while the rotated one lives', async () => {
  const { id, credentials } = await newIdp()
  const access = await authenticator.accessToken(credentials.key, credentials.secret)
  await work(bearer(credentials.token), id)
  await work(bearer(access.token), id)
  const fresh = await rotateCredentials(db, auditContext, id)
  await work(bearer(credentials.token), id)
  await retireCredential(db, auditContext, id, credentials.key)

  for (const header of [bearer(credentials.token), bearer(access.token)]) {
    await expect(work(header, id)).rejects.toThrow(StaleScope)
    await expect(authenticator.refresh(header, id)).rejects.toThrow('retired')
  }
  await expect(authenticator.accessToken(credentials.key, credentials.secret)).rejects.toThrow(
    Unauthenticated,
  )
  expect((await work(bearer(fresh.token), id)).credentialId).toBe(fresh.id)
})

test('retiring twice changes nothing more', async () => {
  const { id, credentials } = await newIdp()
  const first = await retireCredential(db, auditContext, id, credentials.id)
  const second = await retireCredential(db, auditContext, id, credentials.id)
  expect(first.retiredAt).toBeInstanceOf(Date)
  expect(second).toEqual(first)
  const events = await db.run(
    { tenantId: auditContext.tenantId },
    sql`select from audit_event where object_id = ${credentials.id} and action = 'update'`,
  )
  expect(events).toHaveLength(1)
})

test('expiry holds also for a remembered caller, and an access token does not outlive its credentials', async () => {
  const { id } = await newIdp()
  const expiresAt = new Date(now.getTime() + 600_000)
  const short = await rotateCredentials(db, auditContext, id, { expiresAt })
  const access = await authenticator.accessToken(short.key, short.secret)
  expect(access.expiresInSeconds).toBe(600)
  await authenticator.authenticate(bearer(short.token), id)
  await authenticator.authenticate(bearer(access.token), id)
  const before = now
  now = new Date(expiresAt.getTime() - 1)
  await authenticator.authenticate(bearer(short.token), id)
  now = expiresAt
  await expect(authenticator.authenticate(bearer(short.token), id)).rejects.toThrow('expired')
  await expect(authenticator.authenticate(bearer(access.token), id)).rejects.toThrow('expired')
  now = before
})

test('a disabled identity provider and one without auto-provisioning are refused at once, and let in again at once', async () => {
  const { id, credentials } = await newIdp()
  const header = bearer(credentials.token)
  await work(header, id)
  await setEnabled(db, auditContext, id, false)
  await expect(work(header, id)).rejects.toThrow(StaleScope)
  await expect(authenticator.refresh(header, id)).rejects.toThrow(Refused)
  await expect(authenticator.refresh(header, id)).rejects.toThrow('disabled')
  await setEnabled(db, auditContext, id, true)
  await work(header, id)
  await setAutoProvisioning(db, auditContext, id, false)
  await expect(authenticator.refresh(header, id)).rejects.toThrow('Auto-provisioning is off')
  const { credentials: more } = await setAutoProvisioning(db, auditContext, id, true)
  expect(more).toBeUndefined()
  await work(header, id)
})

test('credentials of a deleted identity provider are unknown', async () => {
  const { id, credentials } = await newIdp()
  const caller = await work(bearer(credentials.token), id)
  await deleteIdentityProvider(db, auditContext, id)
  await expect(db.run(caller.scope, sql`select 1 as one`)).rejects.toThrow(StaleScope)
  await expect(authenticator.refresh(bearer(credentials.token), id)).rejects.toThrow(Unauthenticated)
})

test('a credential that was unknown works from the moment it is made', async () => {
  const { id } = await newIdp()
  const fresh = await rotateCredentials(db, auditContext, id)
  await work(bearer(fresh.token), id)
})

test('last sync and last use are stamped', async () => {
  const { id, credentials } = await newIdp()
  const lastSeen = openLastSeen(db, () => now)
  lastSeen.seen(await work(bearer(credentials.token), id))
  await lastSeen.close()
  expect((await listCredentials(db, auditContext.tenantId, id))[0]?.lastUsedAt).toEqual(now)
})

test('at most ten sets live at a time', async () => {
  const { id } = await newIdp()
  for (let i = 1; i < 10; i++) await rotateCredentials(db, auditContext, id)
  await expect(rotateCredentials(db, auditContext, id)).rejects.toThrow(Refused)
})
