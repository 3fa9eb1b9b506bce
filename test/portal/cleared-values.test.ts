// Access never grows by accident: a value that is missing, empty or of another type gives nobody more access than before.
// One test for each row of docs/decisions/0024; what SCIM does with `active` is in test/scim/active.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { declareSchema } from '#identity-providers/schemas/custom-schemas.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient, ApiResponse } from '../portal-client.ts'
import { patchOf, USER } from '../scim/refusal.ts'
import { keyPair } from '../sign-in/key-pair.ts'

let house: House
let tenantId: string
let owner: ApiClient
let idp: ProvidedIdp
let count = 0
const unique = (what: string) => `${what} ${++count}`

/** Everything here is in its narrower state. */
const NARROW = {
  enabled: false,
  autoProvisioning: false,
  mode: 'strict',
  mfa: 'external',
  mfaMethods: ['totp'],
  mfaDemand: { amr: ['mfa'] },
  rememberDeviceDays: 0,
  enroll: 'admin',
  activation: 'manual',
  matching: { source: 'employeeNumber', target: 'externalId' },
  uniqueGroupNames: true,
} as const

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  tenantId = idp.tenantId
  owner = await house.administrator(tenantId)
})
afterAll(() => house?.close())

function expectRefused({ status, json }: ApiResponse, field: string) {
  expect([400, 422]).toContain(status)
  expect(json.errors[0].field).toMatch(new RegExp(`(^|\\.)${field}`))
  expect(json.detail).toContain(field)
}

async function narrowProvider(): Promise<string> {
  const details = { issuer: 'https://idp.example', clientId: 'c', clientSecret: 'hush' }
  const body = { name: unique('Narrow'), type: 'oidc', details, ...NARROW }
  const made = await owner.post('/identity-providers', body)
  expect(made.status).toBe(201)
  return made.json.id
}

const settingsOf = async (id: string) => (await owner.get(`/identity-providers/${id}`)).json

/** In place of a value: cleared, empty, or of another type. */
const CLEARED: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['empty text', ''],
  ['an empty list', []],
  ['an empty object', {}],
  ['text', 'x'],
]

const fields = Object.keys(NARROW) as (keyof typeof NARROW)[]

/** No methods are a state of their own, from which nobody gets to a mandatory second factor without any. */
const ALLOWED = ['mfaMethods as an empty list', 'grants as an empty list']

function clearing<Field extends string>(names: readonly Field[]) {
  return names
    .flatMap((field) => CLEARED.map(([what, value]) => [field, what, value] as const))
    .filter(([field, what]) => !ALLOWED.includes(`${field} as ${what}`))
}

test.each(clearing(fields))('identity provider: %s as %s changes nothing', async (field, _what, value) => {
  const id = await narrowProvider()
  expectRefused(await owner.patch(`/identity-providers/${id}`, { [field]: value }), field)
  expect(await settingsOf(id)).toMatchObject(NARROW)
})

test('identity provider: what is left out stays as it is', async () => {
  const id = await narrowProvider()
  expect((await owner.patch(`/identity-providers/${id}`, { name: unique('Renamed') })).status).toBe(200)
  expect(await settingsOf(id)).toMatchObject(NARROW)
})

test('identity provider: lists within a demand do not end it by being empty', async () => {
  const id = await narrowProvider()
  for (const mfaDemand of [{ amr: [] }, { amr: [], acr: [] }])
    expectRefused(await owner.patch(`/identity-providers/${id}`, { mfaDemand }), 'mfaDemand')
  expectRefused(
    await owner.patch(`/identity-providers/${id}`, { mfa: 'mandatory', mfaMethods: [] }),
    'mfaMethods',
  )
  expect(await settingsOf(id)).toMatchObject(NARROW)
})

test('identity provider: a demand and a rule end by their words', async () => {
  const id = await narrowProvider()
  const words = { mfaDemand: 'none', matching: 'default' }
  expect((await owner.patch(`/identity-providers/${id}`, words)).status).toBe(200)
  expect(await settingsOf(id)).toMatchObject({ mfaDemand: {}, matching: null })
  const again = { mfaDemand: {}, matching: null }
  expect((await owner.patch(`/identity-providers/${id}`, again)).status).toBe(200)
})

test('identity provider: a new one asks for a second factor, and provisions nobody, until it is told to', async () => {
  const made = await owner.post('/identity-providers', { name: unique('New'), type: 'saml' })
  expect(await settingsOf(made.json.id)).toMatchObject({
    autoProvisioning: false,
    mfa: 'mandatory',
    mfaMethods: ['totp'],
    rememberDeviceDays: 0,
    enroll: 'admin',
  })
})

test.each([
  ['entityIssuer', null],
  ['certificates', null],
  ['entityIssuer', ''],
  ['certificates', []],
])('identity provider: without %s nobody signs in', async (field, value) => {
  const certificates = [(await keyPair()).certificate]
  const details = { entityIssuer: 'https://idp.example', ssoUrl: 'https://idp.example/sso', certificates }
  const { id } = (await owner.post('/identity-providers', { name: unique('SAML'), type: 'saml', details }))
    .json
  const start = () => house.raw({ method: 'GET', path: `/sign-in/with/${id}` })
  expect((await start()).status).toBe(303)
  const changed = await owner.patch(`/identity-providers/${id}`, { details: { [field]: value } })
  if (changed.status !== 200) return expectRefused(changed, field)
  const refused = await start()
  expect(refused.status).toBeGreaterThanOrEqual(400)
  expect(refused.status).toBeLessThan(500)
})

async function limitedApplication() {
  const body = {
    name: unique('App'),
    origin: `https://app-${++count}.example`,
    enabled: false,
    forEverybody: false,
    sessionMinutes: 30,
    factorMinutes: 15,
  }
  const made = await owner.post('/applications', body)
  expect(made.status).toBe(201)
  return { id: made.json.id as string, body, path: `/applications/${made.json.id}` }
}

test.each(clearing(['enabled', 'forEverybody', 'sessionMinutes', 'factorMinutes', 'grants']))(
  'application: %s as %s changes nothing',
  async (field, _what, value) => {
    const { body, path } = await limitedApplication()
    expectRefused(await owner.put(path, { ...body, [field]: value }), field)
    expect((await owner.get(path)).json).toMatchObject(body)
  },
)

test('application: what is left out stays as it is', async () => {
  const { body, path } = await limitedApplication()
  const { name, origin } = body
  expect((await owner.put(path, { name: `${name}!`, origin })).status).toBe(200)
  expect((await owner.get(path)).json).toMatchObject({ ...body, name: `${name}!` })
})

test('application: a limit ends by its word, and an empty list of grants admits nobody', async () => {
  const { body, path } = await limitedApplication()
  const unlimited = { ...body, sessionMinutes: 'unlimited', factorMinutes: 'unlimited', grants: [] }
  const changed = await owner.put(path, unlimited)
  expect(changed.json).toMatchObject({
    sessionMinutes: null,
    factorMinutes: null,
    grants: [],
    forEverybody: false,
  })
  const again = await owner.put(path, { ...body, sessionMinutes: null, factorMinutes: null })
  expect(again.json).toMatchObject({ sessionMinutes: null, factorMinutes: null })
})

test.each([null, '', 0, -1, 'x', []])('API key: expiresInDays %j is refused', async (expiresInDays) => {
  const body = { name: unique('key'), role: 'auditor', expiresInDays }
  expectRefused(await owner.post('/api-keys', body), 'expiresInDays')
})

test('API key: one without a word about its end lasts 90 days, and never longer by accident', async () => {
  const made = await owner.post('/api-keys', { name: unique('key'), role: 'auditor' })
  const days = (Date.parse(made.json.apiKey.expiresAt) - Date.parse(made.json.apiKey.createdAt)) / 86_400_000
  expect(Math.round(days)).toBe(90)
})

test.each([undefined, null, '', 'owner', []])('API key: role %j is refused', async (role) => {
  expectRefused(await owner.post('/api-keys', { name: unique('key'), role }), 'role')
})

test.each(['', 0, 'soon', '2001-01-01T00:00:00Z'])(
  'SCIM credentials: expiresAt %j makes none',
  async (expiresAt) => {
    expectRefused(await owner.post(`/identity-providers/${idp.id}/credentials`, { expiresAt }), 'expiresAt')
  },
)

test.each([undefined, null, '', []])(
  'administrator: an invitation with the role %j is refused',
  async (role) => {
    expectRefused(await owner.post('/invitations', { email: `a${++count}@a.example`, role }), 'role')
  },
)

test.each([
  ['role', null],
  ['role', ''],
  ['disabled', null],
  ['disabled', ''],
  ['disabled', 0],
])('administrator: %s as %j changes nothing', async (field, value) => {
  const email = `other-${++count}@a.example`
  await house.administrator(tenantId, 'auditor', { email, name: 'Other' })
  const found = async () =>
    (await owner.get('/administrators')).json.items.find((each: { email: string }) => each.email === email)
  const { id } = await found()
  expect((await owner.patch(`/administrators/${id}`, { disabled: true })).status).toBe(200)
  expectRefused(await owner.patch(`/administrators/${id}`, { [field]: value }), field)
  expect((await owner.patch(`/administrators/${id}`, { name: 'Renamed' })).status).toBe(200)
  expect(await found()).toMatchObject({ role: 'auditor', disabled: true })
})

test.each([
  [{}, 'ids'],
  [{ ids: [] }, 'ids'],
  [{ ids: null }, 'ids'],
  [{ filter: {} }, 'confirmedCount'],
  [{ filter: {}, confirmedCount: null }, 'confirmedCount'],
  [{ filter: null, confirmedCount: 1 }, 'filter'],
])('many users: enabling %j is refused', async (chosen, field) => {
  expectRefused(await owner.post('/users/bulk-actions', { action: 'enable', ...chosen }), field)
})

test.each([undefined, null, ''])('many users: the action %j is refused', async (action) => {
  const body = { action, filter: {}, confirmedCount: 1_000 }
  expectRefused(await owner.post('/users/bulk-actions', body), 'action')
})

async function deactivated(): Promise<string> {
  const userName = `user-${++count}@a.example`
  return (await idp.post('/Users', { schemas: [USER], userName, active: false })).json.id
}

const statusOf = async (id: string) => (await owner.get(`/users/${id}`)).json.status

test('mapping: an attribute called active, constant or by default, activates nobody', async () => {
  const id = await deactivated()
  for (const rule of [
    { attribute: 'active', constant: 'true' },
    { attribute: 'active', source: 'title', default: 'true' },
    { attribute: 'username', source: 'userName', default: 'true' },
  ]) {
    const saved = await owner.patch(`/identity-providers/${idp.id}`, { mapping: [rule] })
    await house.runJobs()
    if (saved.status === 200)
      await idp.patch(`/Users/${id}`, patchOf({ op: 'add', path: 'title', value: 'x' }))
    expect(await statusOf(id)).toBe('inactive')
  }
  expect((await owner.patch(`/identity-providers/${idp.id}`, { mapping: null })).status).toBe(200)
  await house.runJobs()
  expect(await statusOf(id)).toBe('inactive')
})

test('custom schema: an attribute called active is not the one that activates', async () => {
  const urn = 'urn:example:params:scim:schemas:1.0:Access'
  const attributes = [{ name: 'active', type: 'boolean' }]
  await declareSchema(house.db, idp.operator, idp.id, 'User', { id: urn, attributes })
  const id = await deactivated()
  const messages = [
    patchOf({ op: 'replace', path: `${urn}:active`, value: true }),
    patchOf({ op: 'replace', value: { [urn]: { active: true } } }),
    patchOf({ op: 'replace', value: { [`${urn}:active`]: true } }),
    patchOf({ op: 'remove', path: `${urn}:active` }),
    patchOf({ op: 'remove', path: urn }),
  ]
  for (const message of messages) {
    expect((await idp.patch(`/Users/${id}`, message)).json.active).toBe(false)
    expect(await statusOf(id)).toBe('inactive')
  }
})

test('local user: no field of the form activates, and what is cleared changes no state', async () => {
  await ensureLocalIdentityProvider(house.db, idp.operator)
  const email = `local-${++count}@a.example`
  const { id } = (await owner.post('/users', { userName: email, email })).json
  await owner.post(`/users/${id}/disable`)
  for (const body of [{ active: true }, { status: 'active' }, { disabled: false }, { userName: null }])
    expect((await owner.patch(`/users/${id}`, body)).status).toBe(400)
  expect((await owner.patch(`/users/${id}`, { title: null, phoneNumber: null })).status).toBe(200)
  expect(await statusOf(id)).toBe('disabled')
})

test('database: no default of a column lets anybody in', async () => {
  const rows = await house.db.run<{ column: string }>(
    { tenantId },
    sql`select table_name || '.' || column_name as column from information_schema.columns
      where table_schema = 'public' and (column_default = 'true'
        or (column_name in ('mfa', 'enroll', 'activation', 'role', 'state') and column_default is not null))
      order by 1`,
  )
  const defaults = await house.db.run<{ column: string; value: string }>(
    { tenantId },
    sql`select table_name || '.' || column_name as column, column_default as value
      from information_schema.columns where table_schema = 'public'
        and column_name in ('mfa', 'enroll', 'activation')`,
  )
  expect(Object.fromEntries(defaults.map(({ column, value }) => [column, value.split("'")[1]]))).toEqual({
    'identity_provider.mfa': 'mandatory',
    'identity_provider.enroll': 'admin',
    'identity_provider.activation': 'manual',
  })
  // Names of groups that are unique, and users whom no create takes over, are the narrower states.
  expect(rows.map(({ column }) => column)).toEqual([
    'directory_user.provisioned',
    'email_domain.state',
    'identity_provider.activation',
    'identity_provider.enroll',
    'identity_provider.mfa',
    'identity_provider.unique_group_names',
    'job.state',
  ])
})
