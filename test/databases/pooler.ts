// PgBouncer in front of a server, where it is installed.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { findIdentity, makePrivateFolder, runAs } from '#platform/postgres/identity.ts'
import { freePort, type Login, type Server } from './server.ts'

const PROGRAM = ['pgbouncer', '/usr/sbin/pgbouncer'].find((one) => spawnSync(one, ['--version']).status === 0)
export const isPoolerInstalled = PROGRAM !== undefined

export interface Pooler {
  /** The same user of the server, through the pooler. */
  through(login: Login): Login
  stop(): Promise<void>
}

const START_MILLISECONDS = 20_000

export async function startPooler(
  { superuser }: Server,
  mode: 'session' | 'transaction' | 'statement',
  users: readonly string[],
): Promise<Pooler> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'doorlist-pooler-'))
  const identity = findIdentity(join(folder, 'none'))
  makePrivateFolder(folder, identity)
  const list = join(folder, 'users')
  writeFileSync(list, users.map((user) => `"${user}" "${superuser.password}"\n`).join(''))
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'plain',
    auth_file: list,
    pool_mode: mode,
  }
  const file = join(folder, 'pgbouncer.ini')
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  writeFileSync(
    file,
    `[databases]\n* = host=127.0.0.1 port=${superuser.port}\n[pgbouncer]\n${lines.join('\n')}\n`,
  )
  for (const one of [list, file]) chmodSync(one, 0o644)
  const child = spawn(PROGRAM ?? 'pgbouncer', [file], { ...runAs(identity), cwd: '/', stdio: 'ignore' })
  const ended = once(child, 'exit')
  const through = (login: Login) => ({ ...login, port })
  await untilReady({ ...through(superuser), user: users[0] ?? '', database: 'postgres' })
  return {
    through,
    async stop() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}

async function untilReady(login: Login): Promise<void> {
  const giveUp = Date.now() + START_MILLISECONDS
  for (;;) {
    const client = new pg.Client(login)
    client.on('error', () => {})
    try {
      await client.connect()
      return
    } catch (error) {
      if (Date.now() > giveUp) throw error
      await sleep(50)
    } finally {
      await client.end().catch(() => {})
    }
  }
}
