import type { ORDERS } from '../../shell/search-params.ts'

export const SORTS = ['displayName', 'created'] as const

/** What the address of the list says. */
export interface GroupFilters {
  readonly q?: string | undefined
  readonly identityProviderId?: string | undefined
  readonly sort?: (typeof SORTS)[number] | undefined
  readonly order?: (typeof ORDERS)[number] | undefined
  readonly after?: string | undefined
}
