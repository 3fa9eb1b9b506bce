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

/** For what is answered without a look into the database. @throws {StaleScope} the identity provider has changed */
export async function requireFresh({ db, scope }: Scoped): Promise<void> {
  await db.run(scope, NOTHING)
}

/**
 * Did a request fail because the identity provider has changed since it was authenticated? A message can be refused for
 * the schemas or the mode of before, or name what cannot be an id, and then the database was never asked.
 */
export async function isOutdated(at: Scoped, error: unknown): Promise<boolean> {
  if (!(error instanceof ScimError || error instanceof NotFound)) return error instanceof StaleScope
  const freshness = await requireFresh(at).catch((reason: unknown) => reason)
  return freshness instanceof StaleScope
}
