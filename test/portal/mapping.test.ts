// The attribute mapping of an identity provider: what an editor is told, the preview on real users, saving, and the
// profiles that are made anew in the background.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PROFILES_JOB, recomputeProfilesJob } from '#directory/profiles/recompute-profiles.ts'
import { resumeFailedJobs, runBatch } from '#jobs/worker.ts'
import { openDatabase } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house?.close())

async function company(): Promise<{ idp: ProvidedIdp; ada: ApiClient; path: string }> {
  const idp = await house.identityProvider()
  const ada = await house.administrator(idp.tenantId, 'admin')
  return { idp, ada, path: `/identity-providers/${idp.id}/mapping` }
}

const GOOD = [
  { attribute: 'username', source: 'userName' },
  { attribute: 'email', source: 'emails[type eq "work"].value' },
]
const WREN = {
  userName: 'wren@example.com',
  title: 'Pilot',
  emails: [
    { value: 'wren@home.example', type: 'home', primary: true },
    { value: 'wren@work.example', type: 'work' },
  ],
}

const profileOf = async (ada: ApiClient, id: string) => (await ada.get(`/users/${id}`)).json.profile
const put = (ada: ApiClient, path: string, mapping: unknown, version?: string) =>
  ada.request('PUT', path, { mapping }, version === undefined ? {} : { 'if-match': `"${version}"` })

test('an editor is told the mapping, what is required, presets and the paths of custom schemas too', async () => {
  const { idp, ada, path } = await company()
  await house.db.run(
    { tenantId: idp.tenantId },
    sql`insert into custom_schema (id, tenant_id, idp_id, resource_type, urn, definition)
      select uuidv7(), ${idp.tenantId}, ${idp.id}, 'User', 'urn:example:2.0:User', ${JSON.stringify({
        id: 'urn:example:2.0:User',
        name: 'x',
        description: '',
        attributes: [
          {
            name: 'berth',
            type: 'string',
            multiValued: false,
            description: 'Where it lies',
            required: false,
            mutability: 'readWrite',
            returned: 'default',
          },
        ],
      })}`,
  )
  const { status, json, headers } = await ada.get(path)
  expect(status).toBe(200)
  expect(json).toMatchObject({ isDefault: true, version: expect.any(String) })
  expect(headers.etag).toBe(`"${json.version}"`)
  expect(json.attributes).toContainEqual({ name: 'email', required: true })
  expect(json.presets.map(({ name }: { name: string }) => name)).toContain('entra')
  const berth = { path: 'urn:example:2.0:User:berth', type: 'string', description: 'Where it lies' }
  expect(json.paths).toContainEqual({ ...berth, multiValued: false })
  const mapping = [...GOOD, { attribute: 'berth', source: berth.path }]
  expect((await put(ada, path, mapping, json.version)).status).toBe(200)
  expect((await ada.get(path)).json).toMatchObject({ isDefault: false, mapping })
})

test('a preview shows profiles now and then, and every bad rule, and writes nothing', async () => {
  const { idp, ada, path } = await company()
  const { id } = (await idp.post('/Users', WREN)).json
  await idp.post('/Users', { userName: 'other@example.com' })
  const before = await house.dump('audit_event')
  const mapping = [...GOOD, { attribute: 'title', source: 'nothing' }, { attribute: 'x y', source: 'title' }]
  const { status, json } = await ada.post(`${path}/preview`, { mapping, search: 'wren' })
  expect(status).toBe(200)
  expect(json.users).toMatchObject([
    {
      id,
      before: { username: WREN.userName, email: 'wren@home.example', title: 'Pilot' },
      after: { username: WREN.userName, email: 'wren@work.example' },
    },
  ])
  expect(json.users[0].after).not.toHaveProperty('title')
  expect(json.problems.map(({ field }: { field: string }) => field)).toEqual([
    'mapping.2.source',
    'mapping.3.attribute',
  ])
  expect((await ada.post(`${path}/preview`, { mapping: null, userIds: [id] })).json.users).toHaveLength(1)
  expect((await ada.post(`${path}/preview`, { mapping: null })).json.users).toHaveLength(2)
  expect(await profileOf(ada, id)).toMatchObject({ title: 'Pilot' })
  expect(await house.dump('audit_event')).toEqual(before)
})

test('a bad rule is refused at its field, and an old version without a change', async () => {
  const { ada, path } = await company()
  const { version } = (await ada.get(path)).json
  const bad = await put(ada, path, [...GOOD, { attribute: 'title', source: 'titel' }], version)
  expect([bad.status, bad.json.errors[0].field]).toEqual([422, 'mapping.2.source'])
  const missing = await put(ada, path, [GOOD[0]], version)
  expect([missing.status, missing.json.errors[0].field]).toEqual([422, 'mapping'])
  expect((await put(ada, path, GOOD, version)).json.jobId).toBeNull()
  const stale = await put(ada, path, null, version)
  expect([stale.status, stale.json.code]).toEqual([412, 'stale'])
  expect((await ada.get(path)).json.isDefault).toBe(false)
})

test('auditors look and try, and change nothing; another tenant finds nothing', async () => {
  const { idp, path } = await company()
  const { id } = (await idp.post('/Users', WREN)).json
  const auditor = await house.administrator(idp.tenantId, 'auditor')
  expect((await auditor.get(path)).status).toBe(200)
  expect((await auditor.post(`${path}/preview`, { mapping: null })).status).toBe(200)
  expect((await put(auditor, path, GOOD)).status).toBe(403)
  const other = await company()
  expect((await other.ada.get(path)).status).toBe(404)
  expect((await other.ada.post(`${path}/preview`, { mapping: null })).status).toBe(404)
  expect((await put(other.ada, path, GOOD)).status).toBe(404)
  const foreign = await other.ada.post(`${other.path}/preview`, { mapping: null, userIds: [id] })
  expect([foreign.status, foreign.json.users]).toEqual([200, []])
})

test('saving makes profiles anew, each change with its event, and no new SCIM version', async () => {
  const { idp, ada, path } = await company()
  const { id } = (await idp.post('/Users', WREN)).json
  const same = (await idp.post('/Users', { userName: 'same', emails: [{ value: 's@x', type: 'work' }] })).json
  const gone = (await idp.post('/Users', { ...WREN, userName: 'gone' })).json
  await ada.delete(`/users/${gone.id}`)
  const was = await idp.get(`/Users/${id}`)
  const saved = await put(ada, path, GOOD)
  expect(saved.json.jobId).toEqual(expect.any(String))
  expect(await profileOf(ada, id)).toMatchObject({ title: 'Pilot' })
  await house.runJobs()
  expect((await ada.get(`/jobs/${saved.json.jobId}`)).json).toMatchObject({
    state: 'done',
    done: 3,
    total: 3,
  })
  expect(await profileOf(ada, id)).toEqual({ username: WREN.userName, email: 'wren@work.example' })
  expect(await profileOf(ada, gone.id)).toEqual({})
  expect((await idp.get(`/Users/${id}`)).text).toBe(was.text)
  const events = await changesOf(idp)
  expect(events.filter(({ object }) => object === id)).toEqual([
    {
      object: id,
      change: {
        before: { 'profile.email': 'wren@home.example', 'profile.title': 'Pilot' },
        after: { 'profile.email': 'wren@work.example', 'profile.title': null },
      },
    },
  ])
  expect(events.filter(({ object }) => object === same.id || object === gone.id)).toEqual([])
  const applied = { mappingApplied: { users: 3, profilesChanged: 1 } }
  expect(events).toContainEqual({ object: idp.id, change: { after: applied } })
})

test('the form of the identity provider, too, makes profiles anew', async () => {
  const { idp, ada } = await company()
  const { id } = (await idp.post('/Users', WREN)).json
  expect((await ada.patch(`/identity-providers/${idp.id}`, { mapping: GOOD })).status).toBe(200)
  await house.runJobs()
  expect(await profileOf(ada, id)).toEqual({ username: WREN.userName, email: 'wren@work.example' })
})

test('1,200 users: the process ends in the middle, the mapping changes again, and each has the newest profile', async () => {
  const { idp, ada, path } = await company()
  await house.db.run(
    { tenantId: idp.tenantId },
    sql`insert into directory_user (id, tenant_id, idp_id, user_name, user_name_key, active, idp_active, resource)
      select uuidv7(), ${idp.tenantId}, ${idp.id}, 'user-' || n, 'user-' || n, true, true,
        json_build_object('schemas', '[]'::json, 'userName', 'user-' || n, 'title', 'Pilot', 'active', true)
      from generate_series(1, 1200) n`,
  )
  const titled = [...GOOD, { attribute: 'title', source: 'title' }]
  const first = (await put(ada, path, titled)).json.jobId
  const crash = async () => {
    const process = openDatabase({ connection: house.serving })
    const kinds = {
      [PROFILES_JOB]: async (...given: Parameters<typeof recomputeProfilesJob>) => {
        await recomputeProfilesJob(...given)
        throw new Error('the process ends before the batch is committed')
      },
    }
    await runBatch(process, kinds, () => {})
    await process.close()
  }
  const batch = () => runBatch(house.db, { [PROFILES_JOB]: recomputeProfilesJob }, () => {})
  await batch()
  await crash()
  expect((await ada.get(`/jobs/${first}`)).json).toMatchObject({ state: 'running', done: 500 })
  const constant = [...GOOD, { attribute: 'title', constant: 'Captain' }]
  const second = (await put(ada, path, constant)).json.jobId
  await house.db.run({ tenantId: idp.tenantId }, sql`update job set due_at = now() where id = ${first}`)
  await house.runJobs()
  for (const id of [first, second])
    expect((await ada.get(`/jobs/${id}`)).json).toMatchObject({ state: 'done', done: 1200, total: 1200 })
  const rows = await house.db.run<{ title: string; count: number }>(
    { tenantId: idp.tenantId },
    sql`select profile ->> 'title' as title, count(*)::int as count from directory_user
      where idp_id = ${idp.id} and tenant_id = ${idp.tenantId} group by 1`,
  )
  expect(rows).toEqual([{ title: 'Captain', count: 1200 }])
  const users = (await changesOf(idp)).filter(({ object }) => object !== idp.id)
  // The first 500 twice; the others met the newest mapping at once.
  expect(users.length - 2).toBe(1700) // without those of the two jobs
})

test('a cancelled or failed update of profiles stays in sight, and saving the same mapping again resumes it', async () => {
  const { idp, ada, path } = await company()
  const { id } = (await idp.post('/Users', WREN)).json
  const { jobId } = (await put(ada, path, GOOD)).json
  await ada.post(`/jobs/${jobId}/cancel`)
  await house.runJobs()
  expect(await profileOf(ada, id)).toMatchObject({ title: 'Pilot' })
  const listed = await ada.get(`/jobs?kind=${PROFILES_JOB}&objectId=${idp.id}`)
  expect(listed.json.items).toMatchObject([{ id: jobId, objectId: idp.id, state: 'cancelled' }])
  expect((await put(ada, path, GOOD)).json.jobId).toBe(jobId)
  await house.runJobs()
  expect((await ada.get(`/jobs/${jobId}`)).json.state).toBe('done')
  expect(await profileOf(ada, id)).toEqual({ username: WREN.userName, email: 'wren@work.example' })
  expect((await put(ada, path, GOOD)).json.jobId).toBe(null)
})

test('an update of profiles that failed is resumed by itself, unless a newer one took over', async () => {
  const { idp, ada, path } = await company()
  const { id } = (await idp.post('/Users', WREN)).json
  const { jobId } = (await put(ada, path, GOOD)).json
  const failed = () =>
    house.db.run(
      { tenantId: idp.tenantId },
      sql`update job set state = 'failed', finished_at = now() where id = ${jobId} and tenant_id = ${idp.tenantId}`,
    )
  await failed()
  expect(await resumeFailedJobs(house.db, PROFILES_JOB)).toBe(1)
  await house.runJobs()
  expect(await profileOf(ada, id)).toEqual({ username: WREN.userName, email: 'wren@work.example' })
  await put(ada, path, [...GOOD, { attribute: 'title', source: 'title' }])
  await failed()
  expect(await resumeFailedJobs(house.db, PROFILES_JOB)).toBe(0)
})

test('a user whose creation had begun before the mapping was saved, and ends later, has the new profile too', async () => {
  const { idp, ada, path } = await company()
  await idp.post('/Users', { ...WREN, title: undefined })
  const gate = new pg.Client(house.connection)
  await gate.connect()
  await gate.query('begin')
  await gate.query('lock table directory_user in share mode') // reading goes on, writing waits
  const created = idp.post('/Users', { userName: 'late@example.com', title: 'Pilot' })
  await expect
    .poll(
      async () =>
        (await gate.query("select from pg_locks where not granted and locktype = 'relation'")).rowCount,
    )
    .toBe(1)
  await put(ada, path, [...GOOD.slice(0, 1), { attribute: 'email', source: 'emails[primary eq true].value' }])
  const applied = house.runJobs()
  await new Promise((resolve) => setTimeout(resolve, 300))
  await gate.query('rollback')
  await gate.end()
  const { json, status } = await created
  expect(status).toBe(201)
  await applied
  expect(await profileOf(ada, json.id)).toEqual({ username: 'late@example.com' })
})

async function changesOf(idp: ProvidedIdp): Promise<{ object: string; change: object }[]> {
  const rows = await house.db.run<{ object: string; change: string }>(
    { tenantId: idp.tenantId },
    sql`select object_id as object, change from audit_event where tenant_id = ${idp.tenantId}
      and object_type in ('User', 'IdentityProvider', 'Job') and action in ('update', 'create')
      and actor_type = 'administrator' order by at, id`,
  )
  return rows.map(({ object, change }) => ({ object, change: JSON.parse(change) as object }))
}
