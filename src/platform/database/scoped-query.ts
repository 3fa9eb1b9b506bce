import pg from 'pg'
import utils from 'pg/lib/utils.js'

/** The rows that a statement may see: those of one tenant, or `system` for work across tenants. */
export interface Scope {
  readonly tenantId: string
  /**
   * Set for provisioning requests. The statement is refused with `DL001` if the identity provider has changed since
   * this epoch.
   */
  readonly idp?: { readonly id: string; readonly epoch: string }
  /**
   * A lock taken before the statement reads anything, and held until its transaction ends. Locking a row would do the
   * same, but writes the row again for everybody who shares the lock.
   */
  readonly lock?: { readonly id: string; readonly mode: 'shared' | 'alone' }
  /** When the caller stops waiting, in milliseconds on the clock of `performance.now()`. No wait lasts longer. */
  readonly giveUpAt?: number
  /** Milliseconds that a long transaction may take, without the wait for a connection. */
  readonly budgetMilliseconds?: number
}

export const SYSTEM: Scope = { tenantId: 'system' }

/**
 * The first statement of every scoped transaction. It sets the tenant for row-level security, in this transaction
 * only. For a provisioning request it also checks, in the same round trip, that the identity provider and its
 * credentials haven't changed since the request was authenticated. Columns are computed from left to right, so the
 * identity provider is read inside the scope. As plain SQL it costs half as much as a function did.
 */
const ENTER = `select set_config('app.tenant', $1, true), case when $2::uuid is null or exists (
    select from identity_provider i where i.id = $2::uuid and i.epoch = $3::bigint) then null else refuse_scope() end`

const PLAIN = { name: 'scope.enter', text: ENTER }

/** The same with a lock. It is separate because PostgreSQL prepares every part of a statement, needed or not. */
const LOCKED = {
  name: 'scope.enter-locked',
  text: `${ENTER},
    case $4 when 'shared' then pg_advisory_xact_lock_shared(uuid_hash_extended($5::uuid, hashtextextended($1, 0)))
      when 'alone' then pg_advisory_xact_lock(uuid_hash_extended($5::uuid, hashtextextended($1, 0))) end`,
}

/** Returns the statement that enters a scope. */
export function entering({ tenantId, idp, lock }: Scope) {
  const values = [tenantId, idp?.id ?? null, idp?.epoch ?? null]
  return lock ? { ...LOCKED, values: [...values, lock.mode, lock.id] } : { ...PLAIN, values }
}

/** Statements that a connection must have prepared before it runs a `ScopedQuery`. */
export const ENTERING = [entering(SYSTEM), { ...LOCKED, values: [SYSTEM.tenantId, null, null, null, null] }]

/** A statement as it is sent. One with a name is prepared once for each connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values: unknown[]
}

/** The part of pg's wire connection that is used here. Its types don't include it. */
export interface Wire {
  /** The statements that the server has confirmed as prepared, by name. */
  readonly parsedStatements: Readonly<Record<string, string>>
  bind(config: { statement: string; values: readonly unknown[]; valueMapper?(value: unknown): unknown }): void
  describe(config: { type: 'P'; name: string }): void
  execute(config: { portal: string }): void
  sync(): void
}
interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
}
interface DataRow {
  readonly fields: readonly (string | null)[]
}
interface WireQuery {
  name: string | undefined
  queryMode: string
  readonly text: string
  readonly values: unknown[]
  prepare(wire: Wire): void
  handleRowDescription(message: RowDescription): void
  handleDataRow(message: DataRow): void
  handleCommandComplete(message: unknown, wire: Wire): void
  handleError(error: Error, wire: Wire): void
  handleReadyForQuery(wire: Wire): void
}
const Query = pg.Query as unknown as new (
  text: string,
  values: unknown[],
  callback: (error: Error | null | undefined) => void,
) => WireQuery & pg.Submittable

/** The columns of a statement and how to parse each one. */
interface Shape {
  readonly columns: readonly { readonly name: string; readonly read: (text: string) => unknown }[]
  /** A row with all columns, to be copied: filling a copy takes half as long as creating a row column by column. */
  readonly empty: Readonly<Record<string, unknown>>
}

function shapeOf({ fields }: RowDescription): Shape {
  const columns = fields.map(({ name, dataTypeID }) => ({ name, read: pg.types.getTypeParser(dataTypeID) }))
  return { columns, empty: Object.fromEntries(columns.map(({ name }) => [name, null])) }
}

/** The shapes of prepared statements by name. The server describes each statement only once. */
const shapes = new Map<string, Shape>()

function enter(wire: Wire, scope: Scope): void {
  const { name, values } = entering(scope)
  wire.bind({ statement: name, values })
  wire.execute({ portal: '' })
}

/**
 * Runs one statement in its scope, in one round trip and one implicit transaction. Both the statement that enters the
 * scope and the statement itself are sent before the same Sync of the extended protocol. So the scope applies only to
 * this statement, which doesn't run if entering the scope is refused. The connection must have prepared both ways of
 * entering (see database.ts).
 */
export class ScopedQuery extends Query {
  readonly scope: Scope
  #found: object[] = []
  #entered = false
  #shape: Shape | undefined

  constructor(
    scope: Scope,
    { name, text, values }: Statement,
    callback: (error: Error | null | undefined) => void,
  ) {
    // If they are passed as an object, the driver copies it property by property, which is slower than everything
    // else here.
    super(text, values, callback)
    this.name = name
    this.queryMode = 'extended'
    this.scope = scope
  }

  override prepare(wire: Wire) {
    enter(wire, this.scope)
    if (!this.isPrepared(wire)) return super.prepare(wire)
    this.ask(wire)
    wire.sync()
  }

  isPrepared(wire: Wire): boolean {
    return this.name !== undefined && wire.parsedStatements[this.name] !== undefined
  }

  /** Executes the prepared statement without ending the transaction. */
  ask(wire: Wire) {
    const statement = this.name ?? ''
    wire.bind({ statement, values: this.values, valueMapper: utils.prepareValue })
    this.#shape = shapes.get(statement)
    if (!this.#shape) wire.describe({ type: 'P', name: '' })
    wire.execute({ portal: '' })
  }

  override handleRowDescription(message: RowDescription) {
    this.#shape = shapeOf(message)
    if (this.name !== undefined) shapes.set(this.name, this.#shape)
  }

  /** Returns the rows and keeps none, because the query stays in memory until its neighbors are answered. */
  release(): object[] {
    const rows = this.#found
    this.#found = []
    return rows
  }

  override handleDataRow(message: DataRow) {
    if (this.#entered) this.take(message)
  }

  take({ fields }: DataRow) {
    if (!this.#shape) return
    const { columns, empty } = this.#shape
    const row = { ...empty }
    for (let place = 0; place < columns.length; place++) {
      const column = columns[place]
      const text = fields[place]
      if (column && typeof text === 'string') row[column.name] = column.read(text)
    }
    this.#found.push(row)
  }

  override handleCommandComplete() {
    this.#entered = true
  }
}

/** Runs a statement in its scope. @param send passes the query to a connection @returns its rows */
export function rowsOf(
  scope: Scope,
  statement: Statement,
  send: (query: ScopedQuery) => void,
): Promise<object[]> {
  return new Promise((resolve, reject) => {
    const query = new ScopedQuery(scope, statement, (error) =>
      error ? reject(error) : resolve(query.release()),
    )
    send(query)
  })
}

/**
 * Runs several reads in one scope, which is entered only once. Otherwise like {@link ScopedQuery}. They share a
 * transaction: if one fails, those behind it fail too, and each of them has to be repeated alone.
 */
export class ScopedReads extends Query {
  readonly #reads: readonly ScopedQuery[]
  readonly #scope: Scope
  /** Index of the read whose answer comes next; -1 for the answer to entering the scope. */
  #place = -1

  /** Creates a query for these reads. @param reads reads in `scope`, already prepared on the connection */
  constructor(scope: Scope, reads: readonly ScopedQuery[]) {
    super('', [], () => {})
    this.queryMode = 'extended'
    this.#scope = scope
    this.#reads = reads
  }

  override prepare(wire: Wire) {
    enter(wire, this.#scope)
    for (const read of this.#reads) read.ask(wire)
    wire.sync()
  }

  override handleRowDescription(message: RowDescription) {
    this.#reads[this.#place]?.handleRowDescription(message)
  }

  override handleDataRow(message: DataRow) {
    this.#reads[this.#place]?.take(message)
  }

  /** Completes each read as soon as its rows have arrived, so that they needn't wait in memory for the others. */
  override handleCommandComplete(_message: unknown, wire: Wire) {
    this.#reads[this.#place]?.handleReadyForQuery(wire)
    this.#place += 1
  }

  override handleError(cause: Error, wire: Wire) {
    const error = new ReadTogether('A read that went out with this one failed', { cause })
    for (const read of this.#reads.slice(Math.max(0, this.#place))) read.handleError(error, wire)
    super.handleError(error, wire) // the driver no longer waits for an answer
  }
}

/** A neighboring read failed, which says nothing about this one. */
class ReadTogether extends Error {}

/** Returns whether statements of both scopes can run in the same transaction. */
export function isSameScope(a: Scope, b: Scope): boolean {
  return (
    a.tenantId === b.tenantId &&
    a.idp?.id === b.idp?.id &&
    a.idp?.epoch === b.idp?.epoch &&
    !a.lock &&
    !b.lock
  )
}
