import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { AUDIT_OBJECT_TYPES } from '#audit/vocabulary.ts'
import { CERTIFICATE } from '../identity-providers/certificate.ts'
import { testDatabase } from '../setup/database.ts'
import { doorlist, type Outcome } from './run.ts'

// Against an existing PostgreSQL: what commands say and how they end. embedded-database.test.ts is about the embedded one.

vi.setConfig({ testTimeout: 120_000 }) // each command is a process, and other test files run beside it
const house = testDatabase()
let folder: string
let certificate: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorlist-cli-'))
  certificate = join(folder, 'idp.pem')
  await writeFile(certificate, CERTIFICATE)
})
afterAll(() => rm(folder, { recursive: true }))

function run(args: string[], stdin?: string): Promise<Outcome> {
  const { host, port, user, database } = house.connection
  const DATABASE_URL = `postgres://localhost/${database}?${new URLSearchParams({ host: `${host}`, port: `${port}`, user: `${user}` })}`
  const settings = { DATABASE_URL, DOORLIST_DATA_DIR: folder, DOORLIST_PUBLIC_URL: 'https://doors.example' }
  return doorlist(settings, args, stdin)
}

function runAll(commands: string[][]): Promise<(Outcome & { args: string[] })[]> {
  return Promise.all(commands.map(async (args) => ({ args, ...(await run(args)) })))
}

async function json(args: string[]) {
  const { code, stdout, stderr } = await run([...args, '--json'])
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout)
}

const SAML = ['--type', 'saml', '--entity-issuer', 'urn:idp', '--sso-url', 'https://idp.example/sso']
const create = (name: string, ...more: string[]) => [
  'idp',
  'create',
  '--name',
  name,
  ...SAML,
  '--certificate-file',
  certificate,
  ...more,
]

test('idp create keeps the form that scripts rely on, and show never repeats the secrets', async () => {
  const idp = await json(create('Okta', '--auto-provisioning'))
  expect(idp).toEqual({
    id: expect.any(String),
    name: 'Okta',
    type: 'saml',
    scim: {
      endpoint: `https://doors.example/scim/v2/${idp.id}`,
      key: expect.stringMatching(/^dlk_/),
      secret: expect.stringMatching(/^dls_/),
      token: expect.stringMatching(/^dlt_/),
    },
  })
  const { stdout } = await run(['idp', 'show', 'okta', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    id: idp.id,
    enabled: true,
    credentials: [{ key: idp.scim.key }],
  })
  expect(stdout).not.toContain(idp.scim.secret)
  expect(stdout).not.toContain(idp.scim.token)
  expect(await json(create('Plain'))).toEqual({ id: expect.any(String), name: 'Plain', type: 'saml' })
})

test('an identity provider is disabled, its credentials rotated and retired, and it is deleted', async () => {
  const idp = await json(create('Ping', '--auto-provisioning'))
  expect(await json(['idp', 'disable', 'Ping'])).toMatchObject({ enabled: false })
  expect(await json(['idp', 'enable', idp.id])).toMatchObject({ enabled: true })
  const fresh = await json(['idp', 'credentials', 'rotate', 'Ping', '--expires', '2099-01-01'])
  expect(fresh.scim.key).not.toBe(idp.scim.key)
  await json(['idp', 'credentials', 'retire', 'Ping', idp.scim.key])
  const credentials = await json(['idp', 'credentials', 'list', 'Ping'])
  expect(credentials.map(({ retiredAt }: { retiredAt: string | null }) => retiredAt !== null)).toEqual([
    true,
    false,
  ])

  const unconfirmed = await run(['idp', 'delete', 'Ping'])
  expect(unconfirmed).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^doorlist: .*--yes.*\n$/),
  })
  expect((await run(['idp', 'delete', 'Ping', '--yes'])).code).toBe(0)
  expect(await run(['idp', 'show', 'Ping'])).toMatchObject({
    code: 1,
    stderr: 'doorlist: There is no identity provider Ping\n',
  })
})

test('a refusal is one line on stderr and exit code 1', async () => {
  const refused = [
    ['idp', 'create', '--name', 'X', '--type', 'saml', '--auto-provisioning'],
    ['idp', 'create', '--name', 'X', '--type', 'oidc', '--issuer', 'http://op.example'],
    [...create('X').slice(0, -1), join(folder, 'missing.pem')],
    ['user', 'show', 'nobody@example.com'],
    ['user', 'activate', 'nobody@example.com'],
    ['user', 'reset-enrollment', 'nobody@example.com'],
    ['idp', 'list', '--tenant', 'nowhere'],
  ]
  for (const { args, code, stdout, stderr } of await runAll(refused)) {
    expect({ code, stdout }, args.join(' ')).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^doorlist: .+\n$/)
  }
})

test('an error names the option to correct, not the field of the API', async () => {
  const missing = await run(['idp', 'create', '--name', 'X', '--type', 'saml', '--auto-provisioning'])
  expect(missing.stderr).toMatch(
    /^doorlist: --auto-provisioning .*missing: --entity-issuer, --sso-url, --certificate-file\n$/,
  )
  const wrong = await run(['idp', 'create', '--name', 'X', '--type', 'saml', '--sso-url', 'http://x.example'])
  expect(wrong.stderr).toMatch(/^doorlist: --sso-url must be an https:\/\/ URL\n$/)
})

test('wrong usage is exit code 2, help and version are 0', async () => {
  const wrong = [
    ['idp'],
    ['idp', 'create', '--name', 'X'],
    ['user', 'list', '--limit', 'many'],
    ['audit', 'verify', '--head', 'x'],
    ['simulate'],
  ]
  for (const { args, code, stderr } of await runAll(wrong)) {
    expect(code, args.join(' ')).toBe(2)
    expect(stderr).not.toBe('')
  }
  const help = [['idp', 'create', '--help'], ['--version']]
  for (const { args, code } of await runAll(help)) expect(code, args.join(' ')).toBe(0)
})

test('a password comes from a file or stdin, and an administrator of a tenant is made', async () => {
  expect(await json(['tenant', 'create', '--slug', 'acme'])).toMatchObject({ slug: 'acme', name: 'acme' })
  const admin = ['admin', 'create', '--tenant', 'acme', '--email', 'ada@example.com', '--role', 'owner']
  expect((await run([...admin, '--password', 'x'])).code).toBe(2)
  expect(await run(admin)).toMatchObject({ code: 1, stderr: expect.stringContaining('--password-file') })
  const short = await run([...admin, '--password-file', '-'], 'short\n')
  expect(short).toMatchObject({
    code: 1,
    stderr: 'doorlist: password must have at least 15 characters, or 8 together with a second factor\n',
  })
  expect((await run([...admin, '--password-file', '-'], 'correct horse battery\n')).code).toBe(0)
  expect(await json(['admin', 'list', '--tenant', 'acme'])).toMatchObject([
    { email: 'ada@example.com', role: 'owner' },
  ])
  const events = await json(['audit', 'list', '--tenant', 'acme', '--object-type', 'Administrator'])
  expect(events).toMatchObject([{ action: 'create', actorType: 'operator', objectName: 'ada@example.com' }])
})

test('deleted users are listed and restored', async () => {
  const idp = await json(create('Leavers', '--auto-provisioning'))
  const client = new pg.Client(house.connection)
  await client.connect()
  await client.query(
    `insert into deleted_user (id, tenant_id, idp_id, user_name, user_name_key, resource, idp_active, version, created_at)
      select $1, tenant_id, id, 'ada', 'ada', '{"schemas":[],"userName":"ada"}', true, 1, now()
      from identity_provider where id = $2`,
    [randomUUID(), idp.id],
  )
  await client.end()
  expect(await json(['user', 'deleted'])).toMatchObject([{ userName: 'ada', identityProvider: 'Leavers' }])
  expect((await run(['user', 'restore', 'eve'])).code).toBe(1)
  const restored = await run(['user', 'restore', 'ada'])
  expect(restored).toMatchObject({ code: 0, stdout: 'ada was restored\n' })
  expect(await json(['user', 'show', 'ada'])).toMatchObject({ status: 'active' })
  await json(['user', 'delete', 'ada', '--yes'])
  expect(await json(['user', 'restore', 'ada'])).toMatchObject({ status: 'active' })
})

test('who is locked out gets a new password, and factors that are lost go', async () => {
  await json(['tenant', 'create', '--slug', 'lost'])
  const to = ['--tenant', 'lost']
  const email = 'bo@example.com'
  const password = ['--password-file', '-']
  expect(
    (await run(['admin', 'create', ...to, '--email', email, ...password], 'correct horse battery\n')).code,
  ).toBe(2)
  const role = ['--role', 'admin']
  expect(
    (await run(['admin', 'create', ...to, '--email', email, ...role, ...password], 'correct horse battery\n'))
      .code,
  ).toBe(0)
  expect((await run(['admin', 'reset-password', email, ...to, ...password], 'short\n')).code).toBe(1)
  const reset = await run(['admin', 'reset-password', email, ...to, ...password], 'another horse battery\n')
  expect(reset).toMatchObject({ code: 0, stdout: expect.stringContaining('All sessions have ended') })
  expect(await json(['admin', 'reset-factors', email, ...to])).toMatchObject({
    factors: 0,
    needsPassword: false,
  })
  expect((await run(['admin', 'reset-factors', 'nobody@example.com', ...to])).code).toBe(1)
})

test('the audit log is listed by every kind of object that it records', async () => {
  expect(await json(['audit', 'list', '--object-type', 'ApiKey'])).toEqual([])
  const { stderr } = await run(['audit', 'list', '--object-type', 'Nothing'])
  for (const type of AUDIT_OBJECT_TYPES) expect(stderr).toContain(type)
})

test('pages of the audit log follow each other without a gap', async () => {
  const all = await json(['audit', 'list'])
  const first = await json(['audit', 'list', '--limit', '2'])
  const second = await json(['audit', 'list', '--limit', '2', '--after', first[1].cursor])
  expect([...first, ...second]).toEqual(all.slice(0, 4))
})

test('a place in a list or a date that does not exist is wrong usage, said in a sentence', async () => {
  const outcomes = await runAll([
    ['user', 'list', '--after', 'nowhere'],
    ['group', 'list', '--after', '1'],
    ['user', 'deleted', '--after', 'x'],
    ['audit', 'list', '--after', 'x'],
    ['audit', 'list', '--from', '2027-02-31'],
    ['audit', 'list', '--from', '2027-13-01'],
    ['audit', 'list', '--from', '2027-02-28Tnever'],
  ])
  for (const { args, code, stdout, stderr } of outcomes) {
    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' })
    expect(stderr).not.toMatch(/syntax|uuid|SQL/)
    expect(stderr.trim()).toMatch(/(after|date that exists)/)
  }
  expect((await run(['audit', 'list', '--from', '2028-02-29T23:59:59+09:00'])).code).toBe(0)
})

test('what a deletion took away is printed as JSON', async () => {
  const oidc = ['--type', 'oidc', '--issuer', 'https://json.example', '--client-id', 'x']
  const { id } = await json(['idp', 'create', '--name', 'To delete', ...oidc])
  expect(await json(['idp', 'delete', id, '--yes'])).toEqual({
    id,
    name: 'To delete',
    deletedUsers: 0,
    deletedGroups: 0,
  })
})
