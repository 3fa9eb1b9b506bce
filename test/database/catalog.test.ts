// What the catalog of the migrated database says of every table and function, so that none is forgotten: also of those that
// will be made later.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse } from '#test/harness.ts'
import { functionsCalled, verbsUsed } from './statements.ts'

/** The migrator's own: no tenant's data. The service may read the first, to see whether the database is up to date. */
const MIGRATOR = ['kysely_migration', 'kysely_migration_lock']

let house: House
let owner: pg.Client

beforeAll(async () => {
  house = await openHouse()
  owner = new pg.Client({ ...house.connection, user: 'doorlist_owner' })
  await owner.connect()
  // Partitions that will be made in a year, and tomorrow.
  await house.db.run(SYSTEM, sql`select ensure_audit_partitions(30), keep_scim_request_days(7, 1000000000)`)
})
afterAll(async () => {
  await owner?.end()
  await house?.close()
})

async function rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await owner.query(text, values)).rows as Row[]
}

interface Table {
  readonly name: string
  readonly kind: string
  readonly partition: boolean
  readonly protected: boolean
}

function tables(): Promise<Table[]> {
  return rows(`select relname as name, relkind as kind, relispartition as partition,
      relrowsecurity and relforcerowsecurity as protected
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by 1`)
}

test('row-level security is enabled and forced on every table and every partition', async () => {
  const all = await tables()
  expect(all.filter(({ partition }) => partition).length).toBeGreaterThan(32)
  expect(all.filter((table) => !table.protected).map(({ name }) => name)).toEqual(MIGRATOR)
  // A view would be read with the rights of its owner.
  expect(all.filter(({ kind }) => !['r', 'p'].includes(kind))).toEqual([])
})

test('every table has one policy, for all commands and roles, which compares its tenant with that of the scope', async () => {
  const policies = await rows<{ table: string; policies: string[]; general: boolean; expression: string }>(
    `select c.relname as table, array_agg(p.polname::text) as policies,
        bool_and(p.polcmd = '*' and p.polpermissive and p.polroles = '{0}' and p.polwithcheck is null) as general,
        string_agg(pg_get_expr(p.polqual, p.polrelid), ' ') as expression
      from pg_class c left join pg_policy p on p.polrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> all($1)
      group by c.relname order by 1`,
    [MIGRATOR],
  )
  for (const { table, policies: names, general, expression } of policies) {
    expect([table, names, general]).toEqual([table, ['tenant_scope'], true])
    const column = table === 'tenant' ? 'id' : 'tenant_id'
    const forms = [
      `COALESCE((${column} = ( SELECT scope_tenant() AS scope_tenant)), true)`,
      `((${column} = ( SELECT current_tenant() AS current_tenant)) OR ( SELECT is_system() AS is_system))`,
    ]
    expect(forms.map((form) => [table, form])).toContainEqual([table, expression])
  }
  // With the first form, a row without a tenant would be everyone's.
  const open = await rows(`select c.relname from pg_policy p join pg_class c on c.oid = p.polrelid
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where not a.attnotnull and pg_get_expr(p.polqual, p.polrelid) like 'COALESCE%'`)
  expect(open).toEqual([])
})

interface Grant {
  readonly table: string
  readonly grantee: string
  readonly privilege: string
}

function grants(): Promise<Grant[]> {
  return rows(`select relname as table, coalesce(r.rolname::text, 'public') as grantee, a.privilege_type as privilege
    from pg_class c cross join aclexplode(coalesce(relacl, acldefault('r', relowner))) a
    left join pg_roles r on r.oid = a.grantee
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and a.grantee <> relowner order by 1, 3`)
}

test('the service may do with each table what its statements do, and nobody else anything', async () => {
  const all = await tables()
  const granted = await grants()
  expect(granted.filter(({ grantee }) => grantee !== 'doorlist_app')).toEqual([])
  const partitions = all.filter(({ partition }) => partition).map(({ name }) => name)
  expect(granted.filter(({ table }) => partitions.includes(table))).toEqual([])
  const bodies = await rows<{ body: string }>(
    `select prosrc as body from pg_proc where pronamespace = 'public'::regnamespace and not prosecdef`,
  )
  const used = verbsUsed(
    all.map(({ name }) => name),
    bodies.map(({ body }) => body),
  )
  const surplus = granted.filter(({ table, privilege }) => !used.get(table)?.has(privilege as 'SELECT'))
  expect(surplus).toEqual([])
  const bare = all.filter(({ name, partition }) => !partition && !granted.some(({ table }) => table === name))
  expect(bare.map(({ name }) => name)).toEqual(['kysely_migration_lock'])
  expect(granted.filter(({ table }) => MIGRATOR.includes(table)).map(({ privilege }) => privilege)).toEqual([
    'SELECT',
  ])
  const columns = await rows(`select attrelid::regclass::text from pg_attribute where attacl is not null
    and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`)
  expect(columns).toEqual([])
})

test('the service may draw numbers from a sequence and not set them', async () => {
  const sequences = await rows(`select relname as name,
      has_sequence_privilege('doorlist_app', oid, 'usage') as draw, has_sequence_privilege('doorlist_app', oid, 'update') as set
    from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S' order by 1`)
  expect(sequences).toEqual([{ name: 'audit_event_position', draw: true, set: false }])
})

test('nothing that is recorded in a log is changed, and no tenant deleted', async () => {
  const granted = await grants()
  const on = (name: string) => granted.filter(({ table }) => table === name).map(({ privilege }) => privilege)
  for (const name of ['audit_event', 'audit_seal'])
    expect([name, on(name)]).toEqual([name, ['INSERT', 'SELECT']])
  for (const name of ['activity_event', 'system_event', 'scim_request'])
    expect([name, on(name)]).toEqual([name, ['DELETE', 'INSERT', 'SELECT']])
  expect(on('tenant')).toEqual(['INSERT', 'SELECT', 'UPDATE'])
})

interface Routine {
  readonly name: string
  readonly pinned: boolean
  readonly grantees: string[]
  readonly body: string
  readonly definer: boolean
}

function routines(): Promise<Routine[]> {
  return rows(`select proname::text as name, prosecdef as definer, coalesce(pg_get_function_sqlbody(p.oid), prosrc) as body,
      prosqlbody is not null or coalesce('search_path=public, pg_temp' = any(proconfig), false) as pinned,
      array(select coalesce(r.rolname::text, 'public') from aclexplode(coalesce(proacl, acldefault('f', proowner))) a
        left join pg_roles r on r.oid = a.grantee where a.grantee <> proowner) as grantees
    from pg_proc p where pronamespace = 'public'::regnamespace order by 1`)
}

// `set search_path = public, pg_temp` in the function's definition; decision 0022 says why triggers need it, too.
test('no function resolves names by the search path of its caller', async () => {
  const all = await routines()
  expect(all.length).toBeGreaterThan(20)
  expect(all.filter(({ pinned }) => !pinned).map(({ name }) => name)).toEqual([])
})

test('the service may call the functions that its statements come to, and nobody else any', async () => {
  const all = await routines()
  const names = all.map(({ name }) => name)
  const policies = await rows<{ text: string }>(
    'select string_agg(pg_get_expr(polqual, polrelid), $1) as text from pg_policy',
    [' '],
  )
  const needed = new Set(functionsCalled(names))
  const reach = (text: string) => {
    for (const name of names)
      if (!needed.has(name) && new RegExp(`\\b${name}\\(`).test(text)) {
        needed.add(name)
        reach(all.find((routine) => routine.name === name && !routine.definer)?.body ?? '')
      }
  }
  reach(policies[0]?.text ?? '')
  for (const { name, definer, body } of all) if (needed.has(name) && !definer) reach(body)
  const triggers = await rows<{ body: string }>(
    `select distinct prosrc as body from pg_trigger t join pg_proc p on p.oid = tgfoid where not tgisinternal`,
  )
  for (const { body } of triggers) reach(body)
  const allowed = all.filter(({ grantees }) => grantees.length > 0)
  expect(allowed.filter(({ grantees }) => grantees.join() !== 'doorlist_app')).toEqual([])
  expect(allowed.map(({ name }) => name)).toEqual([...needed].sort())
})

test('a table or function that a later migration makes is closed to the service until it says otherwise', async () => {
  await owner.query('begin')
  try {
    await owner.query('create table later (id uuid, tenant_id uuid not null)')
    await owner.query('create function later() returns int language sql return 1')
    await owner.query('create sequence later_number')
    const [may] = await rows(`select
        has_table_privilege('doorlist_app', 'later', 'select, insert, update, delete, truncate, references, trigger') as table,
        has_function_privilege('doorlist_app', 'later()', 'execute') as function,
        has_sequence_privilege('doorlist_app', 'later_number', 'usage, select, update') as sequence`)
    expect(may).toEqual({ table: false, function: false, sequence: false })
    await owner.query(`select protect_table('later')`)
    const [after] = await rows(`select has_table_privilege('doorlist_app', 'later', 'select') as table,
      has_table_privilege('doorlist_app', 'later', 'truncate, references, trigger') as more`)
    expect(after).toEqual({ table: true, more: false })
  } finally {
    await owner.query('rollback')
  }
})

test('the service owns nothing; around its tables it may enter and no more', async () => {
  const [around] = await rows(`select
      (select count(*)::int from pg_shdepend where refobjid = 'doorlist_app'::regrole and deptype = 'o') as owned,
      has_schema_privilege('doorlist_app', 'public', 'usage') as usage,
      has_schema_privilege('doorlist_app', 'public', 'create') as create_in_schema,
      has_database_privilege('doorlist_app', current_database(), 'connect') as connect,
      has_database_privilege('doorlist_app', current_database(), 'create, temporary') as create_in_database`)
  expect(around).toEqual({
    owned: 0,
    usage: true,
    create_in_schema: false,
    connect: true,
    create_in_database: false,
  })
})

test('the owner of the tables is no superuser either', async () => {
  const [role] = await rows(
    `select rolsuper, rolcreaterole, rolcreatedb, rolreplication from pg_roles where rolname = session_user`,
  )
  expect(role).toEqual({ rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false })
  const foreign = await rows(`select relname from pg_class where relnamespace = 'public'::regnamespace
    and relowner <> session_user::regrole union all
    select proname from pg_proc where pronamespace = 'public'::regnamespace and proowner <> session_user::regrole`)
  expect(foreign).toEqual([])
})
