// How to reach PostgreSQL: database URLs, TLS options, and the choice of the server that accepts writes. This folder
// also checks that server, logins and poolers meet our requirements. It doesn't run the service's statements
// (../database.ts). Connections, migrations, settings and the start of the service call it. Start with url.ts, then
// read this file: new connections go to one server, and to the next one if that fails or becomes read-only.
import type { QueryResult } from 'pg'
import pg from 'pg'
import { Unavailable } from '#errors.ts'
import { serverOf, type Ways } from './url.ts'

/** One server, or several of which one accepts writes. */
export type Target = pg.ClientConfig | Ways

export function waysTo(target: Target): Ways {
  return isList(target) ? target : [target]
}

function isList(target: Target): target is Ways {
  return Array.isArray(target)
}

/** The server answers but accepts no writes. */
class ReadOnlyServer extends Unavailable {}

export function isReadOnlyServer(error: unknown): boolean {
  return error instanceof ReadOnlyServer
}

/** The server that all connections of this process currently use. */
export class Route {
  readonly ways: Ways
  #current = 0

  constructor(target: Target) {
    this.ways = waysTo(target)
  }

  get current(): number {
    return this.#current
  }

  get way(): pg.ClientConfig {
    return this.ways[this.#current] ?? this.ways[0]
  }

  /** Switches to the next server, unless another connection has already switched away from `from`. */
  leave(from: number): void {
    if (from === this.#current) this.#current = (from + 1) % this.ways.length
  }
}

/** A client that connects to the server that was current when it was created. */
interface RoutedClient extends pg.Client {
  readonly way: number
}

/** Returns the index of the server that a client of a route connects to. */
export function wayOf(client: pg.ClientBase): number {
  return (client as unknown as RoutedClient).way
}

/** Returns a client class for a route. `options` apply to every server. */
export function routedClients(route: Route, options: pg.ClientConfig): new () => RoutedClient {
  return class extends pg.Client implements RoutedClient {
    readonly way: number

    constructor() {
      super({ ...options, ...route.way })
      this.way = route.current
    }

    override connect(): Promise<pg.Client>
    override connect(callback: (error: Error | null) => void): void
    override connect(callback?: (error: Error | null) => void): unknown {
      const noted = (error: Error | null) => {
        if (error) route.leave(this.way)
        return error
      }
      if (callback) return super.connect((error: Error | null) => callback(noted(error)))
      return super.connect().catch((error: Error) => {
        throw noted(error)
      })
    }
  }
}

/** Asks a new connection whether its server accepts writes. @see requireWritable */
export const WRITABLE = `select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as "readOnly"`

/**
 * Checks that a server accepts writes.
 * @param answer result of {@link WRITABLE}
 * @throws {Unavailable} if it doesn't
 */
export function requireWritable(answer: QueryResult | undefined): void {
  const { standby, readOnly } = (answer?.rows[0] ?? {}) as { standby?: boolean; readOnly?: boolean }
  if (standby)
    throw new ReadOnlyServer('The database server is a read-only standby. Doorlist needs the primary')
  if (readOnly)
    throw new ReadOnlyServer(
      'The database server takes no writes: default_transaction_read_only is on for this user or database',
    )
}

/**
 * Connects to the first server that accepts writes.
 * @throws the error of the only server, or {Unavailable} with the errors of all servers
 */
export async function connectTo(target: Target): Promise<{ client: pg.Client; way: pg.ClientConfig }> {
  const failures: { server: string; error: Error }[] = []
  for (const way of waysTo(target)) {
    const client = new pg.Client({ connectionTimeoutMillis: 5_000, ...way })
    client.on('error', () => {}) // its queries fail with the same error
    try {
      await client.connect()
      requireWritable(await client.query(WRITABLE))
      return { client, way }
    } catch (error) {
      await client.end().catch(() => {})
      failures.push({ server: serverOf(way), error: error as Error })
    }
  }
  throw summary(failures)
}

/**
 * Returns one error for all attempts. If a server was tried with and without TLS, the last failure is more useful,
 * except when the server is known to accept no writes.
 */
function summary(failures: readonly { server: string; error: Error }[]): Error {
  const reasons = new Map<string, Error>()
  for (const { server, error } of failures)
    if (!isReadOnlyServer(reasons.get(server))) reasons.set(server, error)
  const [only = new Unavailable('No server is named')] = reasons.values()
  if (reasons.size < 2) return only
  const texts = [...reasons].map(([server, { message }]) => `${server}: ${message}`)
  return new Unavailable(`None of the database's servers can be used: ${texts.join('; ')}`)
}
