// The operator's commands for linked identities, beside a service on the same database.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type IdentityHouse, openIdentityHouse } from '../sign-in/identity/identity-house.ts'
import { KINDS, type Kind } from '../sign-in/identity/kinds.ts'
import { doorlist, type Outcome } from './run.ts'

vi.setConfig({ testTimeout: 120_000 }) // each command is a process, and other test files run beside it

const OIDC = KINDS.find(({ name }) => name === 'OIDC sub') as Kind
const MIA = { id: 'sub-1', name: 'mia@a.example' }
const SUCCESSOR = { id: 'sub-2', name: 'mia@a.example' }

let at: IdentityHouse
let folder: string
beforeAll(async () => {
  at = await openIdentityHouse()
  folder = await mkdtemp(join(tmpdir(), 'doorlist-cli-'))
})
afterAll(async () => {
  await at?.close()
  await rm(folder, { recursive: true })
})

function run(...args: string[]): Promise<Outcome> {
  const { host, port, user, database } = at.house.connection
  const DATABASE_URL = `postgres://localhost/${database}?${new URLSearchParams({ host: `${host}`, port: `${port}`, user: `${user}` })}`
  return doorlist({ DATABASE_URL, DOORLIST_DATA_DIR: folder }, [...args, '--tenant', 'acme'])
}

test('user unlink ends the link, and the next identity that comes with the name is linked', async () => {
  const idp = await at.connect(OIDC, { name: 'Okta' })
  const id = (await idp.post('/Users', { userName: MIA.name })).json.id
  await at.signIn(idp, OIDC, MIA)
  expect((await at.signIn(idp, OIDC, SUCCESSOR)).reason).toBe('linked-to-another')
  const shown = await run('idp', 'matching', 'Okta')
  expect(shown.stdout).toMatch(/linked-to-another +mia@a\.example +sub=sub-2 +mia@a\.example/)
  expect((await run('user', 'show', MIA.name)).stdout).toContain('sub=sub-1')
  const alike = await run('user', 'unlink', 'ｍia@a.example')
  expect([alike.code, alike.stderr]).toEqual([1, 'doorlist: There is no user ｍia@a.example\n'])
  const done = await run('user', 'unlink', MIA.name)
  expect([done.code, done.stdout]).toEqual([0, `${MIA.name} was unlinked\n`])
  expect((await run('user', 'unlink', MIA.name)).code).toBe(1)
  expect((await at.signIn(idp, OIDC, SUCCESSOR)).user).toBe(id)
})

test('idp matching says how many links end before it changes anything', async () => {
  const idp = await at.connect(OIDC, { name: 'Entra' })
  await idp.post('/Users', { userName: MIA.name })
  await at.signIn(idp, OIDC, MIA)
  const refused = await run('idp', 'matching', 'Entra', '--stable-identifier', 'oid')
  expect([refused.code, refused.stdout]).toEqual([1, ''])
  expect(refused.stderr).toMatch(/ends the link of 1 user of Entra.*--yes\.\n$/)
  const before = await run('idp', 'matching', 'Entra', '--json')
  expect(JSON.parse(before.stdout)).toMatchObject({ stableIdentifier: 'none', linkedUsers: 1 })
  const changed = await run('idp', 'matching', 'Entra', '--stable-identifier', 'oid', '--yes', '--json')
  expect(JSON.parse(changed.stdout)).toEqual({ name: 'Entra', rule: 'default', stableIdentifier: 'oid' })
  const after = await run('idp', 'matching', 'Entra', '--rule', 'employee=externalId', '--json')
  expect(JSON.parse(after.stdout)).toMatchObject({ rule: 'employee=externalId', stableIdentifier: 'oid' })
  expect((await run('idp', 'matching', 'Entra', '--rule', 'employee')).code).toBe(2)
  const back = await run('idp', 'matching', 'Entra', '--rule', 'default', '--json')
  expect(JSON.parse(back.stdout)).toMatchObject({ rule: 'default', stableIdentifier: 'oid' })
})

test('idp external-ids and the matching rule refuse while users share an externalId', async () => {
  const idp = await at.connect(OIDC, { name: 'Ping' })
  for (const userName of ['ada', 'bob']) await idp.post('/Users', { userName, externalId: '42' })
  const settings = async (...more: string[]) => {
    const shown = await run('idp', 'external-ids', 'Ping', ...more, '--json')
    return JSON.parse(shown.stdout)
  }
  expect(await settings()).toEqual({ id: idp.id, name: 'Ping', users: 'shared', groups: 'shared' })
  const refused = await run('idp', 'external-ids', 'Ping', 'unique')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('"42" (users "ada" and "bob")')])
  expect((await run('idp', 'matching', 'Ping', '--rule', 'employee=externalId')).code).toBe(1)
  const { json } = await idp.get('/Users?filter=userName%20eq%20%22bob%22')
  await idp.delete(`/Users/${json.Resources[0].id}`)
  expect((await run('idp', 'matching', 'Ping', '--rule', 'employee=externalId')).code).toBe(0)
  expect(await settings()).toMatchObject({ users: 'unique', groups: 'shared' })
  expect(await settings('unique')).toMatchObject({ users: 'unique', groups: 'unique' })
  expect(await settings('shared')).toMatchObject({ users: 'unique', groups: 'shared' })
  expect((await run('idp', 'external-ids', 'Ping', 'sometimes')).code).toBe(2)
})
