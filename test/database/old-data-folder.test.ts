// Data folders of the version that had only a superuser: the service logged in as it and set the role `doorlist_app`.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase, SYSTEM } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrations.ts'
import { sql } from '#platform/database/sql.ts'
import {
  attachPostgres,
  type EmbeddedLogins,
  type Postgres,
  startPostgres,
} from '#platform/postgres/embedded.ts'
import { ask } from '#test/faults/idp.ts'
import { roomyFolder } from '#test/setup/roomy-folder.ts'

const MIGRATIONS = join(import.meta.dirname, '../../migrations')
const LAST_OF_OLD = '0031'
const TENANT = '00000000-0000-0000-0000-00000000000a'

function dataFolder(): string {
  const folder = mkdtempSync(join(roomyFolder(), 'doorlist-old-'))
  chmodSync(folder, 0o711) // run by root, the server is another user and has to pass
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'data')
}

async function start(dataDir: string): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir, settings: { fsync: 'off' } })
  onTestFinished(() => postgres.stop())
  return postgres
}

/** Turns a new cluster into one as the old version left it, with a tenant and an event in it. */
async function makeOld({ owner }: EmbeddedLogins): Promise<void> {
  const superuser = { ...owner, user: 'postgres' }
  const above = { ...superuser, database: 'postgres' }
  await ask(above, 'drop database doorlist')
  await ask(above, 'grant connect on database postgres, template1 to public')
  await ask(above, 'drop owned by doorlist_app, doorlist_owner; drop role doorlist_app, doorlist_owner')
  await ask(above, 'create database doorlist')
  const files = readdirSync(MIGRATIONS).filter((file) => file.slice(0, 4) <= LAST_OF_OLD)
  const scripts = files.sort().map((file) => readFileSync(join(MIGRATIONS, file), 'utf8'))
  const names = files.map((file) => `('${file.replace('.sql', '')}', '2026-11-01T00:00:00.000Z')`)
  await ask(
    superuser,
    `create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null);
      create table kysely_migration_lock (id varchar(255) primary key, is_locked int not null default 0);
      insert into kysely_migration_lock values ('migration_lock', 0);
      insert into kysely_migration values ${names.join()};
      ${scripts.join(';\n')};
      insert into tenant (id, slug, name) values ('${TENANT}', 'acme', 'Acme');
      insert into audit_event (id, tenant_id, actor_type, actor_name, action, object_type, object_name, result)
        values (gen_random_uuid(), '${TENANT}', 'system', 'Doorlist', 'create', 'Tenant', 'Acme', 'success')`,
  )
}

/** What the service sees and may do, once the folder is upgraded. */
async function expectServed(logins: EmbeddedLogins): Promise<void> {
  expect(await migrate(logins)).not.toEqual([])
  expect(await migrate(logins)).toEqual([])
  const db = openDatabase({ connection: logins.serving })
  try {
    const [session] = await db.run(
      SYSTEM,
      sql`select session_user::text as login,
      (select slug from tenant where id = ${TENANT}) as tenant, (select count(*)::int from audit_event) as events`,
    )
    expect(session).toEqual({ login: 'doorlist_app', tenant: 'acme', events: 1 })
    await expect(db.run(SYSTEM, sql`delete from audit_event`)).rejects.toMatchObject({
      cause: { code: '42501' },
    })
    await db.run(SYSTEM, sql`select ensure_audit_partitions(13), keep_scim_request_days(7, 1000000)`)
  } finally {
    await db.close()
  }
  const left = await ask(
    logins.owner,
    `select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relowner <> 'doorlist_owner'::regrole
      union all select proname::text from pg_proc
        where pronamespace = 'public'::regnamespace and proowner <> 'doorlist_owner'::regrole
      union all select defaclobjtype::text from pg_default_acl where defaclacl::text like '%doorlist_app%'`,
  )
  expect(left).toEqual([])
}

test('a data folder of the older version is upgraded at its start, with all that is in it', async () => {
  const dataDir = dataFolder()
  const old = await start(dataDir)
  await makeOld(old.logins)
  await old.stop()
  const { logins } = await start(dataDir)
  await expectServed(logins)
})

test('a command upgrades the folder while the older version still serves it', async () => {
  const dataDir = dataFolder()
  await makeOld((await start(dataDir)).logins)
  const logins = await attachPostgres(dataDir)
  expect(logins).toBeDefined()
  if (logins) await expectServed(logins)
})

test('two processes that upgrade it at the same time wait for each other', async () => {
  const dataDir = dataFolder()
  await makeOld((await start(dataDir)).logins)
  const both = await Promise.all([attachPostgres(dataDir), attachPostgres(dataDir)])
  expect(both[0]).toEqual(both[1])
  if (both[0]) await expectServed(both[0])
})

test('a role that was given rights or memberships loses them when the folder is prepared', async () => {
  const dataDir = dataFolder()
  const { logins } = await start(dataDir)
  const superuser = { ...logins.owner, user: 'postgres' }
  await ask(
    superuser,
    'alter role doorlist_app nologin superuser bypassrls; grant pg_read_all_data to doorlist_app',
  )
  expect(await attachPostgres(dataDir)).toEqual(logins)
  const role = await ask(
    logins.serving,
    `select rolsuper, rolbypassrls, (select count(*)::int from pg_auth_members where member = r.oid) as memberships
      from pg_roles r where rolname = session_user`,
  )
  expect(role).toEqual([{ rolsuper: false, rolbypassrls: false, memberships: 0 }])
})
