import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { sealAudit } from '#audit/seal.ts'
import { verifyAudit } from '#audit/verify.ts'
import { openDatabase, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { openHouse, type ProvidedIdp } from '#test/harness.ts'
import { cloneDatabase } from '#test/setup/database.ts'

const house = await openHouse()
afterAll(() => house.close())

async function people(idp: ProvidedIdp, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const userName = `${crypto.randomUUID()}@example.com`
    await idp.post('/Users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName })
  }
}

/** As somebody could who reached the database around the service. */
async function tamper(statement: string): Promise<void> {
  const client = new pg.Client(house.connection)
  await client.connect()
  await client.query(statement)
  await client.end()
}

async function sealed(): Promise<ProvidedIdp> {
  const idp = await house.identityProvider()
  for (let i = 0; i < 3; i++) {
    await people(idp, 3)
    await sealAudit(house.db)
  }
  return idp
}

test('an untouched log proves, tenant by tenant, and what was committed since is counted apart', async () => {
  const idp = await sealed()
  await people(idp, 2)
  const { tenantId } = idp
  const proof = await verifyAudit(house.db, tenantId)
  const total = (await house.db.run({ tenantId }, sql`select from audit_event where tenant_id = ${tenantId}`))
    .length
  expect(proof).toMatchObject({ seals: 3, events: total - 2, unsealed: 2, faults: [] })
  expect(await verifyAudit(house.db, tenantId, { head: proof.head })).toMatchObject({ faults: [] })
})

test('sealing again what is sealed makes no seal', async () => {
  const { tenantId } = await sealed()
  await sealAudit(house.db)
  expect(await verifyAudit(house.db, tenantId)).toMatchObject({ seals: 3, unsealed: 0, faults: [] })
})

test('an event that was altered is found', async () => {
  const { tenantId } = await sealed()
  await tamper(`update audit_event set object_name = 'somebody else' where id in (
    select id from audit_event where tenant_id = '${tenantId}' order by at offset 4 limit 1)`)
  expect((await verifyAudit(house.db, tenantId)).faults).toEqual([
    expect.stringMatching(/^An event under seal 2 .* was altered\.$/),
  ])
})

test('an event that was taken away, or slipped in, is found', async () => {
  const [less, more] = [await sealed(), await sealed()]
  await tamper(`delete from audit_event where id in (
    select id from audit_event where tenant_id = '${less.tenantId}' order by at limit 1)`)
  await tamper(`insert into audit_event (id, tenant_id, at, position, actor_type, actor_name, action, object_type, object_name, result)
    select gen_random_uuid(), tenant_id, at - interval '1 day', position, actor_type, actor_name, action, object_type, object_name, result
    from audit_event where tenant_id = '${more.tenantId}' order by at limit 1`)
  expect((await verifyAudit(house.db, less.tenantId)).faults).toContain('1 events are missing.')
  expect((await verifyAudit(house.db, more.tenantId)).faults).toContain('1 events are under no seal.')
})

test('a log whose end was cut off does not hold against a seal that was noted down', async () => {
  const { tenantId } = await sealed()
  const { head } = await verifyAudit(house.db, tenantId)
  await tamper(`delete from audit_seal where tenant_id = '${tenantId}' and number = 3`)
  expect((await verifyAudit(house.db, tenantId, { head })).faults).toContain(
    'The seal you noted is missing: the end of the log was cut off.',
  )
})

test('no event of parallel writers is left out, however they commit', async () => {
  const idp = await house.identityProvider()
  const sealing = { done: false }
  const sealer = (async () => {
    while (!sealing.done) await sealAudit(house.db)
  })()
  await Promise.all(Array.from({ length: 10 }, () => people(idp, 10)))
  sealing.done = true
  await sealer
  await sealAudit(house.db)
  expect(await verifyAudit(house.db, idp.tenantId)).toMatchObject({ unsealed: 0, faults: [] })
})

test('a transaction that stays open elsewhere in the database does not hold up the seals', async () => {
  const idp = await house.identityProvider()
  const other = new pg.Client(house.connection)
  await other.connect()
  await other.query('create table if not exists unrelated (id int)')
  await other.query('begin')
  await other.query('insert into unrelated values (1)')
  await people(idp, 3)
  await sealAudit(house.db)
  const { unsealed, faults } = await verifyAudit(house.db, idp.tenantId)
  await other.query('rollback')
  await other.end()
  expect({ unsealed, faults }).toEqual({ unsealed: 0, faults: [] })
})

test('an event whose transaction is still open is waited for, and sealed when it commits', async () => {
  const idp = await house.identityProvider()
  const slow = new pg.Client(house.connection)
  await slow.connect()
  await slow.query('begin')
  await slow.query(
    `${INSERT} values (gen_random_uuid(), '${idp.tenantId}', now(), 'system', 'slow', 'update', 'Tenant', 'slow', 'success')`,
  )
  await people(idp, 2)
  const { waitsFor, behind } = await sealAudit(house.db)
  expect(waitsFor).toBe(1)
  expect(behind).toBeGreaterThanOrEqual(3)
  await slow.query('commit')
  await slow.end()
  await sealAudit(house.db)
  expect(await verifyAudit(house.db, idp.tenantId)).toMatchObject({ unsealed: 0, faults: [] })
})

const INSERT = `insert into audit_event (id, tenant_id, at, actor_type, actor_name, action, object_type, object_name, result)`

test('a backlog of 300,000 events of two tenants is sealed in steps and proves', async () => {
  const [one, two] = [await house.identityProvider(), await house.identityProvider()]
  await tamper(`${INSERT} select gen_random_uuid(), (array['${one.tenantId}', '${two.tenantId}'])[1 + n % 2]::uuid,
    clock_timestamp(), 'system', 'test', 'update', 'User', 'user ' || n, 'success' from generate_series(1, 300000) n`)
  const { seals, behind } = await sealAudit(house.db)
  expect(behind).toBe(0)
  expect(seals).toBeGreaterThanOrEqual(120)
  const progress: number[] = []
  const proof = await verifyAudit(house.db, one.tenantId, { onProgress: (part) => void progress.push(part) })
  expect(proof).toMatchObject({ unsealed: 0, faults: [] })
  expect(proof.events).toBeGreaterThanOrEqual(150_000)
  expect(progress).toEqual(progress.toSorted((a, b) => a - b))
  expect(progress.at(-1)).toBe(1)
}, 120_000)

test('2,000 seals prove, and an altered event under the 1,234th is named', async () => {
  const { tenantId } = await house.identityProvider()
  await sealAudit(house.db)
  const { seals: before } = await verifyAudit(house.db, tenantId)
  await tamper(`${INSERT} select gen_random_uuid(), '${tenantId}', clock_timestamp(), 'system', 'test', 'update', 'User',
    'user ' || n, 'success' from generate_series(1, 2000) n`)
  await sealAudit(house.db, { positions: 1 })
  expect(await verifyAudit(house.db, tenantId)).toMatchObject({ seals: before + 2_000, faults: [] })
  await tamper(
    `update audit_event set object_name = 'x' where tenant_id = '${tenantId}' and object_name = 'user 1234'`,
  )
  const { faults } = await verifyAudit(house.db, tenantId)
  expect(faults).toEqual([
    expect.stringMatching(new RegExp(`^An event under seal ${before + 1_234} .* was altered`)),
  ])
}, 120_000)

test('steps of the clock by a day in both directions break no proof', async () => {
  const { tenantId } = await house.identityProvider()
  for (const step of ['1 day', '-1 day', '0 days', '-1 day', '2 days']) {
    await tamper(`${INSERT} select gen_random_uuid(), '${tenantId}', now() + interval '${step}', 'system', 'test', 'update',
      'User', 'user ' || n, 'success' from generate_series(1, 5) n`)
    await sealAudit(house.db)
  }
  expect(await verifyAudit(house.db, tenantId)).toMatchObject({ unsealed: 0, faults: [] })
})

test('the proof holds after the rows were restored into another server, and goes on there', async () => {
  const { tenantId } = await sealed()
  const { head, events } = await verifyAudit(house.db, tenantId)
  const elsewhere = await cloneDatabase()
  const [source, target] = [new pg.Client(house.connection), new pg.Client(elsewhere.connection)]
  await Promise.all([source.connect(), target.connect()])
  for (const table of ['audit_event', 'audit_seal']) {
    const { rows } = await source.query(
      `select coalesce(json_agg(r), '[]')::text as rows from ${table} r where tenant_id = '${tenantId}'`,
    )
    await target.query(`insert into ${table} select * from json_populate_recordset(null::${table}, $1)`, [
      rows[0].rows,
    ])
  }
  await target.query(`select setval('audit_event_position', (select max(position) from audit_event))`)
  const db = openDatabase({ connection: elsewhere.connection })
  expect(await verifyAudit(db, tenantId, { head })).toMatchObject({ events, unsealed: 0, faults: [] })
  await target.query(
    `${INSERT} values (gen_random_uuid(), '${tenantId}', now(), 'system', 'test', 'update', 'Tenant', 'x', 'success')`,
  )
  await sealAudit(db)
  expect(await verifyAudit(db, tenantId, { head })).toMatchObject({
    events: events + 1,
    unsealed: 0,
    faults: [],
  })
  await Promise.all([source.end(), target.end(), db.close()])
  await elsewhere.drop()
})

test('the service itself can neither alter nor take away seals and events', async () => {
  for (const statement of [
    sql`delete from audit_seal`,
    sql`update audit_seal set events = 0`,
    sql`delete from audit_event`,
  ]) {
    await expect(house.db.run(SYSTEM, statement)).rejects.toThrow()
  }
})
