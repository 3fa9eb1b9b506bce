import pg from 'pg'
import utils from 'pg/lib/utils.js'

/** Whose rows a statement may see: one tenant's, or `system` for work above tenants. */
export interface Scope {
  readonly tenantId: string
  /** Set for provisioning requests: refused with `DL001` when the identity provider has changed since this epoch. */
  readonly idp?: { readonly id: string; readonly epoch: string }
  /**
   * A lock that is taken before the statement sees anything, and held until its transaction ends. A row's own lock would
   * do the same, but writes the row, once more for each of those who share it.
   */
  readonly lock?: { readonly id: string; readonly mode: 'shared' | 'alone' }
  /** When whoever asked will have stopped waiting, on the clock of `performance.now()`; no wait goes beyond it. */
  readonly giveUpAt?: number
  /** For work that takes long for its size: how long a transaction may take, waiting for a connection aside. */
  readonly budgetMilliseconds?: number
}

export const SYSTEM: Scope = { tenantId: 'system' }

/**
 * First statement of every scoped transaction: sets the tenant that row-level security lets through, for this transaction
 * alone. For a provisioning request it also proves, in the same round trip, that nothing about the identity provider or
 * its credentials changed since the request was authenticated. Columns are computed from left to right, so that the look
 * at the identity provider is made inside the scope. As plain SQL it costs half of what a function did.
 */
const ENTER = `select set_config('app.tenant', $1, true), case when $2::uuid is null or exists (
    select from identity_provider i where i.id = $2::uuid and i.epoch = $3::bigint) then null else refuse_scope() end`

const PLAIN = { name: 'scope.enter', text: ENTER }

/** The same with a lock: apart, since PostgreSQL prepares all that stands in a statement each time, needed or not. */
const LOCKED = {
  name: 'scope.enter-locked',
  text: `${ENTER},
    case $4 when 'shared' then pg_advisory_xact_lock_shared(uuid_hash_extended($5::uuid, hashtextextended($1, 0)))
      when 'alone' then pg_advisory_xact_lock(uuid_hash_extended($5::uuid, hashtextextended($1, 0))) end`,
}

/** How a scope is entered, as a statement of its own. */
export function entering({ tenantId, idp, lock }: Scope) {
  const values = [tenantId, idp?.id ?? null, idp?.epoch ?? null]
  return lock ? { ...LOCKED, values: [...values, lock.mode, lock.id] } : { ...PLAIN, values }
}

/** What a connection is to have prepared before `ScopedQuery` uses it. */
export const ENTERING = [entering(SYSTEM), { ...LOCKED, values: [SYSTEM.tenantId, null, null, null, null] }]

/** A statement as it is sent; with a name it is prepared once for each connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values: unknown[]
}

/** The part of pg's wire connection that is used here; its types do not show it. */
export interface Wire {
  /** By name, what the server has said to be prepared. */
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

/** The columns of a statement, and how each is read. */
interface Shape {
  readonly columns: readonly { readonly name: string; readonly read: (text: string) => unknown }[]
  /** A row with all its columns, to be copied: filling one is half the work of making one by its names. */
  readonly empty: Readonly<Record<string, unknown>>
}

function shapeOf({ fields }: RowDescription): Shape {
  const columns = fields.map(({ name, dataTypeID }) => ({ name, read: pg.types.getTypeParser(dataTypeID) }))
  return { columns, empty: Object.fromEntries(columns.map(({ name }) => [name, null])) }
}

/** Of the prepared statements, by their names: told by the server once, and not asked for again. */
const shapes = new Map<string, Shape>()

function enter(wire: Wire, scope: Scope): void {
  const { name, values } = entering(scope)
  wire.bind({ statement: name, values })
  wire.execute({ portal: '' })
}

/**
 * One statement with its scope, in one round trip and one implicit transaction: entering and the statement travel
 * between the same two Syncs of the extended protocol, so that the scope holds for this statement alone, and the
 * statement does not run where entering was refused. The connection has prepared both ways of entering before (see database.ts).
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
    // Given as an object, the driver would copy it property by property, which costs more than all the rest.
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

  /** Asks for what is prepared, without ending the transaction. */
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

  /** Hands its rows over, and keeps none: it lives on until those beside it are answered, too. */
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

/** @param send hands the query to a connection @returns its rows */
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
 * Several reads of one scope, which is entered once for all of them; otherwise as {@link ScopedQuery}. They share a
 * transaction: where one fails, those behind it say so, too, and each has to be asked alone.
 */
export class ScopedReads extends Query {
  readonly #reads: readonly ScopedQuery[]
  readonly #scope: Scope
  /** The one whose answer comes next; -1: the scope's. */
  #place = -1

  /** @param reads of the scope, prepared on the connection that they are sent on */
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

  /** Each is answered as soon as it is read, so that its rows need not lie there until all have come. */
  override handleCommandComplete(_message: unknown, wire: Wire) {
    this.#reads[this.#place]?.handleReadyForQuery(wire)
    this.#place += 1
  }

  override handleError(cause: Error, wire: Wire) {
    const error = new ReadTogether('A read that went out with this one failed', { cause })
    for (const read of this.#reads.slice(Math.max(0, this.#place))) read.handleError(error, wire)
    super.handleError(error, wire) // the driver no longer waits for it
  }
}

/** Says nothing about the read itself. */
class ReadTogether extends Error {}

/** Whether statements of the one may run in the other. */
export function isSameScope(a: Scope, b: Scope): boolean {
  return (
    a.tenantId === b.tenantId &&
    a.idp?.id === b.idp?.id &&
    a.idp?.epoch === b.idp?.epoch &&
    !a.lock &&
    !b.lock
  )
}
