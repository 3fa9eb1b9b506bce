import type { ORDERS } from '../../shell/search-params.ts'

export const SORTS = ['displayName', 'created'] as const

/** The filters in the URL of the list. */
export interface GroupFilters {
  readonly q?: string | undefined
  readonly identityProviderId?: string | undefined
  readonly sort?: (typeof SORTS)[number] | undefined
  readonly order?: (typeof ORDERS)[number] | undefined
  readonly after?: string | undefined
}
