// The settings that identify users of an identity provider: its issuer, the stable identifier, and the matching rule.
// When one of them changes, every user has to be identified again, so the change removes their links.
import { isDeepStrictEqual } from 'node:util'
import { Conflict } from '#errors.ts'
import type { Queryable } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Details } from './details/details.ts'
import type { Settings } from './settings.ts'

type Identification = Pick<Settings, 'matching' | 'stableIdentifier'> & { readonly details: Details }

/** Returns whether a change removes links. Must compare the same values as migration 0041. */
export function identifiesAnew(before: Identification, after: Identification): boolean {
  const parts = ({ matching, stableIdentifier, details }: Identification) => ({
    matching,
    stableIdentifier,
    issuer: details.issuer,
    entityIssuer: details.entityIssuer,
  })
  return !isDeepStrictEqual(parts(before), parts(after))
}

/** Thrown for a change that would remove links and isn't confirmed. */
export class EndsLinks extends Conflict {
  readonly links: number
  constructor(name: string, links: number) {
    const users = links === 1 ? 'the link of 1 user' : `the links of ${links} users`
    super(
      'dropLinks',
      `This change ends ${users} of ${name} and all sessions of ${name}; everybody is matched again at the next sign-in. Confirm it to go on.`,
    )
    this.links = links
  }
}

/** Counts the links of this identity provider's users. */
export async function countLinks(q: Queryable, tenantId: string, idpId: string): Promise<number> {
  const [row] = await q.query<{ links: number }>(
    sql`select count(*)::integer as links from user_identity where idp_id = ${idpId} and tenant_id = ${tenantId}`,
  )
  return row?.links ?? 0
}
