import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sealAudit } from '#audit/seal.ts'
import { verifyAudit } from '#audit/verify.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'

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

/** Every part of a verification, added up as the portal does. */
async function verified(client: ApiClient, head?: string) {
  const parts = []
  for (let after: string | null | undefined; after !== null; ) {
    const query = new URLSearchParams({ ...(after && { after }), ...(head && { head }) })
    const { json } = await client.get(`/audit-log/verification?${query}`)
    parts.push(json)
    after = json.next
  }
  return {
    parts,
    holds: parts.every((part) => part.holds),
    checked: parts.reduce((sum, part) => sum + part.checked.seals, 0),
    faults: parts.flatMap((part) => part.faults),
  }
}

test('an untouched log proves, seal by seal', async () => {
  const idp = await sealed()
  const ada = await house.administrator(idp.tenantId, 'auditor')
  await sealAll(idp.tenantId)
  const { parts, ...proof } = await verified(ada)
  expect(proof).toEqual({ holds: true, checked: parts[0].seals, faults: [] })
  expect(parts.at(-1)).toMatchObject({ progress: 1, unsealed: 0 })
  expect(parts[0].seals).toBeGreaterThanOrEqual(4)
  expect((await verified(ada, parts[0].head)).holds).toBe(true)
})

test('an event that was altered names its seal; an end that was cut off is missed', async () => {
  const idp = await sealed()
  const ada = await house.administrator(idp.tenantId, 'auditor')
  await sealAll(idp.tenantId)
  const { head, seals } = (await ada.get('/audit-log/verification')).json
  await tamper(`update audit_event set object_name = 'x' where id in (
    select id from audit_event where tenant_id = '${idp.tenantId}' and object_name = 'user 1')`)
  expect((await verified(ada)).faults).toEqual([expect.stringMatching(/under seal \d.*was altered/)])
  await tamper(`delete from audit_seal where tenant_id = '${idp.tenantId}' and number = ${seals}`)
  expect((await verified(ada, head)).faults).toContainEqual(expect.stringContaining('cut off'))
})

test('a made-up place to go on from is refused', async () => {
  const idp = await sealed()
  const ada = await house.administrator(idp.tenantId, 'auditor')
  const forged = (walk: object) => Buffer.from(JSON.stringify(walk)).toString('base64url')
  const walk = { until: 1, seals: 1, covered: 1, seal: 0, counted: null, sealedEvents: 0, unsealed: 0 }
  for (const after of [
    'x',
    forged([]),
    forged({ ...walk, seal: -1 }),
    forged({ ...walk, until: 1e300 }),
    forged({ ...walk, counted: { at: '2026-02-31T00:00:00.000Z', id: crypto.randomUUID() } }),
  ]) {
    expect((await ada.get(`/audit-log/verification?after=${after}`)).status).toBe(422)
  }
})
