// The only access to PostgreSQL. This folder owns connections, scopes, SQL templates and migrations. It knows no
// table except those that scopes and migrations need. Every folder that stores something calls it. Start with this
// file, then read sql.ts and scoped-query.ts. A statement runs in a scope (one tenant, or `system` for work across
// tenants), and failures become one of the few errors in #errors.ts.
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { Unavailable } from '#errors.ts'
import { Route, requireWritable, routedClients, type Target, WRITABLE, wayOf } from './connect/route.ts'
import { breaksConnection, databaseError, isReadOnly, isRetryable } from './errors.ts'
import { openPipeline } from './pipeline.ts'
import { ENTERING, entering, rowsOf, type Scope, type Statement, SYSTEM } from './scoped-query.ts'
import { parametersOf, type Sql, sql, textOf } from './sql.ts'

export { type Scope, SYSTEM }

/** Runs statements in a scope: the database itself, or an open transaction. */
export interface Queryable {
  query<Row extends object>(statement: Sql): Promise<Row[]>
}

/** An open transaction in the scope of one tenant. */
export interface TenantTx extends Queryable {
  readonly tenantId: string
}

export interface Database {
  /** Runs one statement in its own transaction and one round trip. @throws {Unavailable} {TooCostly} {StaleScope} */
  run<Row extends object>(scope: Scope, statement: Sql): Promise<Row[]>
  /**
   * Runs a read that is always quick, such as a few rows by an index. It shares a connection with other reads, which
   * a slow one would delay.
   */
  read<Row extends object>(scope: Scope, statement: Sql): Promise<Row[]>
  /**
   * Runs several statements in one transaction. After a deadlock or serialization failure `work` runs again, at most
   * 3 times in total, so it must not have side effects outside of the database.
   */
  transaction<Result>(scope: Scope, work: (tx: TenantTx) => Promise<Result>): Promise<Result>
  /** Resolves if the database answers within 2 s. @throws {Unavailable} */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Returns a Queryable for single statements of a tenant, for functions that also accept an open transaction. */
export function inTenant(db: Database, tenantId: string): Queryable {
  return { query: (statement) => db.run({ tenantId }, statement) }
}

/**
 * Returns the time for rows that are being written: by the clock of the database, and rounded to a millisecond as in
 * the rows. Truncated, it could lie before rows that are already written.
 */
export async function databaseTime(q: Queryable): Promise<Date> {
  const [row] = await q.query<{ now: Date }>(sql`select clock_timestamp()::timestamptz(3) as now`)
  return row?.now ?? new Date()
}

export interface DatabaseOptions {
  readonly connection: Target
  /** Maximum number of connections. More than 4 for each core of the database have no benefit. */
  readonly connections?: number
  /** Number of connections that carry many quick reads at once; 0 for none. */
  readonly pipelined?: number
  /** Milliseconds after which the server cancels a statement. */
  readonly statementMilliseconds?: number
  readonly onError?: (error: Error) => void
}

const RETRIES = 3
const CONNECT_MILLISECONDS = 2_000
/** How much longer than the server's own limit we wait for a server that doesn't answer. */
const SILENCE_MILLISECONDS = 400
/** Limit for a connection, a statement and all its retries, so that every request is answered within 5 s. */
const PATIENCE_MILLISECONDS = 3_500
const PING_MILLISECONDS = 2_000

/** Returns the statements that prepare a new connection, in one round trip. */
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

/** Opens the database. Connections are made when they are first needed. */
export function openDatabase(options: DatabaseOptions): Database {
  const { onError = () => {}, statementMilliseconds = 2_500 } = options
  const route = new Route(options.connection)
  const clientOptions: pg.ClientConfig = {
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    // A server that hangs never answers; this ends the wait on our side.
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
        return undefined // the reads then use the pool, which reports the error
      }
    },
    isCurrent: (client) => wayOf(client) === route.current,
  })
  pool.on('error', onError)
  // Without a listener, an error on a connection would end the process. Its query fails anyway.
  pool.on('connect', (client) => client.on('error', onError))

  /** Waits for a connection until `giveUpAt`. A connection that comes later is returned to the pool at once. */
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

  /**
   * Takes a connection from the pool. If several servers are configured, tries each of them once and closes
   * connections to servers that are no longer current.
   */
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

  /**
   * Runs `use` with a connection until `giveUpAt`. A connection that failed below the level of SQL is closed, not
   * returned to the pool.
   */
  async function lend<Result>(
    giveUpAt: number,
    use: (client: pg.PoolClient) => Promise<Result>,
  ): Promise<Result> {
    const client = await borrow(Math.min(giveUpAt, performance.now() + patience))
    // Closing the connection makes all that waits for it fail.
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

  /** Commands may set longer limits than requests. */
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
      // The failure of the connection or of a neighboring read says nothing about this read, so it is repeated on
      // another connection.
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

/** The texts of prepared statements by name. They never change, and there are only as many as names in our code. */
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

/**
 * A transaction that was rolled back. Its connection can be used again, so this isn't a failure of the connection.
 */
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
