import type { UserFilter as Filter } from '#directory/administration/browse-users.ts'
import type { UserSummary as Found } from '#directory/administration/user-summary.ts'
import type { ExportedUser } from '#directory/administration/walk-users.ts'
import { csvRecord } from '#protocol/csv.ts'
import type { UserFilter, UserSummary } from './contract.ts'

/** A user in the words of the contract. */
export function userSummaryOf(user: Found): UserSummary {
  const { id, userName, displayName, email, status, idpActive } = user
  return {
    id,
    userName,
    displayName,
    email,
    identityProvider: { id: user.idpId, name: user.identityProvider, type: user.idpType },
    status,
    idpActive,
    disabledAt: user.disabledAt?.toISOString() ?? null,
    deletedAt: user.deletedAt?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
    changedAt: user.changedAt.toISOString(),
  }
}

export function filterOf({ q, identityProviderId, status, groupId }: UserFilter): Filter {
  return { search: q, idpId: identityProviderId, status, groupId }
}

export function exportedUser({ externalId, profile, ...user }: ExportedUser): object {
  return { ...userSummaryOf(user), externalId, profile }
}

const PROFILE = ['firstName', 'lastName', 'phoneNumber', 'title', 'department', 'manager', 'employeeNumber']

export const USER_CSV_HEAD = csvRecord([
  'User name',
  'Display name',
  'E-mail',
  'Identity provider',
  'Status',
  'Active at the identity provider',
  'First name',
  'Last name',
  'Phone number',
  'Title',
  'Department',
  'Manager',
  'Employee number',
  'External ID',
  'Disabled',
  'Deleted',
  'Created',
  'Changed',
  'ID',
])

export function userCsvLine(user: ExportedUser): string {
  const { userName, displayName, email, identityProvider, status, idpActive, profile } = user
  return csvRecord([
    userName,
    displayName,
    email,
    identityProvider,
    status,
    idpActive,
    ...PROFILE.map((name) => profile[name]),
    user.externalId,
    user.disabledAt,
    user.deletedAt,
    user.createdAt,
    user.changedAt,
    user.id,
  ])
}
