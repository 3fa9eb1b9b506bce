import type { Administrator } from '../../../../src/http/portal/administrators/contract.ts'

export const ADMINISTRATORS_KEY = ['administrators'] as const
export const INVITATIONS_KEY = ['invitations'] as const
export const API_KEYS_KEY = ['api-keys'] as const

/** Most privileged role first. */
export const ROLES: readonly Administrator['role'][] = ['owner', 'admin', 'auditor']
