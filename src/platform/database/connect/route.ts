// Which of several servers takes writes now. New connections go there; when it fails or turns read-only, the next one is tried.
import type { QueryResult } from 'pg'
import pg from 'pg'
import { Unavailable } from '#errors.ts'
import { serverOf, type Ways } from './url.ts'

/** A server, or several of which one takes writes. */
export type Target = pg.ClientConfig | Ways

export function waysTo(target: Target): Ways {
  return isList(target) ? target : [target]
}

function isList(target: Target): target is Ways {
  return Array.isArray(target)
}

/** The server answers, and takes no writes. */
class ReadOnlyServer extends Unavailable {}

export function isReadOnlyServer(error: unknown): boolean {
  return error instanceof ReadOnlyServer
}

/** Which way is taken, for all connections of a process. */
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

  /** Takes the next way from now on, unless somebody else has turned away from this one before. */
  leave(from: number): void {
    if (from === this.#current) this.#current = (from + 1) % this.ways.length
  }
}

/** A client that takes the way that is current when it is made. */
interface RoutedClient extends pg.Client {
  readonly way: number
}

/** @param client of a route @returns the place of its way */
export function wayOf(client: pg.ClientBase): number {
  return (client as unknown as RoutedClient).way
}

/** Returns the class of clients of a route, all with the same options beside it. */
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

/** Asked of every new connection. @see requireWritable */
export const WRITABLE = `select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as "readOnly"`

/** @param answer to {@link WRITABLE} @throws {Unavailable} the server takes no writes */
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
 * Connects to the first server that takes writes.
 * @throws the reason, of the only server; {Unavailable} with all reasons, of several
 */
export async function connectTo(target: Target): Promise<{ client: pg.Client; way: pg.ClientConfig }> {
  const failures: { server: string; error: Error }[] = []
  for (const way of waysTo(target)) {
    const client = new pg.Client({ connectionTimeoutMillis: 5_000, ...way })
    client.on('error', () => {}) // its queries fail and say so
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

/** Where a server was tried with and without TLS, the last failure says more, unless it is known to take no writes. */
function summary(failures: readonly { server: string; error: Error }[]): Error {
  const reasons = new Map<string, Error>()
  for (const { server, error } of failures)
    if (!isReadOnlyServer(reasons.get(server))) reasons.set(server, error)
  const [only = new Unavailable('No server is named')] = reasons.values()
  if (reasons.size < 2) return only
  const texts = [...reasons].map(([server, { message }]) => `${server}: ${message}`)
  return new Unavailable(`None of the database's servers can be used: ${texts.join('; ')}`)
}
