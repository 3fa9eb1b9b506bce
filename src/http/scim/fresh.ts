import { NotFound } from '#errors.ts'
import type { Database, Scope } from '#platform/database/database.ts'
import { StaleScope } from '#platform/database/errors.ts'
import { prepared, sql } from '#platform/database/sql.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'

interface Scoped {
  readonly db: Database
  readonly scope: Scope
}

const NOTHING = prepared('scope.fresh', sql`select`)

/** Checks the scope for responses that need no other query. @throws {StaleScope} the identity provider has changed */
export async function requireFresh({ db, scope }: Scoped): Promise<void> {
  await db.run(scope, NOTHING)
}

/**
 * Returns whether a request failed because the identity provider changed after authentication. A message may have
 * been refused by an old schema or mode, or because its id is malformed, without any query to the database.
 */
export async function isOutdated(at: Scoped, error: unknown): Promise<boolean> {
  if (!(error instanceof ScimError || error instanceof NotFound)) return error instanceof StaleScope
  const freshness = await requireFresh(at).catch((reason: unknown) => reason)
  return freshness instanceof StaleScope
}
