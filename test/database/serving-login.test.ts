// What the connection that serves requests could do if a statement on it were an attacker's: read and change rows of the
// tenant that it names, and nothing that outlives or leaves those rows.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'

let house: House
let idp: ProvidedIdp
let superuser: pg.Client

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  await idp.post('/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'ada',
  })
  superuser = new pg.Client(house.connection)
  await superuser.connect()
})
afterAll(async () => {
  await superuser?.end()
  await house?.close()
})

/** Runs a statement on the service's own pool, above all tenants. @returns SQLSTATE of its refusal */
async function refusal(statement: string): Promise<string | undefined> {
  try {
    await house.db.transaction(SYSTEM, (tx) => tx.query(raw(statement)))
    return undefined
  } catch (error) {
    const { cause } = error as Error
    return ((cause ?? error) as pg.DatabaseError).code
  }
}

const NOT_PERMITTED = '42501'

test('the service logs in as a role that has no rights of its own and belongs to no other', async () => {
  const [login] = await house.db.run(
    SYSTEM,
    sql`select session_user::text as session, current_user::text as current, r.rolsuper, r.rolcreaterole, r.rolcreatedb,
        r.rolbypassrls, r.rolreplication, count(m.*)::int as memberships
      from pg_roles r left join pg_auth_members m on m.member = r.oid where r.rolname = session_user
      group by r.oid, r.rolname, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolbypassrls, r.rolreplication`,
  )
  expect(login).toEqual({
    session: 'doorlist_app',
    current: 'doorlist_app',
    rolsuper: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolbypassrls: false,
    rolreplication: false,
    memberships: 0,
  })
})

test('giving up its role leaves it the same role', async () => {
  for (const statement of ['reset role', 'set role none', 'reset session authorization', 'discard all']) {
    const client = new pg.Client(house.serving)
    await client.connect()
    await client.query(statement)
    const { rows } = await client.query('select session_user::text as session, current_user::text as current')
    await client.end()
    expect([statement, rows]).toEqual([statement, [{ session: 'doorlist_app', current: 'doorlist_app' }]])
  }
})

const FILES = mkdtempSync(join(tmpdir(), 'doorlist-copy-'))
afterAll(() => rmSync(FILES, { recursive: true, force: true }))

test.each([
  'set role doorlist_owner',
  'set role postgres',
  'set role pg_execute_server_program',
  'set session authorization postgres',
  'set session authorization doorlist_owner',
  'alter role doorlist_app superuser',
  'alter role doorlist_app bypassrls',
  'alter role doorlist_owner login',
  'create role intruder',
  'grant doorlist_owner to doorlist_app',
  'grant postgres to doorlist_app',
  'drop role doorlist_owner',
  'set session_replication_role = replica',
  `set log_statement = 'all'`,
  'alter database postgres rename to other',
  'create schema other',
  'create table other (id int)',
  'create temporary table other (id int)',
  'create view other as select 1',
  'create function other() returns int language sql as $$ select 1 $$',
  'create extension dblink',
  'create extension pgcrypto',
  'create publication other',
  'create event trigger other on ddl_command_start execute function end_sign_in()',
  'create trigger other before insert on audit_event for each row execute function end_sign_in()',
  'create rule other as on insert to audit_event do instead nothing',
  'create policy other on directory_user using (true)',
  'drop policy tenant_scope on directory_user',
  'alter policy tenant_scope on directory_user using (true)',
  'alter table directory_user disable row level security',
  'alter table directory_user no force row level security',
  'alter table audit_event disable trigger all',
  'alter table audit_event add column other int',
  'alter table audit_event owner to doorlist_app',
  'alter function scope_tenant() owner to doorlist_app',
  'create or replace function scope_tenant() returns uuid language sql return null',
  'drop function refuse_scope()',
  'drop table audit_event',
  'drop table directory_user cascade',
  'drop schema public cascade',
  'truncate directory_user cascade',
  `copy (select 1) to program 'touch ${FILES}/program'`,
  `copy directory_user from program 'cat /etc/passwd'`,
  `copy (select 1) to '${FILES}/file'`,
  `copy directory_user from '/etc/passwd'`,
  `select pg_read_file('/etc/passwd')`,
  `select pg_read_binary_file('PG_VERSION')`,
  `select pg_ls_dir('.')`,
  `select lo_import('/etc/passwd')`,
  `select lo_export(0, '${FILES}/object')`,
  'select pg_reload_conf()',
  'select pg_rotate_logfile()',
  `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'`,
  'select rolpassword from pg_authid',
  'select usename, passwd from pg_shadow',
  `select protect_table('directory_user')`,
  'select * from kysely_migration_lock',
  `insert into kysely_migration values ('9999-other', 'now')`,
  'delete from tenant',
])('it is not permitted: %s', async (statement) => {
  expect(await refusal(statement)).toBe(NOT_PERMITTED)
  expect(readdirSync(FILES)).toEqual([])
})

test.each([
  `alter system set log_statement = 'all'`,
  'create database other',
  `create subscription other connection 'dbname=postgres' publication other`,
  'vacuum full audit_event',
])('it is not permitted outside a transaction: %s', async (statement) => {
  const client = new pg.Client(house.serving)
  await client.connect()
  const warnings: string[] = []
  client.on('notice', ({ message = '' }) => warnings.push(message))
  const refused = await client.query(statement).catch((error: pg.DatabaseError) => error.code)
  await client.end()
  expect(typeof refused === 'string' ? refused : warnings.join()).toMatch(/42501|permission denied to vacuum/)
})

test('a privilege that it has not got it cannot grant', async () => {
  await house.db.run(SYSTEM, raw('grant delete on audit_event to doorlist_app'))
  expect(await refusal('delete from audit_event')).toBe(NOT_PERMITTED)
})

test('events of the audit log and their seals stay, by whatever name they are reached', async () => {
  const { rows: before } = await superuser.query('select * from audit_event order by id')
  expect(before.length).toBeGreaterThan(0)
  const { rows: parts } = await superuser.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_event'::regclass`,
  )
  expect(parts.length).toBeGreaterThan(12)
  for (const table of ['audit_event', 'audit_seal', ...parts.map(({ name }) => name)])
    for (const statement of [
      `update ${table} set tenant_id = gen_random_uuid()`,
      `delete from ${table}`,
      `truncate ${table}`,
      `select from ${table} for update`,
      `merge into ${table} t using (select 1) s on true when matched then delete`,
      `alter table ${table} rename to other`,
      `drop table ${table}`,
    ])
      expect([statement, await refusal(statement)]).toEqual([statement, NOT_PERMITTED])
  for (const { name } of parts)
    for (const statement of [
      `select * from ${name}`,
      `insert into ${name} select * from audit_event`,
      `alter table audit_event detach partition ${name}`,
    ])
      expect([statement, await refusal(statement)]).toEqual([statement, NOT_PERMITTED])
  expect((await superuser.query('select * from audit_event order by id')).rows).toEqual(before)
})

test('without a scope no row of any table is seen, changed or added', async () => {
  const client = new pg.Client(house.serving)
  await client.connect()
  try {
    const { rows: tables } = await superuser.query<{ name: string; rows: boolean }>(
      `select c.oid::regclass::text as name from pg_class c where relnamespace = 'public'::regnamespace
        and relkind in ('r', 'p') and not relispartition and relrowsecurity order by 1`,
    )
    expect(tables.length).toBeGreaterThan(45)
    for (const { name } of tables) {
      const { rows } = await client.query(`select from ${name}`)
      expect([name, rows.length]).toEqual([name, 0])
    }
    const { rowCount } = await client.query(`update directory_user set active = false`)
    expect(rowCount).toBe(0)
    await expect(
      client.query(`insert into tenant (id, slug, name) values (gen_random_uuid(), 'other', 'Other')`),
    ).rejects.toMatchObject({ code: NOT_PERMITTED })
  } finally {
    await client.end()
  }
})

test('in the scope of one tenant, nothing of another is seen, changed or added', async () => {
  const other = await house.identityProvider()
  const scope = { tenantId: other.tenantId }
  expect(await house.db.run(scope, sql`select id from directory_user where idp_id = ${idp.id}`)).toEqual([])
  const taken = sql`update directory_user set active = false where idp_id = ${idp.id} returning id`
  expect(await house.db.run(scope, taken)).toEqual([])
  const planted = house.db.run(
    scope,
    sql`insert into last_seen (subject_id, tenant_id, at) values (${idp.id}, ${idp.tenantId}, now())`,
  )
  await expect(planted).rejects.toMatchObject({ cause: { code: NOT_PERMITTED } })
})

// A cascade deletes as the owner of the table, and since PostgreSQL 18 the triggers that it fires run as the owner, too. With
// the session's search path they would find what the session made in pg_temp, and run its triggers as the owner.
test('a trigger that runs as the owner uses nothing that the session has made', async () => {
  const { database } = house.connection
  await superuser.query(`grant temporary on database ${database} to doorlist_app`)
  const own = await house.identityProvider()
  const client = new pg.Client(house.serving)
  await client.connect()
  try {
    await client.query(`set app.tenant = 'system'`)
    await client.query(`set search_path = pg_temp, public`)
    for (const table of ['identity_provider', 'directory_user', 'group_member', 'user_session'])
      await client.query(
        `create temporary table ${table} (like public.${table} including all excluding generated)`,
      )
    await client.query(`
      insert into pg_temp.identity_provider select * from public.identity_provider;
      create function pg_temp.take() returns trigger language plpgsql as $$
      begin
        raise exception 'ran as %', current_user using errcode = 'DL999';
      end $$`)
    for (const table of ['identity_provider', 'directory_user', 'group_member', 'user_session'])
      await client.query(`create trigger take before insert or update or delete on pg_temp.${table}
        for each statement execute function pg_temp.take()`)
    for (const table of ['identity_provider', 'directory_user', 'group_member', 'user_session'])
      await client.query(`grant all on pg_temp.${table} to public`)
    await client.query(`delete from public.identity_provider where id = '${own.id}'`)
    await client.query(`select ensure_audit_partitions(14), keep_scim_request_days(7, 1000000000)`)
    const { rows } = await client.query(
      `select u from users_with_email('${idp.tenantId}', '${idp.id}', 'ada@example.com') u
        union all select u from users_named('${idp.tenantId}', '${idp.id}', 'ada', 'ada', 10) u`,
    )
    expect(rows.length).toBe(1)
  } finally {
    await client.end()
    await superuser.query(`revoke temporary on database ${database} from doorlist_app`)
  }
})
