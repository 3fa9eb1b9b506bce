// An installation of before has links made from whatever arrived. Those that were certainly made from an identifier that
// stays are kept; all others go, and the rule finds their users again.
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

const FOLDER = new URL('../../../migrations/', import.meta.url)
const FILES = readdirSync(FOLDER).sort()
const OURS = FILES.findIndex((file) => file.endsWith('-stable-identifiers.sql'))
const database = `test_${randomUUID().replaceAll('-', '')}`
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'

let client: pg.Client
beforeAll(async () => {
  await onCluster(`create database ${database}`)
  client = new pg.Client({ ...inject('cluster'), database })
  await client.connect()
  await client.query('create table kysely_migration (name text)') // the migrator's own, which a migration names
  for (const file of FILES.slice(0, OURS)) await apply(file)
})
afterAll(async () => {
  await client?.end()
  await onCluster(`drop database if exists ${database} with (force)`)
})

async function onCluster(statement: string): Promise<void> {
  const admin = new pg.Client(inject('cluster'))
  await admin.connect()
  await admin.query(statement)
  await admin.end()
}

async function apply(file: string): Promise<void> {
  await client.query(readFileSync(new URL(file, FOLDER), 'utf8'))
}

const tenant = randomUUID()

async function insertProvider(type: string, details: object): Promise<string> {
  const id = randomUUID()
  await client.query(
    `insert into identity_provider (id, tenant_id, name, type, details) values ($1, $2, $3, $4, $5)`,
    [id, tenant, id, type, details],
  )
  return id
}

interface Before {
  readonly idp: string
  readonly issuer: string
  /** Of the NameID, where a session of the user says it. */
  readonly format?: string
}

/** @returns the id of a user to whom each of the subjects is linked */
async function insertLinked({ idp, issuer, format }: Before, ...subjects: string[]): Promise<string> {
  const id = randomUUID()
  await client.query(
    `insert into directory_user (id, tenant_id, idp_id, user_name, user_name_key, active, idp_active, resource)
      values ($1::uuid, $2, $3, $1::uuid::text, $1::uuid::text, true, true, '{}')`,
    [id, tenant, idp],
  )
  for (const subject of subjects)
    await client.query(
      `insert into user_identity (idp_id, issuer, subject, tenant_id, user_id) values ($1, $2, $3, $4, $5)`,
      [idp, issuer, subject, tenant, id],
    )
  if (format !== undefined)
    await client.query(
      `insert into user_session (id, tenant_id, idp_id, user_id, digest, subject, name_id_format)
        values ($1, $2, $3, $4, $5, $6, $7)`,
      [randomUUID(), tenant, idp, id, randomUUID(), subjects[0], format],
    )
  return id
}

test('links that are certainly stable are kept, and nobody has two', async () => {
  await client.query(`insert into tenant (id, slug, name) values ($1, 'acme', 'Acme')`, [tenant])
  const oidc = await insertProvider('oidc', { issuer: 'https://op.example' })
  const saml = await insertProvider('saml', { entityIssuer: 'https://idp.example' })
  const atOidc = { idp: oidc, issuer: 'https://op.example' }
  const atSaml = { idp: saml, issuer: 'https://idp.example' }

  const bySub = await insertLinked(atOidc, 'sub-1')
  await insertLinked(atOidc, 'sub-2', 'sub-3')
  await insertLinked({ idp: oidc, issuer: 'https://former.example' }, 'sub-4')
  const persistent = await insertLinked({ ...atSaml, format: PERSISTENT }, 'opaque')
  await insertLinked({ ...atSaml, format: EMAIL }, 'mia@a.example')
  await insertLinked(atSaml, 'nobody-knows')
  await client.query(
    `insert into user_attempt (id, tenant_id, idp_id, digest, return_to, user_id, expires_at)
      values ($1, $2, $3, 'x', '/', $4, now() + interval '5 minutes')`,
    [randomUUID(), tenant, oidc, bySub],
  )

  await apply(FILES[OURS] ?? '')

  const { rows } = await client.query(
    `select user_id as "user", source, identifier from user_identity order by source`,
  )
  expect(rows).toEqual([
    { user: persistent, source: 'NameID', identifier: 'opaque' },
    { user: bySub, source: 'sub', identifier: 'sub-1' },
  ])
  expect((await client.query('select from user_attempt')).rowCount).toBe(0)
})
