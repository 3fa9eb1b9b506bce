import type { UserFilter as DirectoryFilter } from '#directory/administration/browse-users.ts'
import type { UserSummary as DirectoryUser } from '#directory/administration/user-summary.ts'
import type { ExportedUser } from '#directory/administration/walk-users.ts'
import { csvRecord } from '#protocol/csv.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { ProviderRef, UserFilter, UserSummary } from './contract.ts'

type ProviderColumns = Pick<DirectoryUser, 'idpId' | 'identityProvider' | 'idpType'>

export function providerRefOf({
  idpId: id,
  identityProvider: name,
  idpType: type,
}: ProviderColumns): ProviderRef {
  return { id, name, type }
}

/** Returns a user of the directory in the words of the contract. */
export function userSummaryOf(user: DirectoryUser): UserSummary {
  const { id, userName, displayName, email, status, idpActive } = user
  const { disabledAt, deletedAt, createdAt, changedAt } = user
  return {
    id,
    userName,
    displayName,
    email,
    identityProvider: providerRefOf(user),
    status,
    idpActive,
    ...withIsoTimes({ disabledAt, deletedAt, createdAt, changedAt }),
  }
}

export function directoryFilterOf({ q, identityProviderId, status, groupId }: UserFilter): DirectoryFilter {
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
