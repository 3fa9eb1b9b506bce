// Functions that run with the rights of their owner, past row-level security. Each stands here with what it must refuse, and
// one that does not stand here fails the first test.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Scope } from '#platform/database/database.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { type Sql, sql } from '#platform/database/sql.ts'
import { ask } from '#test/faults/idp.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** Those that find rows, as called for a tenant and an identity provider. */
const FINDERS: Record<string, (tenantId: string, idpId: string) => Sql> = {
  'users_with_email(uuid,uuid,text)': (tenantId, idpId) =>
    sql`select users_with_email(${tenantId}, ${idpId}, ${'ada@example.com'}) as id`,
  'users_named(uuid,uuid,text,text,integer)': (tenantId, idpId) =>
    sql`select users_named(${tenantId}, ${idpId}, ${'ada'}, ${'ada'}, 10) as id`,
}
/** Those that work above tenants. */
const MAINTENANCE: Record<string, Sql> = {
  'ensure_audit_partitions(integer)': sql`select ensure_audit_partitions(1)`,
  'keep_scim_request_days(integer,bigint)': sql`select keep_scim_request_days(7, 1000000000)`,
}
const NO_SCOPE: Scope = { tenantId: '' }

let house: House
let ours: ProvidedIdp
let theirs: ProvidedIdp
const users = new Map<ProvidedIdp, string>()

beforeAll(async () => {
  house = await openHouse()
  ours = await house.identityProvider()
  theirs = await house.identityProvider()
  for (const idp of [ours, theirs]) {
    const user = {
      schemas: [USER],
      userName: 'ada',
      displayName: 'Ada',
      emails: [{ value: 'ada@example.com' }],
    }
    users.set(idp, (await idp.post('/Users', user)).json.id)
  }
})
afterAll(() => house.close())

async function find(scope: Scope, call: Sql): Promise<string[]> {
  return (await house.db.run<{ id: string }>(scope, call)).map(({ id }) => id)
}

test('every function that runs as its owner is known here, finds its own schema only and is not for everyone', async () => {
  const functions = await ask<{ name: string; config: string[] | null; everyone: boolean }>(
    house.connection,
    `select p.oid::regprocedure::text as name, proconfig as config,
        exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0) as everyone
      from pg_proc p where pronamespace = 'public'::regnamespace and prosecdef order by 1`,
  )
  const known = [...Object.keys(FINDERS), ...Object.keys(MAINTENANCE)].sort()
  expect(functions.map(({ name }) => name)).toEqual(known)
  for (const { name, config, everyone } of functions) {
    expect([name, config?.[0]]).toEqual([name, 'search_path=public, pg_temp'])
    expect([name, everyone]).toEqual([name, false])
  }
})

test.each(Object.entries(FINDERS))('%s finds users of the tenant of its scope only', async (_name, call) => {
  const inOurs: Scope = { tenantId: ours.tenantId }
  expect(await find(inOurs, call(ours.tenantId, ours.id))).toEqual([users.get(ours)])
  expect(await find({ tenantId: theirs.tenantId }, call(theirs.tenantId, theirs.id))).toEqual([
    users.get(theirs),
  ])
  for (const [tenantId, idpId] of [
    [theirs.tenantId, theirs.id],
    [ours.tenantId, theirs.id],
    [theirs.tenantId, ours.id],
  ] as const)
    expect(await find(inOurs, call(tenantId, idpId))).toEqual([])
  expect(await find(NO_SCOPE, call(ours.tenantId, ours.id))).toEqual([])
  // Above tenants, the tenant that is named still has to be the right one.
  expect(await find(SYSTEM, call(ours.tenantId, ours.id))).toEqual([users.get(ours)])
  expect(await find(SYSTEM, call(theirs.tenantId, ours.id))).toEqual([])
})

test.each(Object.entries(MAINTENANCE))('%s is refused in the scope of a tenant', async (_name, call) => {
  for (const scope of [{ tenantId: ours.tenantId }, NO_SCOPE])
    await expect(house.db.run(scope, call)).rejects.toMatchObject({ cause: { code: '42501' } })
  expect(await house.db.run(SYSTEM, call)).toHaveLength(1)
})
