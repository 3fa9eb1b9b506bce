import { request } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { AUDIT_OBJECT_TYPES } from '#audit/vocabulary.ts'
import { openSystemLog } from '#logs/system.ts'
import { ACTIVITY_OBJECT_TYPES, SYSTEM_OBJECT_TYPES } from '#logs/vocabulary.ts'
import { sql } from '#platform/database/sql.ts'
import { ensureDefaultTenant } from '#tenancy/tenants.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

let house: House
let idp: ProvidedIdp
let ada: ApiClient
let userId: string

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider({ name: 'Okta' })
  ada = await house.administrator(idp.tenantId, 'auditor')
  const user = { schemas: [USER], userName: 'Grace@Example.com', displayName: 'Grace', active: true }
  userId = (await idp.post('/Users', user)).json.id
  const off = { op: 'replace', path: 'active', value: false }
  await idp.patch(`/Users/${userId}`, { schemas: [PATCH], Operations: [off] })
  await idp.post('/Users', user) // refused: there is one
})
afterAll(() => house.close())

/** Many events of a tenant, as if they had been written over the last hours. */
async function seed(tenantId: string, count: number): Promise<void> {
  const AT_ONCE = 5_000
  for (let done = 0; done < count; done += AT_ONCE)
    await house.db.run(
      { tenantId },
      sql`insert into audit_event (id, tenant_id, at, actor_type, actor_name, action, object_type, object_name, result, change)
        select uuidv7(), ${tenantId}, now() - make_interval(secs => n), 'idp', 'Seeder', 'create', 'User', 'user' || n,
          'success', '{"after":{"userName":"' || repeat('x', 600) || n || '"}}'
        from generate_series(${done + 1}::int, ${Math.min(done + AT_ONCE, count)}::int) n`,
    )
}

test('each column is searched by itself, and words everywhere in any case', async () => {
  const search = async (query: string) => {
    const { status, json } = await ada.get(`/audit-events?${query}`)
    expect([query, status]).toEqual([query, 200])
    return json.items.map((e: { action: string; objectName: string }) => `${e.action} ${e.objectName}`)
  }
  expect(await search('objectType=User&result=success')).toEqual([
    'update Grace@Example.com',
    'create Grace@Example.com',
  ])
  expect(await search('object=RACE@example&action=create&result=success')).toHaveLength(1)
  expect(await search(`object=${userId}`)).toHaveLength(2)
  expect(await search(`objectId=${userId}`)).toHaveLength(2)
  expect(await search('actor=okt&action=update&action=delete')).toEqual(['update Grace@Example.com'])
  expect(await search('text=grace')).toHaveLength(3)
  expect(await search('result=failure')).toEqual(['create Grace@Example.com'])
  expect(await search('text=nobody')).toEqual([])
  expect(await search('from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z')).toEqual([])
})

test('a deactivation says that it is one, and a failure says why', async () => {
  const [failure, off] = (await ada.get('/audit-events?objectType=User')).json.items
  expect(off).toMatchObject({ action: 'update', effect: 'deactivated', actor: { type: 'idp', name: 'Okta' } })
  expect(failure).toMatchObject({ result: 'failure', reason: expect.stringContaining('409') })
})

test('one event is read with what was before and after', async () => {
  const [event] = (await ada.get('/audit-events?action=update&objectType=User')).json.items
  const detail = await ada.get(`/audit-events/${event.id}`)
  expect(detail.json).toMatchObject({
    ...event,
    change: { before: { active: true }, after: { active: false } },
  })
  expect((await ada.get(`/audit-events/${crypto.randomUUID()}`)).status).toBe(404)
})

test('pages follow each other without gap or repetition, and the total is told', async () => {
  const tenantId = await house.tenant('pages')
  await seed(tenantId, 120)
  const pat = await house.administrator(tenantId, 'auditor')
  const names: string[] = []
  let after: string | null = ''
  while (after !== null) {
    const { json } = await pat.get(
      `/audit-events?actor=seeder&limit=50${after && `&after=${encodeURIComponent(after)}`}`,
    )
    names.push(...json.items.map((event: { objectName: string }) => event.objectName))
    after = json.next
  }
  expect(names).toEqual(Array.from({ length: 120 }, (_, i) => `user${i + 1}`))
  expect((await pat.get('/audit-events?limit=50')).json.total).toBe(121) // and the making of pat
})

test('a search that finds nothing among very many events ends, and tells how far it came', async () => {
  const tenantId = await house.tenant('many')
  await seed(tenantId, 60_000)
  const pat = await house.administrator(tenantId, 'auditor')
  let after = ''
  let looks = 0
  for (;;) {
    const { status, json } = await pat.get(`/audit-events?text=needle${after}`)
    expect([status, json.items]).toEqual([200, []])
    looks += 1
    if (json.next === null) break
    expect(Date.parse(json.searchedTo)).toBeLessThan(Date.now())
    after = `&after=${encodeURIComponent(json.next)}`
  }
  expect(looks).toBeLessThan(20)
})

test('what is not understood is refused at its field', async () => {
  const wrong = [
    'after=nonsense',
    'from=yesterday',
    'result=maybe',
    'unknown=1',
    'limit=100000',
    'objectId=1',
    'objectType=Nothing',
    'action=sign-in',
  ]
  for (const query of wrong) {
    const { status, json } = await ada.get(`/audit-events?${query}`)
    expect([query, [400, 422].includes(status)]).toEqual([query, true])
    expect(json.errors[0].field.split('.')[0]).toBe(query.split('=')[0])
  }
})

test('each log can be searched by every kind of object that it records, and the API description lists them', async () => {
  const { paths } = (await ada.get('/openapi.json')).json
  const listed = (path: string) =>
    paths[`/api/v1${path}`].get.parameters.find(({ name }: { name: string }) => name === 'objectType').schema
      .items.enum
  const logs = [
    ['/audit-events', AUDIT_OBJECT_TYPES],
    ['/activity-events', ACTIVITY_OBJECT_TYPES],
    ['/system-events', SYSTEM_OBJECT_TYPES],
  ] as const
  for (const [path, types] of logs) {
    expect(listed(path)).toEqual(types)
    for (const type of types) expect((await ada.get(`${path}?objectType=${type}`)).status, type).toBe(200)
  }
})

test('no tenant sees events of another, whichever way it asks', async () => {
  const eve = await house.administrator(await house.tenant('other'), 'owner')
  const [event] = (await ada.get('/audit-events?objectType=User')).json.items
  expect((await eve.get('/audit-events?text=grace')).json.items).toEqual([])
  expect((await eve.get(`/audit-events?objectId=${userId}`)).json.items).toEqual([])
  expect((await eve.get(`/audit-events/${event.id}`)).status).toBe(404)
  expect((await eve.get('/audit-events/export?format=json')).text).not.toContain('Grace')
})

test('nothing in the log can be changed or removed by the API', async () => {
  const owner = await house.administrator(idp.tenantId, 'owner')
  const [event] = (await owner.get('/audit-events')).json.items
  for (const method of ['DELETE', 'PATCH', 'PUT', 'POST'])
    expect((await owner.request(method, `/audit-events/${event.id}`, { actor: 'x' })).status).toBe(404)
})

test('without a session nothing is told', async () => {
  for (const path of [
    '/audit-events',
    '/audit-events/export',
    '/system-events',
    '/activity-events',
    '/overview',
    '/gateways',
  ])
    expect([path, (await house.raw({ method: 'GET', path: `/api/v1${path}` })).status]).toEqual([path, 401])
})

test('line breaks and escape codes in a name stay inside one record', async () => {
  const displayName = 'x\r\n{"event":"forged"}\u001b[2J'
  const { json } = await idp.post('/Users', { schemas: [USER], userName: 'forger', displayName })
  const events = (await ada.get(`/audit-events?objectId=${json.id}`)).json.items
  expect(events).toHaveLength(1)
  const file = await ada.get(`/audit-events/export?objectId=${json.id}`)
  expect(file.text.trim().split('\r\n')).toHaveLength(2)
})

test('no secret, token or password hash is in the log', async () => {
  const { text } = await ada.get('/audit-events/export?format=json')
  for (const secret of [idp.secret, idp.token, 'argon2', ada.csrfToken, ada.cookie])
    expect(text).not.toContain(secret)
})

test('an export is a file that a spreadsheet opens without running anything, and is itself an event', async () => {
  await idp.post('/Users', { schemas: [USER], userName: '=HYPERLINK("http://evil.example","x")' })
  const file = await ada.get('/audit-events/export?objectType=User&text=hyperlink')
  expect(file.headers).toMatchObject({
    'content-type': expect.stringContaining('text/csv'),
    'content-disposition': expect.stringMatching(/^attachment; filename="audit-log-[\d-]+\.csv"$/),
    'x-content-type-options': 'nosniff',
  })
  expect(file.text).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`)
  expect(file.text).not.toMatch(/(^|[,"\n])=HYPERLINK/)
  const [read] = (await ada.get('/audit-events?action=read')).json.items
  expect(read).toMatchObject({ actor: { name: ada.email }, objectType: 'AuditLog', objectName: 'Audit log' })
  const { change } = (await ada.get(`/audit-events/${read.id}`)).json
  expect(change).toEqual({ after: { format: 'csv', objectType: ['User'], text: 'hyperlink' } })
})

test('an export as JSON is one array of the events as the API shows them', async () => {
  const file = await ada.get(`/audit-events/export?format=json&objectId=${userId}`)
  const [newest] = JSON.parse(file.text)
  expect(newest).toEqual((await ada.get(`/audit-events/${newest.id}`)).json)
  expect(JSON.parse((await ada.get('/audit-events/export?format=json&text=nobody')).text)).toEqual([])
})

test('a large change is not in the list, but in the event and in the file', async () => {
  await house.db.run(
    { tenantId: idp.tenantId },
    sql`insert into audit_event (id, tenant_id, actor_type, actor_name, action, object_type, object_name, result, change)
      values (uuidv7(), ${idp.tenantId}, 'idp', 'Okta', 'update', 'Group', 'everybody', 'success',
        '{"after":{"members":"' || repeat('x', 70000) || '"}}')`,
  )
  const [event] = (await ada.get('/audit-events?object=everybody')).json.items
  expect((await ada.get(`/audit-events/${event.id}`)).json.change.after.members).toHaveLength(70_000)
  const [row] = JSON.parse((await ada.get('/audit-events/export?format=json&object=everybody')).text)
  expect(row.change.after.members).toHaveLength(70_000)
})

/** Reads a download as slowly as the test wants. */
function download(path: string, client: ApiClient) {
  return new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    const headers = { cookie: client.cookie }
    request(`${house.url}/api/v1${path}`, { headers, agent: false }, resolve).on('error', reject).end()
  })
}

test('50,000 events are sent whole, and only as fast as they are taken', async () => {
  const tenantId = await house.tenant('large')
  await seed(tenantId, 50_000)
  const pat = await house.administrator(tenantId, 'auditor')
  let batches = 0
  const run = house.db.run
  const counting = vi.spyOn(house.db, 'run').mockImplementation((scope, statement) => {
    if (scope.tenantId === tenantId) batches += 1
    return run(scope, statement)
  })
  const answer = await download('/audit-events/export?format=csv&actor=Seeder', pat)
  // Nobody reads: what fits into the buffers of both sides is made, and no more.
  let before = -1
  while (batches !== before) {
    before = batches
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  expect(batches).toBeLessThan(45) // of 51
  let lines = 0
  for await (const chunk of answer.setEncoding('utf8')) lines += chunk.split('\n').length - 1
  expect(lines).toBe(50_001)
  expect(batches).toBeGreaterThan(50)

  // Who goes away in the middle is not read for any more.
  const left = await download('/audit-events/export?format=csv&actor=Seeder', pat)
  left.destroy()
  batches = 0
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(batches).toBeLessThan(20)
  counting.mockRestore()
})

test('the activity log tells who signed in, and where', async () => {
  const actor = { type: 'administrator', name: 'mallory@example.com' } as const
  house.activity.record({
    tenantId: idp.tenantId,
    actor,
    kind: 'sign-in',
    result: 'failure',
    reason: 'password',
    sourceAddress: '192.0.2.1',
  })
  await new Promise((resolve) => setTimeout(resolve, 5)) // the order within a millisecond is chance
  const application = { name: 'Wiki' }
  house.activity.record({
    tenantId: idp.tenantId,
    actor: { type: 'user', name: 'grace' },
    kind: 'access',
    application,
  })
  await house.activity.flush()
  const own = (await ada.get(`/activity-events?actor=${ada.email}`)).json.items
  expect(own).toMatchObject([{ action: 'sign-in', objectName: 'Admin portal', result: 'success' }])
  const { items } = (await ada.get('/activity-events?limit=2')).json
  expect(items).toMatchObject([
    {
      action: 'access',
      objectType: 'Application',
      objectName: 'Wiki',
      actor: { type: 'user', name: 'grace' },
    },
    {
      action: 'sign-in',
      objectType: 'Portal',
      result: 'failure',
      reason: 'password',
      sourceAddress: '192.0.2.1',
    },
  ])
  const one = (await ada.get(`/activity-events/${items[1].id}`)).json
  expect(one.change).toEqual({ gateway: 'test', reason: 'password' })
  expect((await ada.get('/activity-events/export?kind=x')).status).toBe(400)
  expect((await ada.get('/activity-events/export')).text).toContain('Wiki')
})

test('events of the service are for those who run it; what is about one tenant is for that tenant', async () => {
  const root = await house.administrator((await ensureDefaultTenant(house.db)).id, 'auditor')
  const log = openSystemLog(house.db, 'gw-1')
  log.record({ event: 'service-started', name: 'gw-1', detail: { version: '1' } })
  log.record({ event: 'work-failed', name: 'mapping', tenantId: idp.tenantId })
  await log.close()
  const names = async (client: ApiClient) =>
    (await client.get('/system-events')).json.items.map((event: { action: string }) => event.action)
  expect(await names(root)).toEqual(['service-started'])
  expect(await names(ada)).toEqual(['work-failed'])
  const [event] = (await root.get('/system-events')).json.items
  expect(event).toMatchObject({
    actor: { type: 'system', name: 'gw-1' },
    objectType: 'Service',
    result: 'success',
  })
  expect((await root.get(`/system-events/${event.id}`)).json.change).toEqual({ version: '1' })
  expect((await ada.get(`/system-events/${event.id}`)).status).toBe(404)
})
