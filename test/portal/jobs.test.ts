// Doing something to many users: in the background, each once, whatever happens to the process that does it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { actOnUsersJob, USER_JOB } from '#directory/administration/user-job.ts'
import { Conflict, TooCostly } from '#errors.ts'
import { runBatch } from '#jobs/worker.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house?.close())

/** More than two batches. */
const MANY = 450

async function company(count: number): Promise<{ idp: ProvidedIdp; ada: ApiClient; ids: string[] }> {
  const idp = await house.identityProvider()
  const rows = await house.db.run<{ id: string }>(
    { tenantId: idp.tenantId },
    sql`insert into directory_user (id, tenant_id, idp_id, user_name, user_name_key, active, idp_active, resource)
      select uuidv7(), ${idp.tenantId}, ${idp.id}, 'user-' || n, 'user-' || n, true, true,
        json_build_object('schemas', '[]'::json, 'userName', 'user-' || n, 'active', true)
      from generate_series(1, ${count}::int) n returning id`,
  )
  const ada = await house.administrator(idp.tenantId, 'admin')
  return { idp, ada, ids: rows.map(({ id }) => id) }
}

/** How often each user was changed, as the audit log says. */
async function changes({ tenantId }: ProvidedIdp): Promise<number[]> {
  const rows = await house.db.run<{ count: number }>(
    { tenantId },
    sql`select count(*)::int as count from audit_event where tenant_id = ${tenantId} and object_type = 'User'
      group by object_id`,
  )
  return rows.map(({ count }) => count)
}

const KINDS = { [USER_JOB]: actOnUsersJob }
const batch = (kinds = KINDS) => runBatch(house.db, kinds, () => {})
const due = (ada: ApiClient, id: string) =>
  house.db.run({ tenantId: 'system' }, sql`update job set due_at = now() where id = ${id}`).then(() => ada)

test('all that a filter finds are disabled, each with an event by the administrator, and the job tells how far it is', async () => {
  const { idp, ada } = await company(MANY)
  expect((await ada.get('/users/count?q=user-')).json).toEqual({ matching: MANY, all: MANY })
  const asked = await ada.post('/users/bulk-actions', {
    action: 'disable',
    filter: { status: 'active' },
    confirmedCount: MANY,
  })
  expect([asked.status, asked.json]).toMatchObject([
    202,
    { state: 'queued', total: MANY, done: 0, title: `Disable ${MANY} users`, createdBy: ada.email },
  ])
  await batch()
  expect((await ada.get(`/jobs/${asked.json.id}`)).json).toMatchObject({ state: 'running', done: 200 })
  await house.runJobs()
  expect((await ada.get(`/jobs/${asked.json.id}`)).json).toMatchObject({ state: 'done', done: MANY })
  expect((await ada.get('/users?status=disabled')).json.total).toBe(MANY)
  expect(await changes(idp)).toEqual(Array.from({ length: MANY }, () => 1))
  const { json } = await ada.get('/audit-events?objectType=User&limit=1')
  expect(json.items).toMatchObject([{ effect: 'deactivated', actor: { name: ada.email } }])
})

test('a job whose process dies in the middle of a batch goes on, and meets each user once', async () => {
  const { idp, ada, ids } = await company(MANY)
  const { json: job } = await ada.post('/users/bulk-actions', { action: 'disable', ids })
  await batch()
  await batch({
    [USER_JOB]: async (tx, running) => {
      await actOnUsersJob(tx, running) // all is written, and lost with the connection
      await tx.query(sql`select pg_terminate_backend(pg_backend_pid())`)
      throw new Error('not reached')
    },
  })
  await due(ada, job.id)
  await house.runJobs()
  expect((await ada.get(`/jobs/${job.id}`)).json).toMatchObject({ state: 'done', done: MANY, problem: null })
  expect(await changes(idp)).toEqual(Array.from({ length: MANY }, () => 1))
})

test('two processes do not do the same batch', async () => {
  const { idp, ada, ids } = await company(MANY)
  const { json: job } = await ada.post('/users/bulk-actions', { action: 'disable', ids })
  await Promise.all([house.runJobs(), house.runJobs(), house.runJobs()])
  await house.runJobs()
  expect((await ada.get(`/jobs/${job.id}`)).json).toMatchObject({ state: 'done', done: MANY })
  expect(await changes(idp)).toEqual(Array.from({ length: MANY }, () => 1))
})

test('a job that is cancelled stops where it is', async () => {
  const { ada, ids } = await company(MANY)
  const { json: job } = await ada.post('/users/bulk-actions', { action: 'delete', ids })
  await batch()
  const cancelled = await ada.post(`/jobs/${job.id}/cancel`)
  expect(cancelled.json).toMatchObject({ state: 'cancelled', done: 200 })
  await house.runJobs()
  expect((await ada.get('/users?status=deleted')).json.total).toBe(200)
  expect((await ada.post(`/jobs/${job.id}/cancel`)).status).toBe(409)
  const { json } = await ada.get(`/audit-events?objectId=${job.id}`)
  expect(json.items).toMatchObject([{ action: 'update' }, { action: 'create', objectType: 'Job' }])
})

test('a cancelled job resumes where it stopped, and only once', async () => {
  const { idp, ada, ids } = await company(MANY)
  const { json: job } = await ada.post('/users/bulk-actions', { action: 'disable', ids })
  await batch()
  await ada.post(`/jobs/${job.id}/cancel`)
  const resumed = await ada.post(`/jobs/${job.id}/resume`)
  expect([resumed.status, resumed.json]).toMatchObject([
    200,
    { state: 'queued', done: 200, finishedAt: null },
  ])
  expect((await ada.post(`/jobs/${job.id}/resume`)).status).toBe(409)
  await house.runJobs()
  expect((await ada.get(`/jobs/${job.id}`)).json).toMatchObject({ state: 'done', done: MANY })
  expect(await changes(idp)).toEqual(Array.from({ length: MANY }, () => 1))
  const { json } = await ada.get(`/audit-events?objectId=${job.id}`)
  expect(json.items.map(({ action }: { action: string }) => action)).toEqual(['update', 'update', 'create'])
  expect((await ada.post(`/jobs/${crypto.randomUUID()}/resume`)).status).toBe(404)
})

test('a database that is away or slow never ends a job', async () => {
  const { ada, ids } = await company(1)
  const { json: job } = await ada.post('/users/bulk-actions', { action: 'disable', ids })
  for (let attempt = 1; attempt <= 12; attempt++) {
    await due(ada, job.id)
    await batch({
      [USER_JOB]: () => {
        throw new TooCostly('It takes too long')
      },
    })
    expect((await ada.get(`/jobs/${job.id}`)).json).toMatchObject({
      state: 'running',
      problem: 'It takes too long',
    })
  }
  await due(ada, job.id)
  await house.runJobs()
  expect((await ada.get(`/jobs/${job.id}`)).json.state).toBe('done')
})

test('a job that keeps failing ends, and says why', async () => {
  const { ada, ids } = await company(1)
  const { json: job } = await ada.post('/users/bulk-actions', { action: 'disable', ids })
  for (let attempt = 1; attempt <= 5; attempt++) {
    await due(ada, job.id)
    await batch({
      [USER_JOB]: () => {
        throw new Conflict('x', 'It cannot be')
      },
    })
    const state = attempt === 5 ? 'failed' : 'running'
    expect((await ada.get(`/jobs/${job.id}`)).json).toMatchObject({ state, problem: 'It cannot be' })
  }
  expect(await batch()).toBe(false)
})

test('what a filter finds more than was agreed to is refused, and so is a wish that is none', async () => {
  const { ada, ids } = await company(3)
  const ask = async (body: object) => {
    const { status, json } = await ada.post('/users/bulk-actions', { action: 'disable', ...body })
    return [status, json.errors[0].field]
  }
  expect(await ask({ filter: {}, confirmedCount: 2 })).toEqual([409, 'confirmedCount'])
  expect(await ask({ filter: {} })).toEqual([422, 'confirmedCount'])
  expect(await ask({})).toEqual([422, 'ids'])
  expect(await ask({ ids, filter: {} })).toEqual([422, 'ids'])
})

test('a job is of its tenant alone, and users of others are not touched by it', async () => {
  const { ada, ids } = await company(2)
  const { ada: stranger } = await company(1)
  const auditor = await house.administrator((await company(1)).idp.tenantId, 'auditor')
  const { json: job } = await ada.post('/users/bulk-actions', { action: 'disable', ids })
  expect((await stranger.get(`/jobs/${job.id}`)).status).toBe(404)
  expect((await stranger.post(`/jobs/${job.id}/cancel`)).status).toBe(404)
  expect((await stranger.get('/jobs')).json.items).toEqual([])
  expect((await auditor.post('/users/bulk-actions', { action: 'disable', ids })).status).toBe(403)
  await house.runJobs()
  const { json: theirs } = await stranger.post('/users/bulk-actions', { action: 'delete', ids })
  await house.runJobs()
  expect((await stranger.get(`/jobs/${theirs.id}`)).json.state).toBe('done')
  expect((await ada.get('/users?status=disabled')).json.total).toBe(2)
})
