// Work off every request must get to its end however much has piled up, in steps that each stay below the limit that
// every statement of the service has.
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { purgeRevisions } from '#directory/groups/purge-revisions.ts'
import { purgeOrphans } from '#directory/purge.ts'
import type { SystemEntry } from '#logs/system.ts'
import { openDatabase } from '#platform/database/database.ts'
import { createLog } from '#platform/log.ts'
import { openWorkFigures } from '#platform/work-figures.ts'
import { startWork } from '#service/background-work.ts'
import { openHouse } from '#test/harness.ts'

const house = await openHouse()
/** A tenth of the service's limit on statements: a tenth of the rows is then as much as it would be there. */
const db = openDatabase({ connection: house.connection, statementMilliseconds: 250 })
afterAll(() => Promise.all([db.close(), house.close()]))

/** Around the service, without its limits on statements. */
async function asOwner<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
  const client = new pg.Client(house.connection)
  await client.connect()
  const { rows } = await client.query<Row>(statement)
  await client.end()
  return rows
}

async function rowsOf(table: string, tenantId: string): Promise<number> {
  const [row] = await asOwner<{ count: number }>(
    `select count(*)::int as count from ${table} where tenant_id = '${tenantId}'`,
  )
  return row?.count ?? -1
}

test('what is left of a deleted identity provider goes, also a group of 200,000 members', async () => {
  const kept = await house.identityProvider()
  await kept.post('/Users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' })
  const tenantId = crypto.randomUUID()
  const idpId = crypto.randomUUID()
  await asOwner(`insert into directory_group (id, tenant_id, idp_id, display_name, display_name_key, resource)
    select gen_random_uuid(), '${tenantId}', '${idpId}', 'group ' || n, 'group ' || n, '{}' from generate_series(1, 500) n;
    insert into directory_user (id, tenant_id, idp_id, user_name, user_name_key, active, idp_active, resource)
    select gen_random_uuid(), '${tenantId}', '${idpId}', 'user ' || n, 'user ' || n, true, true, '{}'
    from generate_series(1, 20000) n;
    insert into group_member (group_id, member_id, tenant_id, member_type)
    select (select id from directory_group where idp_id = '${idpId}' order by id limit 1), gen_random_uuid(), '${tenantId}', 'User'
    from generate_series(1, 200000)`)
  expect(await purgeOrphans(db)).toBe(20_500)
  for (const table of ['directory_user', 'directory_group', 'group_member', 'group_revision'])
    expect(await rowsOf(table, tenantId), table).toBe(0)
  expect(await rowsOf('directory_user', kept.tenantId)).toBe(1)
}, 180_000)

test('100,000 old revisions of groups go, and the newest of each group stays', async () => {
  const tenantId = crypto.randomUUID()
  await asOwner(`insert into group_revision (group_id, id, tenant_id, at)
    select ('00000000-0000-7000-8000-' || lpad((n % 3000)::text, 12, '0'))::uuid, gen_random_uuid(), '${tenantId}',
      now() - interval '3 days' + make_interval(secs => n) from generate_series(1, 100000) n`)
  expect(await purgeRevisions(db)).toBeGreaterThanOrEqual(97_000)
  expect(await rowsOf('group_revision', tenantId)).toBe(3_000)
}, 180_000)

/** Runs pieces once. */
async function runOnce(pieces: Parameters<typeof startWork>[0]) {
  const entries: SystemEntry[] = []
  const systemLog = {
    record: (entry: SystemEntry) => void entries.push(entry),
    flush: async () => {},
    close: async () => {},
  }
  const figures = openWorkFigures()
  const log = createLog('silent')
  const work = startWork(pieces, {
    log,
    systemLog,
    figures,
    everyMilliseconds: 3_600_000,
    againMilliseconds: 10,
  })
  return { entries, figures: figures.read().work, stop: () => work.stop() }
}

test('a piece of work that fails is tried again soon, and the others run all the same', async () => {
  let tries = 0
  const failing = async () => {
    tries += 1
    if (tries < 3) throw new Error('not yet')
    return 12_345
  }
  const pieces = [
    { name: 'first', title: 'First', run: failing },
    { name: 'second', title: 'Second', run: async () => undefined },
  ]
  const { entries, figures, stop } = await runOnce(pieces)
  await expect.poll(() => figures.get('first')?.runs).toBe(1)
  await stop()
  expect(figures.get('first')).toMatchObject({ failures: 2, rows: 12_345 })
  expect(figures.get('second')).toMatchObject({ runs: 1, failures: 0 })
  expect(entries.map(({ event, name }) => `${event} ${name}`)).toEqual([
    'work-failed First',
    'work-failed First',
    'work-done First',
  ])
})
