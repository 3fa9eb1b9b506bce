// Checks the server and its users before anything is written, so that operators get a clear message and not an SQL
// error.
import type pg from 'pg'
import { Refused } from '#errors.ts'

const OLDEST_VERSION = 15

/**
 * Checks the version and encoding of the server.
 * @throws {Refused} if it is too old, or the database can't store every text
 */
export async function requireSupported(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; release: string; encoding: string }>(
    `select current_setting('server_version_num')::int / 10000 as version, current_setting('server_version') as release,
      current_setting('server_encoding') as encoding`,
  )
  const { version = OLDEST_VERSION, release, encoding } = rows[0] ?? {}
  if (version < OLDEST_VERSION)
    throw new Refused(`PostgreSQL ${release} is too old. Doorlist needs version ${OLDEST_VERSION} or newer`)
  if (encoding !== 'UTF8')
    throw new Refused(
      `The database has the encoding ${encoding}. Create one with UTF8: CREATE DATABASE doorlist ENCODING 'UTF8' TEMPLATE template0`,
    )
}

/**
 * Checks that the serving login is a member of doorlist_app, if it isn't the owner of the tables.
 * @param client connected as the owner
 * @throws {Refused} with the statements that an administrator of the server has to run
 */
export async function requireServingRole(client: pg.Client, login: string | undefined): Promise<void> {
  if (login === undefined || login === client.user) return
  const { rows } = await client.query<{ exists: boolean; member: boolean }>(
    `select role.oid is not null as exists, coalesce(pg_has_role(login.oid, role.oid, 'usage'), false) as member
      from pg_roles login left join pg_roles role on role.rolname = 'doorlist_app' where login.rolname = $1`,
    [login],
  )
  const [found] = rows
  if (found?.member) return
  const statements = [
    ...(found?.exists ? [] : ['CREATE ROLE doorlist_app']),
    `GRANT doorlist_app TO "${login}"`,
  ]
  throw new Refused(
    `The user of DATABASE_URL, ${login}, isn't a member of the role doorlist_app. Run as an administrator of the server: ${statements.join('; ')}`,
  )
}
