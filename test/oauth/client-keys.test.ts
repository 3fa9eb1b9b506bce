import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditContext } from '#audit/record.ts'
import { Conflict, Invalid, NotFound, Refused } from '#errors.ts'
import { createIdentityProvider, ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import {
  addClientKeys,
  listClientKeys,
  retireClientKey,
} from '#identity-providers/credentials/client-keys.ts'
import { readJwks } from '#identity-providers/credentials/jwk.ts'
import { findIdentityProvider } from '#identity-providers/identity-providers.ts'
import { deleteIdentityProvider } from '#identity-providers/remove.ts'
import { type Database, openDatabase, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { ensureDefaultTenant } from '#tenancy/tenants.ts'
import { doorlist } from '../cli/run.ts'
import { testDatabase } from '../setup/database.ts'
import { jwks, newSigningKey } from './assertion.ts'

const database = testDatabase()
let folder: string
let db: Database
let auditContext: AuditContext
let made = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorlist-keys-'))
  db = openDatabase({ connection: database.serving })
  const { id } = await ensureDefaultTenant(db)
  auditContext = { tenantId: id, actor: { type: 'operator', name: 'test' } }
})
afterAll(async () => {
  await db.close()
  await rm(folder, { recursive: true })
})

async function newIdp(): Promise<{ id: string; name: string }> {
  const input = { name: `IdP ${++made}`, type: 'oidc', details: { issuer: 'https://idp.example' } } as const
  return (await createIdentityProvider(db, auditContext, input)).provider
}

const key = (kid: string) => newSigningKey('ES256', kid)
const add = (idpId: string, text: string, expiresAt?: Date) =>
  addClientKeys(db, auditContext, idpId, readJwks(text), { expiresAt })

test('several keys live side by side, and one that lives is not added twice', async () => {
  const { id } = await newIdp()
  const [a, b] = [key('a'), key('b')]
  expect((await add(id, jwks(a))).map(({ kid }) => kid)).toEqual(['a'])
  expect((await add(id, jwks(a, b))).map(({ kid }) => kid)).toEqual(['a', 'b'])
})

test('a key that was retired does not come back, but its kid may be given to a new one', async () => {
  const { id } = await newIdp()
  const [old, young] = [key('main'), key('main')]
  await add(id, jwks(old))
  await expect(add(id, jwks(young))).rejects.toThrow(Conflict)
  const first = await retireClientKey(db, auditContext, id, 'main')
  expect(first.retiredAt).toBeInstanceOf(Date)
  expect(await retireClientKey(db, auditContext, id, 'main')).toEqual(first)
  await expect(add(id, jwks(old))).rejects.toThrow(Refused)
  const [live] = await add(id, jwks(young))
  expect((await retireClientKey(db, auditContext, id, 'main')).id).toBe(live?.id)
  await expect(retireClientKey(db, auditContext, id, 'nobody')).rejects.toThrow(NotFound)
})

test('a set is added as a whole or not at all', async () => {
  const { id } = await newIdp()
  await add(id, jwks(key('a')))
  await expect(add(id, jwks(key('b'), key('a')))).rejects.toThrow(Conflict)
  const ten = Array.from({ length: 10 }, (_, i) => newSigningKey('EdDSA', `${i}`))
  await expect(add(id, jwks(...ten))).rejects.toThrow('more than 10 live keys')
  await expect(add(id, jwks(key('c')), new Date(Date.now() - 1))).rejects.toThrow(Invalid)
  expect((await listClientKeys(db, auditContext.tenantId, id)).map(({ kid }) => kid)).toEqual(['a'])
})

test('the same key under another kid is named by the one it has', async () => {
  const { id } = await newIdp()
  const own = key('a')
  await add(id, jwks(own))
  await expect(add(id, JSON.stringify({ ...own.jwk, kid: 'b' }))).rejects.toThrow('as a')
})

test('two identity providers may have the same key, and only their own tenant sees it', async () => {
  const [one, two] = [await newIdp(), await newIdp()]
  const shared = key('shared')
  await add(one.id, jwks(shared))
  expect(await add(two.id, jwks(shared))).toHaveLength(1)
  expect(await listClientKeys(db, crypto.randomUUID(), one.id)).toEqual([])
  const elsewhere: AuditContext = { ...auditContext, tenantId: crypto.randomUUID() }
  await expect(addClientKeys(db, elsewhere, one.id, readJwks(jwks(key('x'))))).rejects.toThrow(NotFound)
})

test('the local identity provider has no client, and a deleted one keeps no keys', async () => {
  await ensureLocalIdentityProvider(db, auditContext)
  const local = await findIdentityProvider(db, auditContext.tenantId, 'Local')
  await expect(add(local.id, jwks(key('x')))).rejects.toThrow(Refused)
  const { id } = await newIdp()
  await add(id, jwks(key('x')))
  await deleteIdentityProvider(db, auditContext, id)
  expect(await db.run(SYSTEM, sql`select from client_key where idp_id = ${id}`)).toEqual([])
})

function run(...args: string[]) {
  const { host, port, user, database: name } = database.connection
  const address = new URLSearchParams({ host: `${host}`, port: `${port}`, user: `${user}` })
  const settings = {
    DATABASE_URL: `postgres://localhost/${name}?${address}`,
    DOORLIST_DATA_DIR: folder,
    DOORLIST_PUBLIC_URL: 'https://doors.example',
  }
  return doorlist(settings, args)
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

test('an operator registers, lists and retires keys at the command line, and the log tells it', async () => {
  const { id, name } = await newIdp()
  const set = await file('jwks.json', jwks(newSigningKey('RS256', 'key-1'), newSigningKey('EdDSA', 'key-2')))
  const added = await run('idp', 'keys', 'add', name, set, '--json')
  expect(JSON.parse(added.stdout), added.stderr).toMatchObject({
    clientId: id,
    tokenEndpoint: 'https://doors.example/oauth/token',
    keys: [{ kid: 'key-1', retiredAt: null }, { kid: 'key-2' }],
  })
  expect((await run('idp', 'keys', 'retire', name, 'key-1')).stdout).toBe('key-1 was retired\n')
  const listed = await run('idp', 'keys', 'list', name)
  expect(listed.stdout).toMatch(/KID +TYPE[\s\S]*key-1 +RSA 2048[\s\S]*key-2 +Ed25519/)
  const events = await db.run(
    { tenantId: auditContext.tenantId },
    sql`select e.action, e.object_name as name from audit_event e join client_key k on k.id = e.object_id
      where k.idp_id = ${id} and e.object_type = 'ClientKey' order by e.at, e.id`,
  )
  expect(events).toEqual([
    { action: 'create', name: 'key-1' },
    { action: 'create', name: 'key-2' },
    { action: 'update', name: 'key-1' },
  ])
})

test('a file with a private key is refused, and the key is not repeated', async () => {
  const { name } = await newIdp()
  const secret = newSigningKey('ES256').privateKey.export({ format: 'jwk' })
  const refused = await run('idp', 'keys', 'add', name, await file('private.json', JSON.stringify(secret)))
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/private key/) })
  expect(refused.stderr).not.toContain(secret.d)
})
