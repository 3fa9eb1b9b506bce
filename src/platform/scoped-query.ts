import pg from 'pg'

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

/** The part of pg's wire connection that is used here; its types do not show it. */
interface Wire {
  bind(config: { statement: string; values: readonly (string | null)[] }): void
  execute(config: { portal: string }): void
}
interface WireQuery {
  name: string | undefined
  queryMode: string
  prepare(connection: Wire): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, connection: Wire): void
}
const Query = pg.Query as unknown as new (
  text: string,
  values: unknown[],
  callback: (error: Error | undefined, result: pg.QueryResult) => void,
) => WireQuery & pg.Submittable

/**
 * One statement with its scope, in one round trip and one implicit transaction: entering and the statement travel
 * between the same two Syncs of the extended protocol, so that the scope holds for this statement alone, and the
 * statement does not run where entering was refused. The connection has prepared both ways of entering before (see database.ts).
 */
export class ScopedQuery extends Query {
  readonly #scope: Scope
  #entered = false

  constructor(
    scope: Scope,
    config: { name?: string; text: string; values: unknown[] },
    callback: (error: Error | undefined, result: pg.QueryResult) => void,
  ) {
    // Given as an object, the driver would copy it property by property, which costs more than all the rest.
    super(config.text, config.values, callback)
    this.name = config.name
    this.queryMode = 'extended'
    this.#scope = scope
  }

  override prepare(connection: Wire) {
    const { name, values } = entering(this.#scope)
    connection.bind({ statement: name, values })
    connection.execute({ portal: '' })
    super.prepare(connection)
  }

  override handleDataRow(message: unknown) {
    if (this.#entered) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, connection: Wire) {
    if (this.#entered) super.handleCommandComplete(message, connection)
    else this.#entered = true
  }
}
