// TLS to the database, as libpq's parameters ask for it. @see PostgreSQL manual, 34.19 "SSL Support"
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '#config.ts'
import { loginsOf } from '#platform/database/connect/logins.ts'
import { connectTo } from '#platform/database/connect/route.ts'
import { doorlist } from '#test/cli/run.ts'
import { makeAuthority } from './authority.ts'
import { query } from './roles.ts'
import { type Server, startServer } from './server.ts'

const folder = mkdtempSync(join(tmpdir(), 'doorlist-tls-'))
let server: Server
let plain: Server

beforeAll(async () => {
  const [authority, other] = [await makeAuthority(), await makeAuthority()]
  // The certificate names `localhost` and not the address.
  const { certificate, key } = await authority.sign('localhost', ['localhost'])
  const client = await authority.sign('certified')
  for (const [name, text] of Object.entries({
    'ca.pem': authority.certificate,
    'other-ca.pem': other.certificate,
    'client.pem': client.certificate,
    'client.key': client.key,
  }))
    writeFileSync(join(folder, name), text)
  plain = await startServer()
  server = await startServer()
  server.write('server.crt', certificate)
  server.write('server.key', key)
  server.write('ca.crt', authority.certificate)
  for (const setting of ['ssl = on', `ssl_ca_file = 'ca.crt'`])
    await query(server.superuser, `alter system set ${setting}`)
  await query(server.superuser, 'create role certified login; create role encrypted login')
  server.write(
    'pg_hba.conf',
    `hostssl all certified 127.0.0.1/32 cert
     hostssl all encrypted 127.0.0.1/32 trust
     hostnossl all encrypted 127.0.0.1/32 reject
     host all all 127.0.0.1/32 scram-sha-256`,
  )
  await server.restart()
}, 120_000)
afterAll(async () => {
  await server?.remove()
  await plain?.remove()
  rmSync(folder, { recursive: true })
})

interface Wish {
  readonly host?: string
  readonly user?: string
  readonly to?: Server
}

/** How the service would connect by such a URL, or why it doesn't. */
async function outcome(
  parameters: string,
  { host = '127.0.0.1', user = 'postgres', to = server }: Wish = {},
) {
  const { port, password } = to.superuser
  const url = `postgres://${user}:${password}@${host}:${port}/postgres?${parameters}`
  const { databaseUrl = '' } = readConfig({ DATABASE_URL: url })
  try {
    const { client } = await connectTo(loginsOf(databaseUrl).serving)
    const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
    await client.end()
    return rows[0]?.ssl ? 'encrypted' : 'not encrypted'
  } catch (error) {
    return (error as Error).message
  }
}

const root = (name: string) => `sslrootcert=${encodeURIComponent(join(folder, name))}`

test.each([
  ['', 'encrypted'],
  ['sslmode=disable', 'not encrypted'],
  ['sslmode=allow', 'not encrypted'],
  ['sslmode=prefer', 'encrypted'],
  ['sslmode=require', 'encrypted'],
  ['ssl=true', 'encrypted'],
])('%s asks for no certificate that could be checked', async (parameters, expected) => {
  expect(await outcome(parameters)).toBe(expected)
})

test('prefer goes on without TLS where the server has none, and require does not', async () => {
  expect(await outcome('', { to: plain })).toBe('not encrypted')
  expect(await outcome('sslmode=prefer', { to: plain })).toBe('not encrypted')
  expect(await outcome('sslmode=require', { to: plain })).toBe('The server does not support SSL connections')
})

test('allow and prefer find out what the server asks for', async () => {
  expect(await outcome('sslmode=allow', { user: 'encrypted' })).toBe('encrypted')
  expect(await outcome('sslmode=prefer', { user: 'encrypted' })).toBe('encrypted')
  expect(await outcome('sslmode=disable', { user: 'encrypted' })).toMatch(/pg_hba\.conf rejects/)
})

test('verify-ca and require with an authority check who signed the certificate, and not which host it names', async () => {
  for (const mode of ['sslmode=verify-ca', 'sslmode=require']) {
    expect([mode, await outcome(`${mode}&${root('ca.pem')}`)]).toEqual([mode, 'encrypted'])
    expect([mode, await outcome(`${mode}&${root('other-ca.pem')}`)]).toEqual([
      mode,
      expect.stringMatching(/certificate/),
    ])
  }
})

test('verify-full checks who signed the certificate and which host it names', async () => {
  const full = 'sslmode=verify-full'
  expect(await outcome(`${full}&${root('ca.pem')}`, { host: 'localhost' })).toBe('encrypted')
  expect(await outcome(`${full}&${root('ca.pem')}`)).toMatch(/IP: 127\.0\.0\.1 is not in the cert/)
  expect(await outcome(`${full}&${root('other-ca.pem')}`, { host: 'localhost' })).toMatch(/certificate/)
  expect(await outcome(full, { host: 'localhost' })).toMatch(/certificate/)
})

test('a client certificate takes the place of a password', async () => {
  const files = `sslcert=${join(folder, 'client.pem')}&sslkey=${join(folder, 'client.key')}`
  expect(await outcome(`sslmode=require&${files}`, { user: 'certified' })).toBe('encrypted')
  expect(await outcome('sslmode=require', { user: 'certified' })).toMatch(/valid client certificate/)
})

test.each([
  ['sslmode=on', 'sslmode is "on": must be one of disable, allow, prefer, require, verify-ca, verify-full'],
  ['sslmode=verify-ca', /^DATABASE_URL: sslmode=verify-ca needs sslrootcert/],
  ['sslmode=require&sslrootcert=system', 'sslrootcert=system needs sslmode=verify-full'],
  [
    'sslrootcert=/nowhere/ca.pem',
    'sslrootcert is "/nowhere/ca.pem": must be a file that can be read (ENOENT)',
  ],
  ['sslcertmode=require', "sslcertmode isn't supported"],
  [
    'target_session_attrs=read-only',
    'target_session_attrs is "read-only": must be read-write, primary or any',
  ],
])('%s is refused in one line, without the password', async (parameters, expected) => {
  const { port, password } = server.superuser
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres?${parameters}`
  const { code, stderr } = await doorlist({ DATABASE_URL: url, DOORLIST_DATA_DIR: folder }, [
    'tenant',
    'list',
  ])
  expect(code).toBe(1)
  expect(stderr.trimEnd()).not.toContain('\n')
  expect(stderr).not.toContain(password)
  const line = stderr.replace('doorlist: ', '').trimEnd()
  if (typeof expected === 'string') expect(line).toBe(`DATABASE_URL: ${expected}`)
  else expect(line).toMatch(expected)
})

test('PGSSLMODE and its kind count where the URL says nothing', () => {
  const read = (url: string) =>
    readConfig({ DATABASE_URL: url, PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/etc/ca.pem' }).databaseUrl
  expect(read('postgres://db/doorlist')).toBe(
    'postgres://db/doorlist?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem',
  )
  expect(read('postgres://db/doorlist?sslmode=disable')).toBe(
    'postgres://db/doorlist?sslmode=disable&sslrootcert=%2Fetc%2Fca.pem',
  )
})
