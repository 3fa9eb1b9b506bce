// What identity providers ask is written down after they were answered, without secrets, and only so much of it.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Unavailable } from '#errors.ts'
import { deleteIdentityProvider } from '#identity-providers/remove.ts'
import { openDatabase, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Exchange } from '#request-log/capture/exchange.ts'
import { openRequestLog } from '#request-log/request-log.ts'
import { forgetRemains, keepDays, trimProvider } from '#request-log/retention.ts'
import { recordedSequences } from '#test/conversations/files.ts'
import { play } from '#test/conversations/run.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { patchOf } from '../scim/refusal.ts'

const CANARY = 'canary-7f20'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house?.close())

// biome-ignore lint/suspicious/noExplicitAny: rows are looked at, not processed
type Row = any

/** An answer may arrive before its request is handed to the log. */
async function rows(idp: ProvidedIdp, atLeast = 0): Promise<Row[]> {
  for (let patience = 100; ; patience--) {
    await house.requestLog.flush()
    const found = await house.db.run<Row>(
      { tenantId: idp.tenantId },
      sql`select * from scim_request where idp_id = ${idp.id} order by at, id`,
    )
    if (found.length >= atLeast || patience === 0) return found
    await sleep(10)
  }
}

async function hours(idp: ProvidedIdp): Promise<Row> {
  await house.requestLog.flush()
  const [row] = await house.db.run<Row>(
    { tenantId: idp.tenantId },
    sql`select sum(requests)::int as requests, sum(look_ups)::int as "lookUps", sum(created)::int as created,
      sum(changed)::int as changed, sum(deactivated)::int as deactivated, sum(deleted)::int as deleted,
      sum(failed)::int as failed, sum(unkept)::int as unkept from scim_hour where idp_id = ${idp.id}`,
  )
  return row
}

test('what was asked, what it meant, of whom, and how it was answered', async () => {
  const idp = await house.identityProvider()
  const agent = { 'user-agent': 'Okta SCIM Client 1.0.0' }
  await idp.get('/Users?filter=userName%20eq%20%22ada%22', agent)
  const { json } = await idp.post('/Users', { userName: 'ada', externalId: 'e1' }, agent)
  const taken = await idp.post('/Users', { userName: 'ADA' }, agent)
  await idp.patch(`/Users/${json.id}`, patchOf({ op: 'Replace', path: 'active', value: 'False' }), agent)
  await idp.get('/Users/nobody', agent)
  await idp.delete(`/Users/${json.id}`, agent)
  const told = await rows(idp, 6)
  expect(
    told.map((row) => [
      row.method,
      row.path,
      row.operation,
      row.object_type,
      row.object_name,
      row.status,
      row.failed,
    ]),
  ).toEqual([
    ['GET', '/Users', 'look-up', 'User', 'ada', 200, false],
    ['POST', '/Users', 'create', 'User', 'ada', 201, false],
    ['POST', '/Users', 'create', 'User', 'ADA', 409, true],
    ['PATCH', `/Users/${json.id}`, 'deactivate', 'User', 'ada', 200, false],
    ['GET', '/Users/nobody', 'read', 'User', null, 404, false],
    ['DELETE', `/Users/${json.id}`, 'delete', 'User', 'ada', 204, false],
  ])
  expect(told[0].query).toBe('filter=userName eq "ada"')
  expect(told[1]).toMatchObject({
    tenant_id: idp.tenantId,
    credential_id: idp.credentialId,
    object_id: json.id,
    user_agent: agent['user-agent'],
    source_address: '127.0.0.1',
  })
  expect(JSON.parse(told[1].request_body)).toEqual({ userName: 'ada', externalId: 'e1' })
  expect(JSON.parse(told[1].answer_body)).toEqual(json)
  expect(told[1].milliseconds).toBeGreaterThan(0)
  expect(told[2]).toMatchObject({ scim_type: 'uniqueness', detail: taken.json.detail })
  const events = await house.db.run<{ id: string }>(
    { tenantId: idp.tenantId },
    sql`select request_id as id from audit_event where idp_id = ${idp.id} and object_type = 'User' order by at`,
  )
  expect(events.map(({ id }) => id)).toEqual([told[1], told[2], told[3], told[5]].map(({ id }) => id))
  expect(await hours(idp)).toEqual({
    requests: 6,
    lookUps: 2,
    created: 1,
    changed: 0,
    deactivated: 1,
    deleted: 1,
    failed: 1,
    unkept: 0,
  })
})

test('a bulk request counts for what its operations did, and has failed when one of them has', async () => {
  const idp = await house.identityProvider()
  const post = (bulkId: string, userName: string) => ({
    method: 'POST',
    path: '/Users',
    bulkId,
    data: { userName },
  })
  await idp.post('/Bulk', {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations: [post('a', 'ada'), post('b', 'bob'), post('c', 'ADA'), { method: 'GET', path: '/Users' }],
  })
  const [row] = await rows(idp, 1)
  expect(row).toMatchObject({ operation: 'bulk', status: 200, failed: true })
  expect(row.detail).toMatch(/^2 of 4 operations failed; the first: 4/)
  expect(await hours(idp)).toMatchObject({ requests: 1, created: 2, failed: 1 })
})

test('recorded conversations are told in full', async () => {
  const sequences = recordedSequences().filter(({ idp }) => idp === 'entra' || idp === 'okta')
  for (const sequence of sequences) {
    const idp = await house.identityProvider()
    await play(sequence, idp)
    const told = await rows(idp, sequence.steps.length)
    expect(told).toHaveLength(sequence.steps.length)
    // One sequence asks for the base URL itself.
    expect(told.filter(({ operation, path }) => operation === 'other' && path !== '/')).toEqual([])
  }
})

test('who is refused at the door is told of too, without credentials', async () => {
  const idp = await house.identityProvider()
  await idp.request('GET', '/Users', undefined, { authorization: `Bearer ${CANARY}` })
  await idp.request('POST', '/scim/Users', { password: CANARY })
  await house.db.run(
    { tenantId: idp.tenantId },
    sql`update identity_provider set auto_provisioning = false where id = ${idp.id}`,
  )
  await idp.get('/Users')
  const told = await rows(idp, 6)
  expect(
    told.map(({ status, credential_id, path, failed }) => [status, credential_id, path, failed]),
  ).toEqual([
    [401, null, '/Users', true],
    [404, null, '/scim/Users', true],
    [403, null, '/Users', true],
  ])
  expect(JSON.stringify(told)).not.toContain(CANARY)
  await house.raw({ method: 'GET', path: `/scim/v2/${crypto.randomUUID()}/Users` })
  expect((await hours(idp)).requests).toBe(3)
})

test('no secret is written down, wherever it was sent', async () => {
  const idp = await house.identityProvider()
  const user = { userName: 'ada', password: CANARY, name: { token: CANARY } }
  const { json } = await idp.post('/Users', user)
  const at = `/Users/${json.id}`
  await idp.put(at, user)
  await idp.patch(at, patchOf({ op: 'replace', path: 'password', value: CANARY }))
  await idp.patch(at, patchOf({ op: 'replace', value: { password: CANARY } }))
  await idp.patch(at, patchOf({ op: 'remove', path: `emails[password eq "${CANARY}"]` }))
  await idp.patch(at, `{"Operations":[{"path":"password","value":"${CANARY}"}`)
  await idp.post('/Users', { userName: 'long', password: CANARY.repeat(3_000) })
  await idp.post('/Users', `{"password": "${CANARY}", ${'x'.repeat(20_000)}`)
  await idp.get(`/Users?filter=${encodeURIComponent(`password eq "${CANARY}"`)}`)
  await idp.get(`/Users?access_token=${CANARY}`)
  await idp.post('/Users/.search', { schemas: [], filter: `password sw "${CANARY}"` })
  await idp.post('/Bulk', {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations: [
      { method: 'POST', path: '/Users', bulkId: 'b', data: { userName: 'bulky', password: CANARY } },
    ],
  })
  const told = await rows(idp, 12)
  expect(told).toHaveLength(12)
  const all = JSON.stringify(await house.dump('scim_request'))
  expect(all).not.toContain(CANARY)
  expect(all).not.toContain(idp.token)
  expect(JSON.parse(told[0].request_body)).toEqual({
    userName: 'ada',
    password: '[masked]',
    name: { token: '[masked]' },
  })
})

test('of long bodies the beginning is kept, of a look-up that succeeded less', async () => {
  const idp = await house.identityProvider()
  const emails = Array.from({ length: 900 }, (_, i) => ({ value: `a${i}@example.com`, type: `t${i}` }))
  const { json } = await idp.post('/Users', { userName: 'ada', emails })
  await idp.get(`/Users/${json.id}`)
  const [created, read] = await rows(idp, 2)
  expect(created.request_body.length).toBeLessThan(16_400)
  expect(created.request_bytes).toBeGreaterThan(16_384)
  expect(created.object_name).toBe('ada')
  expect(read.answer_body.length).toBeLessThan(1_050)
  expect(read.answer_bytes).toBeGreaterThan(1_024)
})

function exchange(idp: ProvidedIdp, more: Partial<Exchange> = {}): Exchange {
  return {
    id: crypto.randomUUID(),
    idpId: idp.id,
    credentialId: idp.credentialId,
    schemas: undefined,
    method: 'POST',
    url: `/scim/v2/${idp.id}/Users`,
    route: '/scim/v2/:idpId/Users',
    objectId: undefined,
    status: 201,
    milliseconds: 1,
    body: {},
    received: Buffer.from('{}'),
    answer: '{}',
    userAgent: undefined,
    sourceAddress: '127.0.0.1',
    ...more,
  }
}

const clock = () => new Date()

test('what comes too thick is counted, and written down in part', async () => {
  const idp = await house.identityProvider()
  const log = openRequestLog(house.db, clock, { days: 7 })
  for (let i = 0; i < 140; i++) {
    log.answered(exchange(idp, { method: 'GET', status: 200 }))
    log.answered(exchange(idp, { credentialId: undefined, status: 401 }))
  }
  await log.close()
  expect(log.counts()).toEqual({ written: 123, passedOver: 157, dropped: 0, waiting: 0 })
  expect(await rows(idp)).toHaveLength(123)
  expect(await hours(idp)).toMatchObject({ requests: 280, failed: 140, lookUps: 140, unkept: 157 })
})

test('while the database is away requests wait, as many as there is room for; then they are written', async () => {
  const idp = await house.identityProvider()
  await house.tenant('crowd')
  const crowd = Array.from({ length: 30 }, () => house.identityProvider({ tenant: 'crowd' }))
  const others = await Promise.all(crowd)
  const db = openDatabase({ connection: house.serving })
  let isAway = true
  const shaky = {
    ...db,
    run: ((...args: Parameters<typeof db.run>) =>
      isAway ? Promise.reject(new Unavailable('away')) : db.run(...args)) as typeof db.run,
  }
  const log = openRequestLog(shaky, clock, { days: 7 })
  log.answered(exchange(idp))
  await expect(log.flush()).rejects.toThrow('away')
  for (const other of others) for (let i = 0; i < 200; i++) log.answered(exchange(other))
  expect(log.counts()).toEqual({ written: 0, passedOver: 0, dropped: 1_001, waiting: 5_000 })
  isAway = false
  await log.flush()
  expect(log.counts()).toEqual({ written: 5_000, passedOver: 0, dropped: 1_001, waiting: 0 })
  expect(await rows(idp)).toHaveLength(1)
  expect(await hours(idp)).toMatchObject({ requests: 1, created: 1, unkept: 0 })
  await log.close()
  await db.close()
})

test('a sync of 200 requests a second loses none of them', async () => {
  const idp = await house.identityProvider()
  const log = openRequestLog(house.db, clock, { days: 7 })
  for (let second = 0; second < 3; second++) {
    for (let i = 0; i < 100; i++) {
      log.answered(exchange(idp, { method: 'GET', status: 200 }))
      log.answered(exchange(idp))
    }
    await log.flush()
  }
  await log.close()
  expect(log.counts()).toEqual({ written: 600, passedOver: 0, dropped: 0, waiting: 0 })
})

test('when there is no room, look-ups go before changes and failures', async () => {
  const idps = await Promise.all(
    Array.from({ length: 60 }, () => house.identityProvider({ tenant: 'crowd' })),
  )
  const isAway = { ...house.db, run: () => Promise.reject(new Unavailable('away')) }
  let log = openRequestLog(isAway, clock, { days: 7 })
  for (const idp of idps)
    for (let i = 0; i < 100; i++) log.answered(exchange(idp, { method: 'GET', status: 200 }))
  expect(log.counts()).toMatchObject({ dropped: 1_000, waiting: 5_000 })
  for (let i = 0; i < 200; i++) for (const idp of idps.slice(0, 20)) log.answered(exchange(idp))
  expect(log.counts()).toMatchObject({ dropped: 5_000, waiting: 5_000 })
  log = openRequestLog(house.db, clock, { days: 7 })
  const [idp] = idps as [ProvidedIdp]
  log.answered(exchange(idp, { method: 'GET', status: 200 }))
  log.answered(exchange(idp))
  await log.close()
  expect(await rows(idp)).toHaveLength(2)
})

test('an answer of the database that is lost counts nothing twice', async () => {
  const idp = await house.identityProvider()
  let losing = true
  const lossy = {
    ...house.db,
    run: (async (...args: Parameters<typeof house.db.run>) => {
      const rows = await house.db.run(...args)
      if (losing) throw new Unavailable('the answer was lost')
      return rows
    }) as typeof house.db.run,
  }
  const log = openRequestLog(lossy, clock, { days: 7 })
  for (let i = 0; i < 120; i++) log.answered(exchange(idp))
  for (let i = 0; i < 3; i++) await expect(log.flush()).rejects.toThrow('lost')
  losing = false
  log.answered(exchange(idp))
  await log.close()
  expect(log.counts()).toEqual({ written: 121, passedOver: 0, dropped: 0, waiting: 0 })
  expect(await rows(idp)).toHaveLength(121)
  expect(await hours(idp)).toMatchObject({ requests: 121, created: 121, unkept: 0 })
})

test('what the database does not take is dropped and counted', async () => {
  const idp = await house.identityProvider()
  const errors: unknown[] = []
  const log = openRequestLog(house.db, clock, { days: 7, onError: (error) => errors.push(error) })
  log.answered(exchange(idp, { id: 'no uuid' }))
  await log.close()
  expect(log.counts()).toMatchObject({ written: 0, dropped: 1, waiting: 0 })
  expect(errors).toHaveLength(1)
  expect(await hours(idp)).toMatchObject({ requests: 1, unkept: 1 })
})

test('with 0 days nothing is written down, but counted', async () => {
  const idp = await house.identityProvider()
  const log = openRequestLog(house.db, clock, { days: 0 })
  log.answered(exchange(idp))
  await log.close()
  expect(await rows(idp)).toEqual([])
  expect(await hours(idp)).toMatchObject({ requests: 1, created: 1 })
})

test('the oldest rows of an identity provider go when it has too many; of strangers’ sooner', async () => {
  const idp = await house.identityProvider()
  const insert = (count: number, credential: string | null, secondsAgo: number) =>
    house.db.run(
      { tenantId: idp.tenantId },
      sql`insert into scim_request (id, tenant_id, idp_id, at, milliseconds, credential_id, method, path, operation, status,
          failed, request_bytes, answer_bytes)
        select gen_random_uuid(), ${idp.tenantId}, ${idp.id}, now() - make_interval(secs => ${secondsAgo}::int + n * 0.001), 1, ${credential}::uuid, 'GET',
          '/Users', 'look-up', 200, false, 0, 0 from generate_series(1, ${count}::int) n`,
    )
  await insert(2_100, null, 60)
  await trimProvider(house.db, idp.id, 1_000_000)
  expect(await rows(idp)).toHaveLength(2_000)
  await insert(50, idp.credentialId, 0)
  await trimProvider(house.db, idp.id, 30)
  const left = await rows(idp)
  expect(left).toHaveLength(30)
  await trimProvider(house.db, idp.id, 30)
  expect(await rows(idp)).toEqual(left)
})

test('days that are too old are dropped, and the oldest when all take too much room', async () => {
  const own = await openHouse()
  const days = async () =>
    (
      await own.db.run<{ name: string }>(
        SYSTEM,
        sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'scim_request'::regclass order by 1`,
      )
    ).map(({ name }) => name)
  const [today, tomorrow] = await days()
  const old = async (ago: number) => {
    const day = new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
    const next = new Date(Date.now() - (ago - 1) * 86_400_000).toISOString().slice(0, 10)
    const { Client } = (await import('pg')).default
    const client = new Client(own.connection)
    await client.connect()
    await client.query(`create table scim_request_${day.replaceAll('-', '_')} partition of scim_request
      for values from ('${day} 00:00:00+00') to ('${next} 00:00:00+00')`)
    await client.end()
    return `scim_request_${day.replaceAll('-', '_')}`
  }
  const kept = await old(7)
  await old(8)
  await keepDays(own.db, 7, 2 ** 30)
  expect(await days()).toEqual([kept, today, tomorrow])
  await keepDays(own.db, 7, 0)
  expect(await days()).not.toContain(kept)
  expect(await days()).toEqual(expect.arrayContaining([today, tomorrow]))
  await keepDays(own.db, 0, 0)
  expect(await days()).toEqual([])
  await own.close()
})

test('a day that takes too much room is split, and its newest minutes stay', async () => {
  const own = await openHouse()
  const idp = await own.identityProvider()
  const names = async () =>
    (
      await own.db.run<{ name: string; rows: number }>(
        SYSTEM,
        sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'scim_request'::regclass order by 1`,
      )
    ).map(({ name }) => name)
  const insert = (minutesAhead: number) =>
    own.db.run(
      { tenantId: idp.tenantId },
      sql`insert into scim_request (id, tenant_id, idp_id, at, milliseconds, method, path, operation, status, failed,
          request_bytes, answer_bytes)
        select gen_random_uuid(), ${idp.tenantId}, ${idp.id}, now() + make_interval(mins => ${minutesAhead}::int), 1, 'GET',
          '/Users', 'look-up', 200, false, 0, 0 from generate_series(1, 500)`,
    )
  const before = await names()
  await insert(0)
  await keepDays(own.db, 7, 400_000)
  const after = await names()
  // Within the last two minutes of a day there is nothing to split off.
  const isLate = new Date(Date.now() + 120_000).getUTCDate() !== new Date().getUTCDate()
  expect(after).toHaveLength(before.length + (isLate ? 0 : 1))
  await insert(3)
  await keepDays(own.db, 7, 400_000)
  expect(await names()).toEqual(after)
  expect(await own.db.run({ tenantId: idp.tenantId }, sql`select from scim_request`)).toHaveLength(1_000)
  await keepDays(own.db, 7, 1)
  expect(await own.db.run({ tenantId: idp.tenantId }, sql`select from scim_request`)).toHaveLength(1_000)
  await own.close()
})

test('a deleted identity provider leaves nothing behind', async () => {
  const idp = await house.identityProvider()
  await idp.post('/Users', { userName: 'ada' })
  expect(await rows(idp, 1)).toHaveLength(1)
  await deleteIdentityProvider(house.db, idp.operator, idp.id)
  await idp.get('/Users')
  await forgetRemains(house.db)
  await forgetRemains(house.db)
  expect(await rows(idp)).toEqual([])
  expect((await hours(idp)).requests).toBeNull()
})

test('a tenant sees its own requests only, even by a statement that does not ask for its own', async () => {
  const [idp, other] = [await house.identityProvider(), await house.identityProvider()]
  await idp.post('/Users', { userName: 'ada' })
  expect(await rows(idp, 1)).toHaveLength(1)
  const seen = await house.db.run<Row>({ tenantId: other.tenantId }, sql`select tenant_id from scim_request`)
  expect(seen).toEqual([])
})
