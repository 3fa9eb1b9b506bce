import { expect, onTestFinished, test } from 'vitest'
import type { Dialect } from './dialect.ts'
import { DIALECTS, findDialect } from './dialects.ts'
import { type FakeService, openFakeService, type Received } from './fake-service.ts'
import type { JsonObject } from './messages.ts'
import { type Progress, type Summary, simulate } from './simulate.ts'
import { printSummary } from './summary.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const ID = expect.stringMatching(/^id-/)

type Intercept = Parameters<typeof openFakeService>[0]

async function play(
  name: string,
  more: {
    cycles?: number
    users?: number
    signal?: AbortSignal
    onProgress?: (progress: Progress) => void
  } = {},
  intercept?: Intercept,
): Promise<{ service: FakeService; summary: Summary; sent: Received[] }> {
  const service = await openFakeService(intercept)
  onTestFinished(service.close)
  const dialect = findDialect(name) as Dialect
  const summary = await simulate({
    dialect,
    endpoint: service.endpoint,
    credentials: { token: 'T0ken' },
    users: 40,
    groups: 10,
    cycles: 2,
    patience: { retries: 2, wait: async () => {} },
    ...more,
  })
  return { service, summary, sent: service.received }
}

const operations = (sent: Received[], resource: '/Users' | '/Groups') =>
  sent
    .filter(({ method, path }) => method === 'PATCH' && path.startsWith(resource))
    .flatMap(({ body }) => body.Operations as JsonObject[])

const withMethod = (sent: Received[], method: string, path: RegExp) =>
  sent.filter((request) => request.method === method && path.test(request.path))

test.each(DIALECTS.map(({ name }) => name))(
  '%s completes a sync and two cycles without an error',
  async (name) => {
    const { summary, service } = await play(name)
    expect(summary.samples).toEqual([])
    expect(summary).toMatchObject({ dialect: name, errors: 0, retries: 0, requests: service.received.length })
    expect(summary.stopped).toBeUndefined()
    expect(service.users.size).toBe(summary.users)
    expect(service.groups.size).toBe(summary.groups)
    expect(summary.users).toBeGreaterThan(35)
    expect(summary.groups).toBe(name === 'google' ? 0 : 10)
    expect([...service.users.values()].some((user) => user.active === false)).toBe(true)
    expect(summary.perOperation['reactivate user']?.requests).toBeGreaterThan(0)
    expect(summary.perOperation['delete user'] !== undefined).toBe(findDialect(name)?.user.deletes)
  },
)

test.each(DIALECTS.filter(({ group }) => group).map(({ name }) => name))(
  '%s leaves every group with the members it means, each once',
  async (name) => {
    const { service: first } = await play('okta', { cycles: 0 })
    const { service } = await play(name, { cycles: 0 })
    expect(membersByName(service)).toEqual(membersByName(first))
  },
)

function membersByName({ users, groups }: FakeService): Record<string, string[]> {
  const named = [...groups.values()].map((group): [string, string[]] => {
    const members = (group.members ?? []) as JsonObject[]
    return [
      String(group.displayName),
      members.map(({ value }) => String(users.get(String(value))?.userName)).sort(),
    ]
  })
  return Object.fromEntries(named.sort())
}

test('a second run of the same seed takes the accounts over and creates none', async () => {
  const { service, summary } = await play('entra', { cycles: 0 })
  const again = await simulate({
    dialect: findDialect('entra') as Dialect,
    endpoint: service.endpoint,
    credentials: { token: 'T0ken' },
    users: 40,
    groups: 10,
  })
  expect(again).toMatchObject({ errors: 0, users: summary.users, groups: summary.groups })
  expect(again.perOperation['create user']).toBeUndefined()
  expect(service.users.size).toBe(40)
})

test('two runs of one seed send the same requests', async () => {
  // Google's bodies hold no id of the service. Requests in flight overtake each other, hence the sorting.
  const bodies = async () => {
    const { sent } = await play('google', { users: 15 })
    return sent.map(({ method, body }) => `${method} ${JSON.stringify(body)}`).sort()
  }
  expect(await bodies()).toEqual(await bodies())
})

test('Entra ID sends capitalised operations and booleans as strings', async () => {
  const { sent } = await play('entra')
  const users = operations(sent, '/Users')
  expect(users).toContainEqual({ op: 'Replace', path: 'active', value: 'False' })
  expect(users).toContainEqual({ op: 'Add', path: 'active', value: 'True' })
  expect(users).toContainEqual({
    op: 'Replace',
    path: 'emails[type eq "work"].value',
    value: expect.any(String),
  })
  expect(users).toContainEqual({ op: 'Add', path: `${ENTERPRISE}:manager`, value: ID })
  expect(users.every(({ op, path }) => /^(Add|Replace)$/.test(String(op)) && typeof path === 'string')).toBe(
    true,
  )
  const groups = operations(sent, '/Groups')
  const listed = expect.arrayContaining([{ $ref: null, value: ID }])
  expect(groups).toContainEqual({ op: 'Add', path: 'members', value: listed })
  expect(groups).toContainEqual({ op: 'Remove', path: 'members', value: listed })
  expect(groups).toContainEqual({ op: 'Replace', path: 'displayName', value: expect.any(String) })
})

test('Entra ID asks, creates and reads with its headers, schemas and look-ups', async () => {
  const { sent } = await play('entra', { cycles: 0 })
  expect(sent[0]?.path).toMatch(/^\/Users\?filter=userName\+eq\+%22[0-9a-f-]{36}%22$/)
  expect(sent[2]?.path).toMatch(/^\/Groups\?excludedAttributes=members&filter=displayName%20eq%20%22/)
  const [create] = withMethod(sent, 'POST', /^\/Users$/)
  expect(create?.headers).toMatchObject({
    'user-agent': 'Microsoft Azure AD SCIM provisioning',
    'content-type': 'application/scim+json; charset=utf-8',
    accept: 'application/scim+json',
  })
  expect(create?.body).toMatchObject({ active: true, roles: [], meta: { resourceType: 'User' } })
  const [group] = withMethod(sent, 'POST', /^\/Groups$/)
  expect(group?.body.schemas).toContain(
    'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
  )
  expect(group?.body.members).toBeUndefined()
})

test('Entra ID with its flag sends lower case, real booleans, dotted keys and value paths', async () => {
  const { sent } = await play('entra-aadoptscim')
  const users = operations(sent, '/Users')
  expect(users).toContainEqual({ op: 'replace', path: 'active', value: false })
  const pathless = users.filter(({ path }) => path === undefined)
  expect(pathless.some(({ value }) => `${ENTERPRISE}:department` in (value as JsonObject))).toBe(true)
  const groups = operations(sent, '/Groups')
  expect(groups).toContainEqual({
    op: 'remove',
    path: expect.stringMatching(/^members\[value eq "id-.*"\]$/),
  })
  expect([...users, ...groups].every(({ op }) => op === String(op).toLowerCase())).toBe(true)
})

test('Okta from the wizard changes by PUT of what it read, and never patches or deletes a user', async () => {
  const { sent } = await play('okta')
  expect(sent[0]?.path).toBe('/Users?startIndex=1&count=2')
  expect(withMethod(sent, 'PATCH', /./)).toEqual([])
  expect(withMethod(sent, 'DELETE', /^\/Users/)).toEqual([])
  const [create] = withMethod(sent, 'POST', /^\/Users/)
  expect(create?.body).toMatchObject({ groups: [], password: expect.any(String), active: true })
  const puts = withMethod(sent, 'PUT', /^\/Users/)
  for (const { path, body } of puts) expect(path).toBe(`/Users/${String(body.id)}`)
  expect(puts.some(({ body }) => body.active === false)).toBe(true)
  const [push] = withMethod(sent, 'PUT', /^\/Groups/)
  expect(push?.body.members).toContainEqual({ value: ID, display: expect.stringContaining('@') })
})

test('Okta from its network patches active without a path and pushes memberships as a delta', async () => {
  const { sent } = await play('okta-oin')
  expect(operations(sent, '/Users')).toContainEqual({ op: 'replace', value: { active: false } })
  expect(withMethod(sent, 'DELETE', /^\/Users/)).toEqual([])
  const groups = withMethod(sent, 'PATCH', /^\/Groups/).map(({ body }) => body.Operations as JsonObject[])
  expect(groups).toContainEqual([{ op: 'replace', value: { id: ID, displayName: expect.any(String) } }])
  const mixed = groups.find((list) => list.some(({ op }) => op === 'remove'))
  expect(mixed?.[0]).toEqual({ op: 'remove', path: expect.stringMatching(/^members\[value eq "id-.*"\]$/) })
})

test('OneLogin speaks SCIM 1 schemas, null ids and booleans as strings, with an empty User-Agent', async () => {
  const { sent } = await play('onelogin')
  const [create] = withMethod(sent, 'POST', /^\/Users/)
  expect(create?.headers['user-agent']).toBe('')
  expect(create?.body).toMatchObject({ schemas: ['urn:scim:schemas:core:1.0'], id: null, active: 'true' })
  expect(withMethod(sent, 'PUT', /^\/Users/).some(({ body }) => body.active === 'false')).toBe(true)
  expect(operations(sent, '/Groups').filter(({ op }) => op === 'remove')).toContainEqual({
    op: 'remove',
    path: expect.stringMatching(/^members\[value eq "/),
  })
})

test('JumpCloud tries a whole life out first, then renames without a path', async () => {
  const { sent, service } = await play('jumpcloud')
  const test = sent
    .slice(0, 8)
    .map(({ method, path }) => `${method} ${path.replace(/id-.*/, 'ID').split('?')[0]}`)
  expect(test).toEqual([
    'GET /Users',
    'POST /Users',
    'GET /Users/ID',
    'PUT /Users/ID',
    'POST /Groups',
    'DELETE /Groups/ID',
    'DELETE /Users/ID',
    'GET /Users/ID',
  ])
  expect(sent[4]?.body.members).toEqual([{ value: ID }])
  expect([...service.users.values()].some((user) => String(user.userName).startsWith('jc.probe'))).toBe(false)
  const groups = operations(sent, '/Groups')
  expect(groups).toContainEqual({ op: 'replace', value: { displayName: expect.any(String) } })
  expect(groups).toContainEqual({
    op: 'remove',
    path: 'members',
    value: expect.arrayContaining([{ value: ID }]),
  })
})

test('both Pings write with PUT only; PingOne without an id and with two primary addresses', async () => {
  const { sent: one } = await play('pingone')
  const { sent: federate } = await play('pingfederate')
  expect([...withMethod(one, 'PATCH', /./), ...withMethod(federate, 'PATCH', /./)]).toEqual([])
  expect(withMethod(one, 'PUT', /./).every(({ body }) => !('id' in body))).toBe(true)
  const [put] = withMethod(one, 'PUT', /^\/Users/)
  expect(put?.body.emails).toMatchObject([{ primary: true }, { primary: true }])
  expect(withMethod(federate, 'GET', /filter=emails%20eq%20/).length).toBeGreaterThan(30)
  expect(
    withMethod(federate, 'PUT', /./).every(({ path, body }) => path.endsWith(`/${String(body.id)}`)),
  ).toBe(true)
})

test('Google knows no groups and writes plain JSON', async () => {
  const { sent } = await play('google')
  expect(sent.filter(({ path }) => path.startsWith('/Groups'))).toEqual([])
  const [create] = withMethod(sent, 'POST', /^\/Users/)
  expect(create?.headers).toMatchObject({
    'user-agent': 'Google-Auto-Provisioning',
    'content-type': 'application/json',
  })
  expect(operations(sent, '/Users')).toContainEqual({ op: 'replace', path: 'active', value: false })
})

test('a busy service costs retries, not errors, and a create whose answer was lost is taken over', async () => {
  const lost = new Set<string>()
  const { summary, service } = await play('entra', { cycles: 0 }, ({ method, path }, at) => {
    if (method === 'POST' && !lost.has(path)) {
      lost.add(path)
      return { status: 503, headers: { 'Retry-After': '1' }, carriedOut: true }
    }
    return at % 20 === 0 ? { status: 429, headers: { 'Retry-After': '1' } } : undefined
  })
  expect(summary).toMatchObject({ errors: 0, users: 40, groups: 10 })
  expect(summary.retries).toBe((summary.statuses[429] ?? 0) + (summary.statuses[503] ?? 0))
  expect(summary.retries).toBeGreaterThan(5)
  expect(summary.statuses[409]).toBe(2)
  expect(service.users.size).toBe(40)
})

test('a service that says 200 and does nothing is found out', async () => {
  const { summary } = await play('entra', { cycles: 1 }, ({ method, path }) =>
    method === 'PATCH' && path.startsWith('/Users')
      ? { status: 200, body: { id: path.split('/')[2] ?? '', active: true } }
      : undefined,
  )
  expect(summary.perOperation['deactivate user']?.errors).toBeGreaterThan(0)
  expect(summary.samples.join()).toContain('active is true instead of false')
})

test('a look-up that ignores its filter is an error, and nobody is linked to the wrong account', async () => {
  const { summary, sent } = await play('okta', { cycles: 0 }, ({ method, path }) =>
    method === 'GET' && path.startsWith('/Users?filter')
      ? { status: 200, body: { totalResults: 1, Resources: [{ id: 'x', userName: 'somebody@else' }] } }
      : undefined,
  )
  expect(summary.perOperation['look up user']).toMatchObject({ requests: 40, errors: 40 })
  expect(summary.users).toBe(0)
  expect(withMethod(sent, 'PUT', /^\/Users/)).toEqual([])
})

test('refused credentials end it at the connection test, and no output holds the token', async () => {
  const { summary, sent } = await play('okta', {}, () => ({ status: 401, body: { detail: 'no' } }))
  expect(summary).toMatchObject({
    requests: 1,
    errors: 1,
    users: 0,
    stopped: expect.stringContaining('status 401 no'),
  })
  expect(sent.length).toBe(1)
  expect(printSummary(summary) + JSON.stringify(summary)).not.toContain('T0ken')
})

test('a service that goes away is given up after a few requests', async () => {
  const { summary } = await play('okta', {}, (_, at) => (at > 30 ? { status: 503 } : undefined))
  expect(summary.stopped).toContain('does not answer')
  expect(summary.requests).toBeLessThan(80)
})

test('an interruption ends it with a summary', async () => {
  const interruption = new AbortController()
  const onProgress = ({ phase, done }: Progress) => {
    if (phase === 'users' && done === 10) interruption.abort()
  }
  const { summary } = await play('onelogin', { signal: interruption.signal, onProgress })
  expect(summary.stopped).toBe('interrupted')
  expect(summary.users).toBeLessThan(15)
})

test('progress counts each phase from none to all', async () => {
  const seen: Progress[] = []
  await play('jumpcloud', { cycles: 1, onProgress: (progress) => seen.push({ ...progress }) })
  const phases = [...new Set(seen.map(({ phase }) => phase))]
  expect(phases.slice(0, 3)).toEqual(['connection test', 'users', 'groups'])
  for (const name of phases) {
    const counts = seen.filter(({ phase }) => phase === name)
    expect(counts.map(({ done }) => done)).toEqual(counts.map((_, at) => at))
    expect(counts.at(-1)?.done).toBe(counts[0]?.total)
  }
})
