// The one way to PostgreSQL. Every statement runs inside a scope (a tenant, or `system`), in one round trip where it is
// a single statement, and every failure comes out as one of a few errors that a door can answer.
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { Unavailable } from '#errors.ts'
import { Route, requireWritable, routedClients, type Target, WRITABLE, wayOf } from './connect/route.ts'
import { breaksConnection, databaseError, isReadOnly, isRetryable } from './errors.ts'
import { openPipeline } from './pipeline.ts'
import { ENTERING, entering, rowsOf, type Scope, type Statement, SYSTEM } from './scoped-query.ts'
import { parametersOf, type Sql, sql, textOf } from './sql.ts'

export { type Scope, SYSTEM }

/** Something that can run statements in a scope: the database itself, or a transaction that is open. */
export interface Queryable {
  query<Row extends object>(statement: Sql): Promise<Row[]>
}

/** An open transaction of one tenant. */
export interface TenantTx extends Queryable {
  readonly tenantId: string
}

export interface Database {
  /** One statement, one round trip, its own transaction. @throws {Unavailable} {TooCostly} {StaleScope} */
  run<Row extends object>(scope: Scope, statement: Sql): Promise<Row[]>
  /**
   * The same for a read that is quick by its nature (a few rows by an index): it shares a connection with others, so a
   * slow one would hold them up.
   */
  read<Row extends object>(scope: Scope, statement: Sql): Promise<Row[]>
  /**
   * Several statements in one transaction; `work` is run again (3 times at most) after a deadlock or serialization
   * failure, so it must not have effects of its own.
   */
  transaction<Result>(scope: Scope, work: (tx: TenantTx) => Promise<Result>): Promise<Result>
  /** Resolves when the database answers a trivial statement, within 2 s. @throws {Unavailable} */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Single statements in the scope of a tenant: for what takes an open transaction, or does without. */
export function inTenant(db: Database, tenantId: string): Queryable {
  return { query: (statement) => db.run({ tenantId }, statement) }
}

/**
 * What time it is for the rows that are being written: the clock of the database, not of this process, rounded to a
 * millisecond as theirs are. Cut off it would lie before rows that were written already.
 */
export async function databaseTime(q: Queryable): Promise<Date> {
  const [row] = await q.query<{ now: Date }>(sql`select clock_timestamp()::timestamptz(3) as now`)
  return row?.now ?? new Date()
}

export interface DatabaseOptions {
  readonly connection: Target
  /** Connections at most; more than 4 for each core of the database gain nothing. */
  readonly connections?: number
  /** Connections that carry many quick reads at once; 0: none. */
  readonly pipelined?: number
  /** Milliseconds after which the server gives a statement up. */
  readonly statementMilliseconds?: number
  readonly onError?: (error: Error) => void
}

const RETRIES = 3
const CONNECT_MILLISECONDS = 2_000
/** Beyond the server's own limit: how long a server is waited for that says nothing at all. */
const SILENCE_MILLISECONDS = 400
/** Waiting for a connection, every statement and every retry: what is asked of us is answered within 5 s. */
const PATIENCE_MILLISECONDS = 3_500
const PING_MILLISECONDS = 2_000

/** What each new connection is asked and told, in one round trip, before its first use. */
function settings(statementMilliseconds: number): string {
  return `
    ${WRITABLE};
    select set_config('role', rolname, false) from pg_roles where rolname = service_role() and rolname <> session_user
      and pg_has_role(oid, case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end);
    set timezone = 'UTC';
    -- A new tenant is unknown to the statistics, and a plan that was made while a table was small is kept while it grows.
    -- So plans must not depend on sizes: every statement here finds its rows along an index, in its order where it wants one.
    set plan_cache_mode = force_generic_plan;
    set enable_seqscan = off;
    set enable_bitmapscan = off;
    set enable_hashjoin = off;
    set enable_mergejoin = off;
    set jit = off;
    set statement_timeout = ${statementMilliseconds};
    set lock_timeout = ${Math.min(2_000, statementMilliseconds)};
    set idle_in_transaction_session_timeout = 10000`
}

export function openDatabase(options: DatabaseOptions): Database {
  const { onError = () => {}, statementMilliseconds = 2_500 } = options
  const route = new Route(options.connection)
  const clientOptions: pg.ClientConfig = {
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    // A frozen server never answers; this ends the wait on our side.
    query_timeout: statementMilliseconds + SILENCE_MILLISECONDS,
    keepAlive: true,
  }
  const prepareConnection = async (client: pg.ClientBase) => {
    const way = wayOf(client)
    try {
      const answers: unknown = await client.query(settings(statementMilliseconds))
      requireWritable((answers as pg.QueryResult[])[0])
      for (const one of ENTERING) await client.query(one)
    } catch (error) {
      route.leave(way)
      throw error
    }
  }
  const pool = new pg.Pool({
    Client: routedClients(route, clientOptions),
    max: options.connections ?? 8,
    onConnect: prepareConnection,
  })
  const PipelinedClient = routedClients(route, { ...clientOptions, pipeline: true })
  const pipeline = openPipeline(options.pipelined ?? 2, {
    async connect() {
      const client = new PipelinedClient()
      client.on('error', onError)
      try {
        await client.connect()
        await prepareConnection(client)
        return client
      } catch {
        void client.end().catch(onError)
        return undefined // the reads go the usual way, and that says what is wrong
      }
    },
    isCurrent: (client) => wayOf(client) === route.current,
  })
  pool.on('error', onError)
  // An error on a connection that is in use also ends its query; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', onError))

  /** Waits for a connection until `giveUpAt`; one that comes later goes back at once. */
  async function waitFor(coming: Promise<pg.PoolClient>, giveUpAt: number): Promise<pg.PoolClient> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const giveUp = () => reject(new Unavailable('No connection to the database became free in time'))
      timer = setTimeout(giveUp, giveUpAt - performance.now())
    })
    try {
      return await Promise.race([coming, late])
    } catch (error) {
      coming.then((client) => client.release()).catch(() => {})
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Takes a connection of the pool; where several servers are named, each is tried once, and connections to others are dropped. */
  async function borrow(giveUpAt: number): Promise<pg.PoolClient> {
    for (let failed = 1; ; ) {
      try {
        const client = await waitFor(pool.connect(), giveUpAt)
        if (wayOf(client) === route.current) return client
        client.release(true)
      } catch (error) {
        if (failed >= route.ways.length || performance.now() >= giveUpAt) throw error
        failed += 1
      }
    }
  }

  /** Lends a connection until `giveUpAt`; one that failed below the level of SQL is thrown away, not given back. */
  async function lend<Result>(
    giveUpAt: number,
    use: (client: pg.PoolClient) => Promise<Result>,
  ): Promise<Result> {
    const client = await borrow(Math.min(giveUpAt, performance.now() + patience))
    // Cut off, it fails whatever waits on it.
    const cut = setTimeout(() => void client.end().catch(onError), giveUpAt - performance.now())
    let fit = false
    try {
      const result = await use(client)
      fit = true
      return result
    } catch (error) {
      fit = error instanceof pg.DatabaseError && !breaksConnection(error) && !isReadOnly(error)
      if (isReadOnly(error)) route.leave(wayOf(client))
      throw error
    } finally {
      clearTimeout(cut)
      client.release(!fit)
    }
  }

  /** A command line tool may set longer limits than a request has. */
  const patience = PATIENCE_MILLISECONDS + Math.max(0, statementMilliseconds - 2_500)

  async function again<Result>(
    milliseconds: number,
    attempt: (giveUpAt: number) => Promise<Result>,
    latest = Number.POSITIVE_INFINITY,
  ): Promise<Result> {
    const giveUpAt = Math.min(performance.now() + milliseconds, latest)
    for (let tried = 1; ; tried++) {
      try {
        return await attempt(giveUpAt)
      } catch (error) {
        if (tried >= RETRIES || !isRetryable(error)) throw databaseError(error, statementMilliseconds)
      }
    }
  }

  const run: Database['run'] = (scope, statement) =>
    again(
      patience,
      (giveUpAt) => lend(giveUpAt, (client) => runScoped(client, scope, statement)),
      scope.giveUpAt,
    )

  const read: Database['read'] = async <Row extends object>(scope: Scope, statement: Sql) => {
    try {
      const rows = await pipeline.read(scope, config(statement))
      if (rows) return rows as Row[]
    } catch (error) {
      // What the connection did to it, or a read beside it, says nothing about the read: it is asked again, on one of its own.
      const isItsOwn = error instanceof pg.DatabaseError && !breaksConnection(error) && !isRetryable(error)
      if (isItsOwn) throw databaseError(error, statementMilliseconds)
    }
    return run<Row>(scope, statement)
  }

  return {
    run,
    read,
    transaction: (scope, work) =>
      again(
        scope.budgetMilliseconds ?? patience,
        async (giveUpAt) => {
          const outcome = await lend(giveUpAt, (client) => runTransaction(client, scope, work))
          if (outcome.rolledBack) throw outcome.reason
          return outcome.result
        },
        scope.giveUpAt,
      ),
    async ping() {
      await again(PING_MILLISECONDS, (giveUpAt) => lend(giveUpAt, (client) => client.query('select 1')))
    },
    close: async () => void (await Promise.all([pipeline.close(), pool.end()])),
  }
}

/** The texts of prepared statements, which never change: there are as many as there are names in this code. */
const texts = new Map<string, string>()

function config(statement: Sql): Statement {
  const { name } = statement
  const values = parametersOf(statement)
  if (name === undefined) return { text: textOf(statement), values }
  const text = texts.get(name) ?? textOf(statement)
  texts.set(name, text)
  return { name, text, values }
}

function runScoped<Row extends object>(client: pg.ClientBase, scope: Scope, statement: Sql): Promise<Row[]> {
  return rowsOf(scope, config(statement), (query) => void client.query(query)) as Promise<Row[]>
}

/** A transaction that was rolled back leaves its connection as good as before: that is an outcome, not a failure. */
type Outcome<Result> = { rolledBack: false; result: Result } | { rolledBack: true; reason: unknown }

async function runTransaction<Result>(
  client: pg.PoolClient,
  scope: Scope,
  work: (tx: TenantTx) => Promise<Result>,
): Promise<Outcome<Result>> {
  const tx: TenantTx = {
    tenantId: scope.tenantId,
    query: async (statement) => (await client.query(config(statement))).rows,
  }
  await client.query('begin')
  try {
    await client.query(entering(scope))
    const result = await work(tx)
    await client.query('commit')
    return { rolledBack: false, result }
  } catch (reason) {
    if (breaksConnection(reason)) throw reason // the server rolls back by itself
    await client.query('rollback')
    return { rolledBack: true, reason }
  }
}
