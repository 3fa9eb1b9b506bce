// The roles of the embedded PostgreSQL. The service logs in with a role that can't switch to another. Migrations run
// as the owner of the tables. The superuser creates both roles, in a new cluster or in one from a version that had
// only a superuser.
import pg from 'pg'
import type { Logins } from '../database/connect/logins.ts'
import { type Connection, connectionTo } from './postmaster.ts'

export type EmbeddedLogins = Logins<Connection>

export const SUPERUSER = 'postgres'
const OWNER = 'doorlist_owner'
export const SERVING = 'doorlist_app'
const DATABASE = 'doorlist'
export const MAINTENANCE_DATABASE = 'postgres'
const KEY = 3_667_562

/** Returns the two logins of the server. @param host folder of the socket */
export function loginsTo(host: string): EmbeddedLogins {
  return { owner: connectionTo(host, OWNER, DATABASE), serving: connectionTo(host, SERVING, DATABASE) }
}

/**
 * Returns the connection for the supervisor's lock. It must stay the same, so that processes of different versions
 * exclude each other.
 */
export function supervisorTo(host: string): Connection {
  return connectionTo(host, SERVING, MAINTENANCE_DATABASE)
}

/**
 * Creates the two roles and the application's database, and makes the owner the owner of what belonged to a
 * superuser. The serving role gets the right to log in last, so a successful login means that everything is done.
 * Processes that do this at the same time wait for each other.
 */
export async function prepareLogins(host: string): Promise<void> {
  await asSuperuser(host, MAINTENANCE_DATABASE, async (client) => {
    await client.query('select pg_advisory_lock($1)', [KEY])
    for (const role of [OWNER, SERVING]) {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
      if (!rowCount) await client.query(`create role ${role}`)
    }
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (!rowCount) await client.query(`create database ${DATABASE}`)
    await client.query(CLUSTER)
    await asSuperuser(host, DATABASE, (inside) => inside.query(OWNERSHIP))
    await client.query(`alter role ${SERVING} login`)
  })
}

/**
 * With BYPASSRLS the owner's functions can search indexes that row-level security closes to the service (decision
 * 0022). The owner may act as the serving role, which migrations need, but not the other way round.
 */
const CLUSTER = `
  alter role ${OWNER} login nosuperuser nocreatedb nocreaterole noreplication bypassrls;
  alter role ${SERVING} nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
  grant ${SERVING} to ${OWNER};
  do $$
  declare
    granted name;
  begin
    for granted in select roleid::regrole from pg_auth_members where member = '${SERVING}'::regrole loop
      execute format('revoke %s from ${SERVING}', granted);
    end loop;
  end $$;
  revoke all on database ${DATABASE}, ${MAINTENANCE_DATABASE}, template1 from public;
  grant connect on database ${DATABASE}, ${MAINTENANCE_DATABASE} to ${SERVING};
  alter database ${DATABASE} owner to ${OWNER}`

/** Indexes, and sequences that belong to a column, change their owner with the table. */
const OWNERSHIP = `
  do $$
  declare
    thing text;
  begin
    for thing in
      select format('table %s', c.oid::regclass) from pg_class c
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S') and relowner <> '${OWNER}'::regrole
          and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
            and d.deptype in ('a', 'i') and c.relkind = 'S')
      union all
      select format('routine %s', oid::regprocedure) from pg_proc
        where pronamespace = 'public'::regnamespace and proowner <> '${OWNER}'::regrole
    loop
      execute format('alter %s owner to ${OWNER}', thing);
    end loop;
  end $$;
  alter default privileges in schema public revoke all on tables from ${SERVING}`

async function asSuperuser(
  host: string,
  database: string,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client(connectionTo(host, SUPERUSER, database))
  client.on('error', () => {}) // its queries fail with the same error
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
