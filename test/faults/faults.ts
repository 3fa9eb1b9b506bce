// What may befall a PostgreSQL server that the test itself runs.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '#platform/postgres/embedded.ts'
import { ask } from './idp.ts'

/** Kills one server process of the service, as the system does when it runs out of memory. */
export async function killBackend(connection: Connection): Promise<void> {
  const [row] = await ask<{ pid: number }>(
    { ...connection, user: 'postgres' }, // others see no more than that there are connections
    `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
      and application_name = '' order by state = 'active' desc limit 1`,
  )
  if (!row) throw new Error('the service has no connection')
  process.kill(row.pid, 'SIGKILL')
}

/** Stops every process of the server, new ones too, so that connections stay open and nothing answers. */
export async function freeze(postmaster: number, milliseconds: number): Promise<void> {
  process.kill(postmaster, 'SIGSTOP') // first: from now on nothing new starts
  const frozen = [postmaster, ...childrenOf(postmaster)]
  try {
    for (const pid of frozen) if (lives(pid)) process.kill(pid, 'SIGSTOP')
    await sleep(milliseconds)
  } finally {
    for (const pid of frozen) if (lives(pid)) process.kill(pid, 'SIGCONT')
  }
}

export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent)
}

function parentOf(pid: number): number | undefined {
  try {
    // The name stands in brackets and may hold anything.
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1])
  } catch {
    return undefined // it has just ended
  }
}

export function lives(pid: number): boolean {
  try {
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Resolves when the database takes statements again. */
export async function back(connection: Connection): Promise<void> {
  while (
    !(await ask(connection, 'select 1').then(
      () => true,
      () => false,
    ))
  )
    await sleep(20)
}
