import { type Database, inTenant } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Profile } from '../profiles/profile.ts'
import { browseUserIds, summaries, type UserBrowse } from './browse-users.ts'
import type { UserSummary } from './user-summary.ts'

export interface ExportedUser extends UserSummary {
  readonly externalId: string | null
  readonly profile: Profile
}

const BATCH = 500

/**
 * Yields all users that a filter finds, in the order of their creation. Reads the next batch only when the caller
 * needs it.
 */
export async function* walkUsers(
  db: Database,
  tenantId: string,
  filter: Omit<UserBrowse, 'limit' | 'after' | 'sort' | 'descending'>,
): AsyncGenerator<ExportedUser, void> {
  const run = inTenant(db, tenantId)
  let after: string | undefined
  do {
    const page = await browseUserIds(run, tenantId, { ...filter, sort: 'created', limit: BATCH, after })
    const details = await detailsOf(db, tenantId, page.ids)
    for (const user of await summaries(run, tenantId, page.ids)) {
      const more = details.get(user.id)
      if (more) yield { ...user, ...more }
    }
    after = page.next
  } while (after !== undefined)
}

type Details = Pick<ExportedUser, 'externalId' | 'profile'>

async function detailsOf(
  db: Database,
  tenantId: string,
  ids: readonly string[],
): Promise<Map<string, Details>> {
  const rows = await db.run<Details & { id: string }>(
    { tenantId },
    sql`select u.id, u.external_id as "externalId", u.profile from directory_user u
      where u.id = any(${ids}::uuid[]) and u.tenant_id = ${tenantId}`,
  )
  return new Map(rows.map(({ id, externalId, profile }) => [id, { externalId, profile }]))
}
