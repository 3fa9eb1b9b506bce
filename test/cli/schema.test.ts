// Declaring what an identity provider sends, from the command line, against an existing PostgreSQL.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { lookUp } from '#identity-providers/credentials/look-up.ts'
import { digestOf } from '#identity-providers/credentials/tokens.ts'
import { openUnknownAttributes } from '#identity-providers/schemas/unknown-attributes.ts'
import { systemClock } from '#platform/clock.ts'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { CERTIFICATE } from '../identity-providers/certificate.ts'
import { testDatabase } from '../setup/database.ts'
import { doorlist, type Outcome } from './run.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }) // each command is a process
const house = testDatabase()
const URN = 'urn:example:params:scim:schemas:1.0:Staff'
const OKTA = 'urn:okta:app:1.0:user:custom'
const STAFF = JSON.stringify({ id: URN, attributes: [{ name: 'badge' }, { name: 'floor', type: 'integer' }] })

let db: Database
let token: string

beforeAll(async () => {
  const saml = ['--type', 'saml', '--entity-issuer', 'urn:idp', '--sso-url', 'https://idp.example/sso']
  const create = ['idp', 'create', '--name', 'Okta', ...saml, '--certificate-file', '-']
  token = (await json([...create, '--auto-provisioning'], CERTIFICATE)).scim.token
  db = openDatabase({ connection: house.serving })
})
afterAll(() => db?.close())

function run(args: string[], stdin?: string): Promise<Outcome> {
  return doorlist({ DATABASE_URL: house.url, DOORLIST_DATA_DIR: '/nowhere' }, args, stdin)
}

async function json(args: string[], stdin?: string) {
  const { code, stdout, stderr } = await run([...args, '--json'], stdin)
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout)
}

const caller = async () => (await lookUp(db, { kind: 'token', digest: digestOf(token) })).caller

test('a schema is added, listed and removed', async () => {
  const added = await json(['schema', 'add', '-', '--idp', 'okta', '--resource-type', 'User'], STAFF)
  expect(added).toMatchObject({ urn: URN, resourceType: 'User', schema: { id: URN, name: 'Staff' } })
  expect(await json(['schema', 'list', '--idp', 'Okta'])).toEqual([added])
  expect((await caller()).idp.schemas.users.extensions.map(({ id }) => id)).toContain(URN)
  const listed = await run(['schema', 'list', '--idp', 'Okta'])
  expect(listed.stdout).toMatch(/User +urn:example:params:scim:schemas:1\.0:Staff +badge floor/)
  expect(await run(['schema', 'remove', URN, '--idp', 'Okta'])).toMatchObject({ code: 1 })
  const removed = await run(['schema', 'remove', URN.toUpperCase(), '--idp', 'Okta', '--yes'])
  expect(removed).toMatchObject({ code: 0, stdout: expect.stringContaining('of 0 users and groups') })
  expect(await json(['schema', 'list', '--idp', 'Okta'])).toEqual([])
})

test('a schema that breaks a rule is refused in one line that says where', async () => {
  for (const [file, reason] of [
    ['{"id": ', /not JSON/],
    [JSON.stringify({ id: URN, attributes: [{ name: 'a', type: 'shoe' }] }), /attributes\[0\]\.type must be/],
    [JSON.stringify({ id: 'Staff', attributes: [] }), /id must be a URN/],
  ] as const) {
    const { code, stderr } = await run(['schema', 'add', '-', '--idp', 'Okta'], file)
    expect(code).toBe(1)
    expect(stderr).toMatch(reason)
    expect(stderr.trimEnd()).not.toContain('\n')
  }
})

test('a name that was sent is listed, and declared in one step', async () => {
  const unknown = openUnknownAttributes(db, systemClock)
  unknown.noticed(await caller(), 'Group', [`${OKTA}:Level`, 'shoeSize'])
  await unknown.close()
  expect(await json(['schema', 'unknown', '--idp', 'Okta'])).toMatchObject([
    { resourceType: 'Group', name: 'shoeSize', count: 1 },
    { resourceType: 'Group', name: `${OKTA}:Level`, count: 1 },
  ])
  const declare = ['schema', 'declare', '--idp', 'Okta', '--attribute']
  const declared = await json([...declare, `${OKTA}:Level`, '--type', 'integer', '--multi-valued'])
  expect(declared).toMatchObject({
    urn: OKTA,
    resourceType: 'Group',
    schema: { attributes: [{ name: 'Level', type: 'integer', multiValued: true }] },
  })
  expect(await json(['schema', 'unknown', '--idp', 'Okta'])).toMatchObject([{ name: 'shoeSize' }])
  const { code, stderr } = await run([...declare, 'shoeSize'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/such as urn:example:custom:shoeSize, and declare that/)
})

test('the mode of an identity provider is set', async () => {
  expect(await run(['idp', 'mode', 'Okta', 'strict'])).toMatchObject({ code: 0 })
  expect((await json(['idp', 'show', 'Okta'])).mode).toBe('strict')
  expect((await run(['idp', 'mode', 'Okta', 'loose'])).code).toBe(2)
})
