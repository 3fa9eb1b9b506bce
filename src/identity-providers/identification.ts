// What identifies the users of an identity provider: its issuer, the identifier that never changes hands, and the rule that
// finds a user by name. Another one of these means that everybody is identified anew, so their links end with the change.
import { isDeepStrictEqual } from 'node:util'
import { Conflict } from '#errors.ts'
import type { Queryable } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Details } from './details/details.ts'
import type { Settings } from './settings.ts'

type Identification = Pick<Settings, 'matching' | 'stableIdentifier'> & { readonly details: Details }

/** As migration 0041 compares them. */
export function identifiesAnew(before: Identification, after: Identification): boolean {
  const parts = ({ matching, stableIdentifier, details }: Identification) => ({
    matching,
    stableIdentifier,
    issuer: details.issuer,
    entityIssuer: details.entityIssuer,
  })
  return !isDeepStrictEqual(parts(before), parts(after))
}

/** A change that ends links, and that nobody has confirmed. */
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

/** How many of its users are linked to an identifier. */
export async function countLinks(q: Queryable, tenantId: string, idpId: string): Promise<number> {
  const [row] = await q.query<{ links: number }>(
    sql`select count(*)::integer as links from user_identity where idp_id = ${idpId} and tenant_id = ${tenantId}`,
  )
  return row?.links ?? 0
}
