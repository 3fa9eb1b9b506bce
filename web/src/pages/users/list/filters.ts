import type { UserStatus } from '../../../../../src/http/portal/users/contract.ts'
import type { ORDERS } from '../../../shell/search-params.ts'

export const STATUSES: readonly UserStatus[] = ['active', 'inactive', 'disabled', 'deleted']
export const SORTS = ['userName', 'displayName', 'created', 'changed'] as const

/** The filters in the URL of the list. */
export interface UserFilters {
  readonly q?: string | undefined
  readonly identityProviderId?: string | undefined
  readonly status?: UserStatus | undefined
  readonly groupId?: string | undefined
  readonly sort?: (typeof SORTS)[number] | undefined
  readonly order?: (typeof ORDERS)[number] | undefined
  readonly after?: string | undefined
}

/** The filters without sort order and page. */
export function conditionsOf({ q, identityProviderId, status, groupId }: UserFilters) {
  return { q, identityProviderId, status, groupId }
}

export const NO_FILTERS: UserFilters = conditionsOf({})

export function isFiltered(filters: UserFilters): boolean {
  return Object.values(conditionsOf(filters)).some((value) => value !== undefined)
}
