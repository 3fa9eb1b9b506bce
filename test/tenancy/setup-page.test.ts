import type { LightMyRequestResponse } from 'fastify'
import Fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { searchEvents } from '#audit/search.ts'
import { setupPage } from '#http/portal/setup-page.ts'
import { type Database, openDatabase, SYSTEM } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { hasOwner, listAdministrators } from '#tenancy/administrators.ts'
import { createSetupLink } from '#tenancy/setup-link.ts'
import { createTenant } from '#tenancy/tenants.ts'
import { testDatabase } from '../setup/database.ts'

const house = testDatabase()
const server = Fastify()
let db: Database
let tenants = 0

beforeAll(async () => {
  db = openDatabase({ connection: house.connection })
  await server.register(setupPage, { db })
})
afterAll(async () => {
  await server.close()
  await db.close()
})

async function newLink(): Promise<{ tenantId: string; url: string }> {
  const slug = `t${++tenants}`
  const tenant = await createTenant(db, { type: 'system', name: 'test' }, { slug, name: 'Acme <b>' })
  return { tenantId: tenant.id, url: `/admin/setup/${await createSetupLink(db, tenant.id)}` }
}

const ADA = { email: 'Ada@example.com', name: 'Ada Lovelace', password: 'correct horse battery' }

function send(
  url: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  const payload = new URLSearchParams(form).toString()
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  return server.inject({ method: 'POST', url, payload, headers: { ...type, ...headers } })
}

test('the link makes the first owner, once', async () => {
  const { tenantId, url } = await newLink()
  const form = await server.inject(url)
  expect(form.statusCode).toBe(200)
  expect(form.body).toContain('Acme &lt;b&gt;')
  expect(form.body).not.toContain('<script')
  expect(form.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
  expect(form.headers['cache-control']).toBe('no-store')

  expect((await send(url, ADA, { origin: 'http://localhost:80', host: 'localhost:80' })).statusCode).toBe(200)
  expect(await listAdministrators(db, tenantId)).toMatchObject([{ email: 'Ada@example.com', role: 'owner' }])
  expect(await hasOwner(db, tenantId)).toBe(true)
  const [event] = await searchEvents(db, tenantId, { limit: 1 })
  expect(event).toMatchObject({ action: 'create', objectType: 'Administrator', actorName: 'Ada@example.com' })

  expect((await server.inject(url)).statusCode).toBe(404)
  expect((await send(url, { ...ADA, email: 'eve@example.com' })).statusCode).toBe(404)
  expect(await listAdministrators(db, tenantId)).toHaveLength(1)
})

test('of many who use one link at the same time, one becomes the owner', async () => {
  const { tenantId, url } = await newLink()
  const answers = await Promise.all([1, 2, 3].map((n) => send(url, { ...ADA, email: `a${n}@example.com` })))
  expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 404, 404])
  expect(await listAdministrators(db, tenantId)).toHaveLength(1)
})

test('a mistake is shown at its field, keeps the rest, and leaves the link good', async () => {
  const { url } = await newLink()
  const short = await send(url, { ...ADA, name: '"><i>', password: 'fourteen chars' })
  expect(short.statusCode).toBe(422)
  expect(short.body).toContain('password must have at least 15 characters')
  expect(short.body).toMatch(
    /<input id="password"[^>]*aria-describedby="password-hint password-problem"[^>]*aria-invalid="true"/,
  )
  expect(short.body).toContain('value="Ada@example.com"')
  expect(short.body).toContain('value="&quot;&gt;&lt;i&gt;"')
  expect(short.body).not.toContain('fourteen chars')
  expect((await send(url, { ...ADA, email: 'nobody' })).statusCode).toBe(422)
  expect((await send(url, {})).statusCode).toBe(422)
  expect((await send(url, ADA)).statusCode).toBe(200)
})

test('a form that another site sends is refused', async () => {
  const { tenantId, url } = await newLink()
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    expect((await send(url, ADA, headers as Record<string, string>)).statusCode).toBe(403)
  }
  expect(await listAdministrators(db, tenantId)).toEqual([])
})

test('a link ends after 24 hours, when a newer one is made, and was never good when it is made up', async () => {
  const { tenantId, url } = await newLink()
  await createSetupLink(db, tenantId)
  expect((await server.inject(url)).statusCode).toBe(404)
  const late = await newLink()
  await db.run(SYSTEM, sql`update setup_link set expires_at = now() where tenant_id = ${late.tenantId}`)
  expect((await server.inject(late.url)).statusCode).toBe(404)
  expect((await server.inject('/admin/setup/%00')).statusCode).toBe(404)
})

test('what is no form is refused', async () => {
  const { url } = await newLink()
  const json = await server.inject({ method: 'POST', url, payload: ADA })
  expect(json.statusCode).toBe(415)
  expect((await send(url, { ...ADA, name: 'x'.repeat(20_000) })).statusCode).toBe(413)
})
