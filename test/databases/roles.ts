// The ways in which operators let the service into their server, and how each is prepared.
import pg from 'pg'
import type { Login, Server } from './server.ts'

export const ROLE_SETUPS = ['create-role', 'superuser', 'two-urls', 'plain'] as const
export type RoleSetup = (typeof ROLE_SETUPS)[number]

/** Who migrates a database, and who serves. */
export interface Users {
  readonly owner: string
  readonly serving: string
}

const USERS: Readonly<Record<RoleSetup, Users>> = {
  'create-role': { owner: 'db_manager', serving: 'db_manager' },
  superuser: { owner: 'postgres', serving: 'postgres' },
  'two-urls': { owner: 'doorlist_owner', serving: 'doorlist_app' },
  plain: { owner: 'db_user', serving: 'db_user' },
}

/**
 * What an administrator of the server does beforehand. The user that may create roles comes first: the first start of the
 * service on a server makes the role doorlist_app, which the others find there.
 */
const PREPARATION: Readonly<Record<RoleSetup, (password: string) => string[]>> = {
  'create-role': (password) => [`create role db_manager login createrole password '${password}'`],
  superuser: () => [],
  'two-urls': (password) => [
    `alter role doorlist_app login password '${password}'`,
    `create role doorlist_owner login password '${password}'`,
  ],
  plain: (password) => [`create role db_user login password '${password}'`],
}

/** Makes the users of a set-up. All have the password of the superuser, so that only names differ. */
export async function makeUsers({ superuser }: Server, setup: RoleSetup): Promise<Users> {
  for (const statement of PREPARATION[setup](superuser.password)) await query(superuser, statement)
  return USERS[setup]
}

export async function makeDatabase({ superuser }: Server, name: string, { owner }: Users): Promise<void> {
  await query(superuser, `create database ${name} owner ${owner}`)
}

export async function query<Row extends object>(
  login: Login,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(login)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

/** The login as a value of DATABASE_URL. */
export function urlOf({ user, password, host, port, database }: Login): string {
  return `postgres://${user}:${password}@${host}:${port}/${database}`
}
