import type { Operation } from '../../../../src/http/portal/provisioning/requests-contract.ts'

export const RESULTS = ['success', 'failure'] as const
export const OBJECTS = ['User', 'Group'] as const
export const OPERATIONS: readonly Operation[] = [
  'create',
  'change',
  'replace',
  'activate',
  'deactivate',
  'delete',
  'add-members',
  'remove-members',
  'change-members',
  'look-up',
  'read',
  'bulk',
  'discover',
  'other',
]

/** The filters in the URL of the page. */
export interface RequestFilters {
  readonly result?: (typeof RESULTS)[number] | undefined
  readonly operation?: Operation | undefined
  readonly objectType?: (typeof OBJECTS)[number] | undefined
  readonly text?: string | undefined
  readonly after?: string | undefined
  /** The id of the open request. */
  readonly request?: string | undefined
  /** Whether the list refreshes as requests arrive. */
  readonly live?: true | undefined
}
