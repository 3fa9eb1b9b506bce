import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { sealAudit, verifyAudit } from '#audit/seal.ts'
import { SYSTEM } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { openHouse, type ProvidedIdp } from '#test/harness.ts'

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
  expect(await verifyAudit(house.db, tenantId, proof.head)).toMatchObject({ faults: [] })
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
    expect.stringContaining('an event under seal 2'),
  ])
})

test('an event that was taken away, or slipped in, is found', async () => {
  const [less, more] = [await sealed(), await sealed()]
  await tamper(`delete from audit_event where id in (
    select id from audit_event where tenant_id = '${less.tenantId}' order by at limit 1)`)
  await tamper(`insert into audit_event select gen_random_uuid(), tenant_id, at, xid, actor_type, actor_id, actor_name, idp_id,
    action, object_type, object_id, object_name, result, change, request_id, source_address
    from audit_event where tenant_id = '${more.tenantId}' order by at limit 1`)
  expect((await verifyAudit(house.db, less.tenantId)).faults).toContain('1 events are missing')
  expect((await verifyAudit(house.db, more.tenantId)).faults).toContain('1 events are under no seal')
})

test('a log whose end was cut off does not hold against a seal that was noted down', async () => {
  const { tenantId } = await sealed()
  const { head } = await verifyAudit(house.db, tenantId)
  await tamper(`delete from audit_seal where tenant_id = '${tenantId}' and number = 3`)
  expect((await verifyAudit(house.db, tenantId, head)).faults).toContain(
    'the seal that was noted down is not there: the end of the log was cut off',
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

test('the service itself can neither alter nor take away seals and events', async () => {
  for (const statement of [
    sql`delete from audit_seal`,
    sql`update audit_seal set events = 0`,
    sql`delete from audit_event`,
  ]) {
    await expect(house.db.run(SYSTEM, statement)).rejects.toThrow()
  }
})
