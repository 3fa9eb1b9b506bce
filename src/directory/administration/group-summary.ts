import type { ProviderType } from '#identity-providers/provider-type.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { GROUP_CHANGED } from '../groups/group-row.ts'

/** One row of a list of groups. */
export interface GroupSummary {
  readonly id: string
  readonly displayName: string
  readonly idpId: string
  readonly identityProvider: string
  readonly idpType: ProviderType
  /** At most MEMBERS_COUNTED + 1. */
  readonly members: number
  readonly createdAt: Date
  readonly changedAt: Date
}

/** A group with more members is shown as having "at least" this many. */
export const MEMBERS_COUNTED = 10_000

/** The columns of a GroupSummary, for a group `u` of the identity provider `i`. */
export const GROUP_SUMMARY = sql`u.id, u.display_name as "displayName", u.idp_id as "idpId", i.name as "identityProvider",
    i.type as "idpType", u.created_at as "createdAt", ${GROUP_CHANGED} as "changedAt",
    (select count(*)::int from (select from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id
      limit ${raw(String(MEMBERS_COUNTED + 1))}) counted) as members`
