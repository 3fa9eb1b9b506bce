import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sealAudit, verifyAudit } from '#audit/seal.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

async function sealed(): Promise<ProvidedIdp> {
  const idp = await house.identityProvider()
  for (let i = 0; i < 3; i++) {
    await idp.post('/Users', { schemas: [USER], userName: `user ${i}` })
    await sealAll(idp.tenantId)
  }
  return idp
}

/** The sealer stays behind the oldest transaction that runs, and other tests of this server have some. */
async function sealAll(tenantId: string): Promise<void> {
  const unsealed = async () => {
    await sealAudit(house.db)
    return (await verifyAudit(house.db, tenantId)).unsealed
  }
  await expect.poll(unsealed, { timeout: 20_000 }).toBe(0)
}

/** As somebody could who reached the database around the service. */
async function tamper(statement: string): Promise<void> {
  const client = new pg.Client(house.connection)
  await client.connect()
  await client.query(statement)
  await client.end()
}

test('an untouched log proves, seal by seal', async () => {
  const idp = await sealed()
  const ada = await house.administrator(idp.tenantId, 'auditor')
  await sealAll(idp.tenantId)
  const { json } = await ada.get('/audit-log/verification')
  expect(json).toMatchObject({ holds: true, checked: { seals: json.seals }, next: null, faults: [] })
  expect(json.seals).toBeGreaterThanOrEqual(4)
  expect((await ada.get('/audit-log/verification?below=3')).json.checked.seals).toBe(2)
  expect((await ada.get(`/audit-log/verification?head=${json.head}`)).json.holds).toBe(true)
})

test('an event that was altered names its seal; an end that was cut off is missed', async () => {
  const idp = await sealed()
  const ada = await house.administrator(idp.tenantId, 'auditor')
  await sealAll(idp.tenantId)
  const { head, seals } = (await ada.get('/audit-log/verification')).json
  await tamper(`update audit_event set object_name = 'x' where id in (
    select id from audit_event where tenant_id = '${idp.tenantId}' and object_name = 'user 1')`)
  const altered = (await ada.get('/audit-log/verification')).json
  expect(altered).toMatchObject({ holds: false, faults: [expect.stringMatching(/under seal \d/)] })
  await tamper(`delete from audit_seal where tenant_id = '${idp.tenantId}' and number = ${seals}`)
  const cut = (await ada.get(`/audit-log/verification?head=${head}`)).json
  expect(cut.faults).toContainEqual(expect.stringContaining('cut off'))
})
