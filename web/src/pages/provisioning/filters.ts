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

/** What the address of the page says. */
export interface RequestFilters {
  readonly result?: (typeof RESULTS)[number] | undefined
  readonly operation?: Operation | undefined
  readonly objectType?: (typeof OBJECTS)[number] | undefined
  readonly text?: string | undefined
  readonly after?: string | undefined
  /** The one that is open. */
  readonly request?: string | undefined
  /** The list follows what arrives. */
  readonly live?: true | undefined
}
