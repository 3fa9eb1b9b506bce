// The one way to PostgreSQL. Every statement runs inside a scope (a tenant, or `system`), in one round trip where it is
// a single statement, and every failure comes out as one of a few errors that a door can answer.
import pg from 'pg'
import { databaseError, isRetryable } from './database-errors.ts'
import { ENTER_SCOPE, type Scope, ScopedQuery, SYSTEM, scopeValues } from './scoped-query.ts'
import { type Sql, textOf } from './sql.ts'

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
   * Several statements in one transaction; `work` is run again (3 times at most) after a deadlock or serialization
   * failure, so it must not have effects of its own.
   */
  transaction<Result>(scope: Scope, work: (tx: TenantTx) => Promise<Result>): Promise<Result>
  /** Resolves when the database answers a trivial statement. @throws {Unavailable} */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly connection: pg.ClientConfig
  /** Connections at most; more than 4 for each core of the database gain nothing. */
  readonly connections?: number
  /** Milliseconds after which a statement is given up; with connecting, a request is answered within 5 s. */
  readonly statementMilliseconds?: number
  readonly onError?: (error: Error) => void
}

const RETRIES = 3
const CONNECT_MILLISECONDS = 2_000

/** What each new connection is told, in one round trip, before its first use. */
function settings(statementMilliseconds: number): string {
  return `
    select set_config('role', rolname, false) from pg_roles where rolname = 'doorlist_app' and pg_has_role(oid, 'member');
    set timezone = 'UTC';
    set plan_cache_mode = force_generic_plan; -- a new tenant is unknown to the statistics, and custom plans go wrong on it
    set statement_timeout = ${statementMilliseconds};
    set lock_timeout = ${Math.min(2_000, statementMilliseconds)};
    set idle_in_transaction_session_timeout = 10000`
}

export function openDatabase(options: DatabaseOptions): Database {
  const { onError = () => {}, statementMilliseconds = 2_500 } = options
  const pool = new pg.Pool({
    ...options.connection,
    max: options.connections ?? 8,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    // A frozen server never answers; this ends the wait on our side.
    query_timeout: statementMilliseconds + 400,
    keepAlive: true,
    onConnect: async (client: pg.ClientBase) => {
      await client.query(settings(statementMilliseconds))
      await client.query({ ...ENTER_SCOPE, values: scopeValues(SYSTEM) })
    },
  })
  pool.on('error', onError)
  // An error on a connection that is in use also ends its query; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', onError))

  /** Lends a connection; one that failed below the level of SQL is thrown away, not given back. */
  async function lend<Result>(use: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    let client: pg.PoolClient | undefined
    try {
      client = await pool.connect()
      const result = await use(client)
      client.release()
      return result
    } catch (error) {
      client?.release(error instanceof pg.DatabaseError && !error.code?.startsWith('57P') ? undefined : true)
      throw error
    }
  }

  async function again<Result>(attempt: () => Promise<Result>): Promise<Result> {
    for (let tried = 1; ; tried++) {
      try {
        return await attempt()
      } catch (error) {
        if (tried >= RETRIES || !isRetryable(error)) throw databaseError(error)
      }
    }
  }

  return {
    run: (scope, statement) => again(() => lend((client) => runScoped(client, scope, statement))),
    transaction: (scope, work) => again(() => lend((client) => runTransaction(client, scope, work))),
    async ping() {
      await again(() => lend((client) => client.query('select 1')))
    },
    close: () => pool.end(),
  }
}

function config(statement: Sql): { name?: string; text: string; values: unknown[] } {
  const named = statement.name === undefined ? {} : { name: statement.name }
  return { ...named, text: textOf(statement), values: [...statement.values] }
}

function runScoped<Row extends object>(client: pg.PoolClient, scope: Scope, statement: Sql): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    client.query(
      new ScopedQuery(scope, config(statement), (error, result) =>
        error ? reject(error) : resolve(result.rows),
      ),
    )
  })
}

async function runTransaction<Result>(
  client: pg.PoolClient,
  scope: Scope,
  work: (tx: TenantTx) => Promise<Result>,
): Promise<Result> {
  const tx: TenantTx = {
    tenantId: scope.tenantId,
    query: async (statement) => (await client.query(config(statement))).rows,
  }
  await client.query('begin')
  try {
    await client.query({ ...ENTER_SCOPE, values: scopeValues(scope) })
    const result = await work(tx)
    await client.query('commit')
    return result
  } catch (error) {
    // A connection that is gone rolls back by itself.
    await client.query('rollback').catch(() => {})
    throw error
  }
}
