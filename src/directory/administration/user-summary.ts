// A user as the portal's lists show it, with the state at the identity provider and the actions of administrators.

import type { ProviderType } from '#identity-providers/provider-type.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'

export const USER_STATUSES = ['active', 'inactive', 'disabled', 'deleted'] as const
/**
 * `inactive`: deactivated by the identity provider; `disabled`: disabled by an administrator; `deleted`: deleted in
 * the portal, while the SCIM resource stays.
 */
export type UserStatus = (typeof USER_STATUSES)[number]

/** One row of a list of users. */
export interface UserSummary {
  readonly id: string
  readonly userName: string
  readonly displayName: string | null
  readonly email: string | null
  readonly idpId: string
  readonly identityProvider: string
  readonly idpType: ProviderType
  readonly status: UserStatus
  /** The `active` that the identity provider last sent. */
  readonly idpActive: boolean
  readonly disabledAt: Date | null
  readonly deletedAt: Date | null
  readonly createdAt: Date
  readonly changedAt: Date
}

export const USER_STATUS =
  raw(`case when u.deleted_at is not null then 'deleted' when u.disabled_at is not null then 'disabled'
    when u.active then 'active' else 'inactive' end`)

/** The columns of a UserSummary, for a user `u` of the identity provider `i`. */
export const SUMMARY = sql`u.id, u.user_name as "userName", u.display_name as "displayName",
    coalesce(u.profile ->> 'email', u.emails[1]) as email, u.idp_id as "idpId", i.name as "identityProvider",
    i.type as "idpType", ${USER_STATUS} as status, u.idp_active as "idpActive", u.disabled_at as "disabledAt",
    u.deleted_at as "deletedAt", u.created_at as "createdAt", u.changed_at as "changedAt"`

const HOLDS: Record<Exclude<UserStatus, 'active'>, Sql> = {
  inactive: raw('u.deleted_at is null and u.disabled_at is null'),
  disabled: raw('u.deleted_at is null and u.disabled_at is not null'),
  deleted: raw('u.deleted_at is not null'),
}

/** Returns the condition for a status, among the users who aren't active. */
export function holdsUser(status: Exclude<UserStatus, 'active'>): Sql {
  return HOLDS[status]
}

export const STATUS_CONDITIONS: Record<UserStatus, Sql> = {
  active: raw('u.active'),
  inactive: sql`not u.active and ${HOLDS.inactive}`,
  disabled: sql`not u.active and ${HOLDS.disabled}`,
  deleted: sql`not u.active and ${HOLDS.deleted}`,
}
