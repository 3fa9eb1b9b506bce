import pg from 'pg'

/** Whose rows a statement may see: one tenant's, or `system` for work above tenants. */
export interface Scope {
  readonly tenantId: string
  /** Set for provisioning requests: refused with `DL001` when the identity provider has changed since this epoch. */
  readonly idp?: { readonly id: string; readonly epoch: string }
  /** When whoever asked will have stopped waiting, on the clock of `performance.now()`; no wait goes beyond it. */
  readonly giveUpAt?: number
}

export const SYSTEM: Scope = { tenantId: 'system' }

export const ENTER_SCOPE = { name: 'scope.enter', text: 'select enter_scope($1, $2, $3)' }

export function scopeValues(scope: Scope): [string, string | null, string | null] {
  return [scope.tenantId, scope.idp?.id ?? null, scope.idp?.epoch ?? null]
}

/** The part of pg's wire connection that is used here; its types do not show it. */
interface Wire {
  bind(config: { statement: string; values: readonly (string | null)[] }): void
  execute(config: { portal: string }): void
}
interface WireQuery {
  prepare(connection: Wire): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, connection: Wire): void
}
const Query = pg.Query as unknown as new (
  config: { name?: string; text: string; values: unknown[]; queryMode: 'extended' },
  callback: (error: Error | undefined, result: pg.QueryResult) => void,
) => WireQuery & pg.Submittable

/**
 * One statement with its scope, in one round trip and one implicit transaction: `enter_scope` and the statement travel
 * between the same two Syncs of the extended protocol, so that the scope holds for this statement alone, and the
 * statement does not run where entering was refused. The connection has prepared `scope.enter` before (see database.ts).
 */
export class ScopedQuery extends Query {
  readonly #scope: Scope
  #entered = false

  constructor(
    scope: Scope,
    config: { name?: string; text: string; values: unknown[] },
    callback: (error: Error | undefined, result: pg.QueryResult) => void,
  ) {
    super({ ...config, queryMode: 'extended' }, callback)
    this.#scope = scope
  }

  override prepare(connection: Wire) {
    connection.bind({ statement: ENTER_SCOPE.name, values: scopeValues(this.#scope) })
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
