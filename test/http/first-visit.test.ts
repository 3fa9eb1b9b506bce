// A service as it is started: the portal and signing in are loaded by whoever comes first.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '#config.ts'
import { type Service, startService } from '#main.ts'
import { createLog } from '#platform/log.ts'
import { testDatabase } from '#test/setup/database.ts'

const database = testDatabase()
let folder: string
let service: Service
const get = (path: string) => fetch(service.url + path, { redirect: 'manual' })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorlist-first-'))
  const settings = { DATABASE_URL: database.url, DOORLIST_DATA_DIR: folder, DOORLIST_PORT: '0' }
  service = await startService(readConfig(settings), createLog('silent'))
})
afterAll(async () => {
  await service?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('many first visitors at once all get their pages, with the headers of those', async () => {
  const paths = ['/sign-in/passkey.js', '/admin', '/admin/users', '/api/v1/openapi.json']
  const answers = await Promise.all([...paths, ...paths].map(get))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect((await get('/')).headers.get('location')).toContain('/sign-in')
  const { headers } = await get('/admin')
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
})

test('what is posted arrives whole, and is answered as the door that it is for answers', async () => {
  const post = (path: string, body: string, type: string) =>
    fetch(service.url + path, { method: 'POST', body, headers: { 'content-type': type } })
  const signIn = await post('/api/v1/session', JSON.stringify({ email: 'nobody' }), 'application/json')
  expect(signIn.headers.get('content-type')).toContain('application/problem+json')
  const tooLarge = await post('/api/v1/session', JSON.stringify('x'.repeat(300_000)), 'application/json')
  expect(tooLarge.status).toBe(413)
  const logout = await post(`/saml/${crypto.randomUUID()}/acs`, 'a=b', 'application/x-www-form-urlencoded')
  expect(logout.headers.get('content-type')).toContain('text/html')
})

test('nobody is led anywhere from a path of no door, and SCIM keeps its own refusals', async () => {
  expect((await get('/nowhere')).status).toBe(404)
  expect((await get('/administration')).status).toBe(404)
  expect((await get('/api/v1/nowhere')).headers.get('content-type')).toContain('application/problem+json')
  const scim = await get(`/scim/v2/${crypto.randomUUID()}/Nothing`)
  expect(scim.headers.get('content-type')).toContain('application/scim+json')
})
