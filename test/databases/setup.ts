// The database of one cell of the matrix: a version of PostgreSQL, and the users by which the service comes in. The cells of
// one version share a server.
import type { TestProject } from 'vitest/node'
import { migrate } from '#platform/database/migrations.ts'
import { installPostgres } from './install.ts'
import { makeDatabase, makeUsers, query, ROLE_SETUPS, type RoleSetup, type Users } from './roles.ts'
import { type Server, startServer } from './server.ts'

/** Of the embedded server, whose package is installed anyway. */
export const NEWEST = 18

interface Prepared {
  readonly server: Server
  readonly users: Readonly<Record<RoleSetup, Users>>
}

interface Shared {
  cells: number
  readonly prepared: Promise<Prepared>
}

/** Each project of the run may load this file anew, so what they share stands outside it. */
const place = globalThis as { doorlistTestServers?: Map<number, Shared> }
place.doorlistTestServers ??= new Map()
const servers = place.doorlistTestServers

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [version = '', roles = ''] = project.name.split(' ')
  const one = shareServer(Number(version))
  const { server, users } = await one.prepared
  const { owner, serving } = users[roles as RoleSetup]
  project.provide('cluster', server.superuser)
  project.provide('template', templateOf(roles as RoleSetup))
  project.provide('roles', { owner, serving })
  return async () => {
    one.cells -= 1
    if (one.cells === 0) await server.remove()
  }
}

function shareServer(version: number): Shared {
  const one = servers.get(version) ?? { cells: 0, prepared: prepare(version) }
  one.cells += 1
  servers.set(version, one)
  return one
}

async function prepare(version: number): Promise<Prepared> {
  const server = await startServer(version === NEWEST ? undefined : installPostgres(version))
  const users: [RoleSetup, Users][] = []
  try {
    for (const roles of ROLE_SETUPS) users.push([roles, await prepareRoles(server, roles)])
    return { server, users: Object.fromEntries(users) as Prepared['users'] }
  } catch (error) {
    await server.remove()
    throw error
  }
}

async function prepareRoles(server: Server, roles: RoleSetup): Promise<Users> {
  const users = await makeUsers(server, roles)
  const database = templateOf(roles)
  await makeDatabase(server, database, users)
  const login = (user: string) => ({ ...server.superuser, user, database })
  await migrate({ owner: login(users.owner), serving: login(users.serving) })
  await query(server.superuser, `alter database ${database} with is_template true allow_connections false`)
  return users
}

function templateOf(roles: RoleSetup): string {
  return `template_${roles.replace('-', '_')}`
}
