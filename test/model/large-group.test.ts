// A group of 20,000: what a request costs depends on what it names, never on the size of the group.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { patchOp } from './group-race.ts'
import { type Node, openPair } from './two-processes.ts'

const SIZE = 20_000
const BATCH = 1_000

const pair = await openPair()
afterAll(() => pair.close())

const provider = await pair.provider()
const ids: string[] = []
let group = ''

beforeAll(async () => {
  const { id, tenantId } = provider.idp
  const rows = await pair.house.db.run<{ id: string }>(
    SYSTEM,
    sql`insert into directory_user (id, tenant_id, idp_id, user_name, user_name_key, active, idp_active, resource)
      select u.id, ${tenantId}, ${id}, 'user ' || u.id, 'user ' || u.id, true, true,
        json_build_object('schemas', '{urn:ietf:params:scim:schemas:core:2.0:User}'::text[], 'id', u.id,
          'userName', 'user ' || u.id, 'active', true)
      from (select uuidv7() as id from generate_series(1, ${SIZE + 1})) u returning id`,
  )
  ids.push(...rows.map((row) => row.id))
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
  group = (await provider.send(0, 'POST', '/Groups', { schemas, displayName: 'Everyone' })).json.id
})

function refs(from: number, to: number): object[] {
  return ids.slice(from, to).map((value) => ({ value }))
}

function patch(node: Node, ...operations: object[]) {
  return provider.send(node, 'PATCH', `/Groups/${group}`, patchOp(...operations))
}

/** Which row versions make up the group, but for one member. */
async function fingerprint(without: string): Promise<object | undefined> {
  const [row] = await pair.house.db.run(
    SYSTEM,
    sql`select count(*)::int as rows, md5(string_agg(member_id || ' ' || xmin || ' ' || xmax || ctid, ',' order by member_id))
      as versions from group_member where group_id = ${group} and member_id <> ${without}`,
  )
  return row
}

test('it is built by PATCHes of 1,000 through both processes', async () => {
  const batches = Array.from({ length: SIZE / BATCH }, (_, batch) => batch * BATCH)
  const replies = await Promise.all(
    batches.map((from) =>
      patch((from / BATCH) % 2 ? 1 : 0, { op: 'add', path: 'members', value: refs(from, from + BATCH) }),
    ),
  )
  expect(replies.map(({ status }) => status)).toEqual(batches.map(() => 204))
  const { json } = await provider.send(0, 'GET', `/Groups/${group}`)
  expect(new Set(json.members.map(({ value }: { value: string }) => value))).toEqual(
    new Set(ids.slice(0, SIZE)),
  )
})

test('adding and removing one member writes no row of another', async () => {
  const one = ids[SIZE] ?? ''
  const before = await fingerprint(one)
  expect(before).toMatchObject({ rows: SIZE })
  const steps = [
    { op: 'add', path: 'members', value: [{ value: one }] },
    { op: 'add', path: 'members', value: [{ value: one }] },
    { op: 'remove', path: `members[value eq "${one}"]` },
  ]
  for (const step of steps) {
    expect((await patch(1, step)).status).toBe(204)
    expect(await fingerprint(one)).toEqual(before)
  }
})

test('renaming it and leaving members out of an answer never reads a member', async () => {
  const plain = 'excludedAttributes=members'
  await pair.house.db.transaction(SYSTEM, async (tx) => {
    await tx.query(sql`lock table group_member in access exclusive mode`)
    const renamed = await patch(0, { op: 'replace', path: 'displayName', value: 'All' })
    expect(renamed.status).toBe(204)
    expect(await provider.send(1, 'GET', `/Groups/${group}?${plain}`)).toMatchObject({
      status: 200,
      json: { displayName: 'All' },
    })
    for (const query of [plain, 'attributes=displayName', `${plain}&filter=displayName%20eq%20%22all%22`]) {
      const { status, json } = await provider.send(0, 'GET', `/Groups?${query}`)
      expect({ status, total: json.totalResults }).toEqual({ status: 200, total: 1 })
    }
  })
})

test('who deletes users takes them out, and nobody else', async () => {
  const gone = ids.slice(0, 20)
  const replies = await Promise.all(
    gone.map((id, place) => provider.send(place % 2 ? 1 : 0, 'DELETE', `/Users/${id}`)),
  )
  expect(replies.map(({ status }) => status)).toEqual(gone.map(() => 204))
  const { json } = await provider.send(1, 'GET', `/Groups/${group}`)
  expect(json.members.map(({ value }: { value: string }) => value).sort()).toEqual(ids.slice(20, SIZE).sort())
})

test('half of it leaves by PATCHes of 1,000 while 1,000 others stay put', async () => {
  const half = Array.from({ length: 9 }, (_, batch) => (batch + 1) * BATCH)
  const replies = await Promise.all(
    half.map((from) => patch(0, { op: 'remove', path: 'members', value: refs(from, from + BATCH) })),
  )
  expect(replies.map(({ status }) => status)).toEqual(half.map(() => 204))
  expect(await fingerprint('00000000-0000-0000-0000-000000000000')).toMatchObject({
    rows: SIZE - 20 - 9 * BATCH,
  })
})
