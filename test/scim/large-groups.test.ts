// Groups of any size that the limits allow: written, emptied and deleted whole, however long it takes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { openHouse, type ProvidedIdp } from '../harness.ts'

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const USERS = 20_000

const house = await openHouse()
afterAll(() => house.close())

let idp: ProvidedIdp
const ids: string[] = []
beforeAll(async () => {
  idp = await house.identityProvider()
  for (let from = 0; from < USERS; from += 5_000) {
    const rows = await house.db.run<{ id: string }>(
      SYSTEM,
      sql`insert into directory_user (id, tenant_id, idp_id, user_name, user_name_key, active, idp_active, resource)
        select gen_random_uuid(), ${idp.tenantId}, ${idp.id}, 'user ' || n, 'user ' || n, true, true, '{}'
        from generate_series(${from}::int, ${from + 4_999}::int) n returning id`,
    )
    ids.push(...rows.map(({ id }) => id))
  }
}, 120_000)

const refs = (some: readonly string[]) => some.map((value) => ({ value }))

async function membersOf(group: string): Promise<string[]> {
  const { json } = await idp.get(`/Groups/${group}`)
  return (json.members ?? []).map(({ value }: { value: string }) => value).sort()
}

async function lastEvent(group: string) {
  const [event] = await house.db.run<{ change: string }>(
    { tenantId: idp.tenantId },
    sql`select change from audit_event where object_id = ${group} and tenant_id = ${idp.tenantId} order by position desc limit 1`,
  )
  return JSON.parse(event?.change ?? 'null')
}

test('a group of 20,000 is created, put unchanged without a new version, put with one change, emptied and deleted', async () => {
  const created = await idp.post('/Groups', { schemas: [GROUP], displayName: 'All', members: refs(ids) })
  expect([created.status, created.json.members]).toMatchObject([201, { length: USERS }])
  const { id, meta } = created.json
  const body = { schemas: [GROUP], displayName: 'All', members: refs(ids) }
  const unchanged = await idp.put(`/Groups/${id}`, body)
  expect([unchanged.status, unchanged.json.meta.version]).toEqual([200, meta.version])
  const [left, ...others] = ids as [string, ...string[]]
  const changed = await idp.put(`/Groups/${id}`, { ...body, members: refs(others) })
  expect(changed.status).toBe(200)
  expect(await lastEvent(id)).toEqual({ before: { members: [left] }, after: {} })
  expect(await membersOf(id)).toEqual(others.toSorted())
  const emptied = await idp.patch(`/Groups/${id}`, {
    schemas: [PATCH_OP],
    Operations: [{ op: 'remove', path: 'members' }],
  })
  expect(emptied.status).toBe(204)
  expect(await membersOf(id)).toEqual([])
  expect((await lastEvent(id)).after.removed).toBe(USERS - 1)
  await idp.put(`/Groups/${id}`, body)
  expect((await idp.delete(`/Groups/${id}`)).status).toBe(204)
  expect((await idp.get(`/Groups/${id}`)).status).toBe(404)
  const left_over = await house.db.run(SYSTEM, sql`select from group_member where group_id = ${id}`)
  expect(left_over).toEqual([])
}, 120_000)

test('one of 5,000 members that does not exist refuses the whole change and is named', async () => {
  const { json } = await idp.post('/Groups', {
    schemas: [GROUP],
    displayName: 'Whole',
    members: refs(ids.slice(0, 10)),
  })
  const stranger = crypto.randomUUID()
  const { status, json: refusal } = await idp.put(`/Groups/${json.id}`, {
    schemas: [GROUP],
    displayName: 'Other name',
    members: refs([...ids.slice(100, 5_099), stranger]),
  })
  expect([status, refusal.scimType, refusal.detail]).toEqual([
    400,
    'invalidValue',
    expect.stringContaining(stranger),
  ])
  const { json: still } = await idp.get(`/Groups/${json.id}`)
  expect(still).toMatchObject({ displayName: 'Whole', meta: { version: json.meta.version } })
  expect(await membersOf(json.id)).toEqual(ids.slice(0, 10).toSorted())
})

test('adding and removing thousands in one PATCH gives what the operations say', async () => {
  const { json } = await idp.post('/Groups', {
    schemas: [GROUP],
    displayName: 'Mixed',
    members: refs(ids.slice(0, 3_000)),
  })
  const { status } = await idp.patch(`/Groups/${json.id}`, {
    schemas: [PATCH_OP],
    Operations: [
      { op: 'remove', path: 'members', value: refs(ids.slice(0, 2_000)) },
      { op: 'add', path: 'members', value: refs(ids.slice(1_500, 6_000)) },
    ],
  })
  expect(status).toBe(204)
  expect(await membersOf(json.id)).toEqual(ids.slice(1_500, 6_000).toSorted())
  expect(await lastEvent(json.id)).toMatchObject({ after: { added: 3_000, removed: 1_500 } })
})
