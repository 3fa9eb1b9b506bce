// One database, two services: the house of the test itself, and `doorlist serve` as a process of its own beside it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { changeIdentityProvider } from '#identity-providers/change.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { raw } from '#test/raw-http.ts'

const COMMAND = fileURLToPath(new URL('../../bin/doorlist', import.meta.url))

export type Node = 0 | 1
export const NODES: readonly Node[] = [0, 1]

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not processed
type Answer = any

export interface Reply {
  readonly status: number
  readonly etag: string | undefined
  readonly json: Answer
}

/** An identity provider that reaches the service through either process. */
export interface Provider {
  readonly idp: ProvidedIdp
  send(
    node: Node,
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<Reply>
}

export interface Pair {
  readonly house: House
  readonly urls: readonly [string, string]
  /** @param tenant slug of a tenant that providers share; its own one otherwise */
  provider(tenant?: string, settings?: { readonly uniqueExternalIds: boolean }): Promise<Provider>
  close(): Promise<void>
}

export async function openPair(): Promise<Pair> {
  const house = await openHouse()
  const second = await startSecond(await databaseUrl(house))
  const urls = [house.url, second.url] as const
  return {
    house,
    urls,
    async provider(tenant, settings) {
      const idp = await house.identityProvider(tenant === undefined ? {} : { tenant })
      if (settings) await changeIdentityProvider(house.db, idp.operator, idp.id, settings)
      return { idp, send: sender(urls, idp) }
    },
    async close() {
      await second.stop()
      await house.close()
    },
  }
}

function sender(urls: Pair['urls'], idp: ProvidedIdp): Provider['send'] {
  return async (node, method, path, body, headers = {}) => {
    const { status, text, ...response } = await raw(urls[node], {
      method,
      path: `/scim/v2/${idp.id}${path}`,
      headers: {
        authorization: `Bearer ${idp.token}`,
        ...(body && { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      body: body && JSON.stringify(body),
    })
    return { status, etag: response.headers.etag, json: text === '' ? undefined : JSON.parse(text) }
  }
}

async function databaseUrl(house: House): Promise<string> {
  const [row] = await house.db.run<{ name: string }>(SYSTEM, sql`select current_database() as name`)
  const { host, port, user } = inject('cluster')
  return `postgres://${user}@localhost/${row?.name}?host=${encodeURIComponent(host)}&port=${port}`
}

async function startSecond(database: string): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'doorlist-second-'))
  const child = spawn(COMMAND, ['serve'], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database,
      DOORLIST_DATA_DIR: dataDir,
      DOORLIST_PORT: '0',
      DOORLIST_SCIM_RATE: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const ready = new Promise<string>((resolve) => {
    child.stdout.on('data', () => {
      const url = /"publicUrl":"([^"]+)".*"msg":"ready"/.exec(said)?.[1]
      if (url) resolve(url)
    })
  })
  const gone = exited.then(() => Promise.reject(new Error(`the second process ended:\n${said}`)))
  gone.catch(() => {})
  const url = await Promise.race([ready, gone])
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await exited
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
