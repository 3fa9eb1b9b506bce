// The shapes of a user on its way into and out of its row. They are apart from the functions that use them, so that
// provisioner.ts can name them without a circle of imports.
import type { Change } from '#audit/record.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'

/** What an administrator did to a user. The identity provider can't undo `disabled`. */
export interface Hold {
  readonly disabled: boolean
  readonly deleted: boolean
}

export interface UserRow {
  readonly id: string
  readonly resource: string
  readonly idpActive: boolean
  readonly disabled: boolean
  readonly deleted: boolean
  readonly version: string
  /** As PostgreSQL writes a timestamptz(3) in UTC; see wireTime. */
  readonly createdAt: string
  readonly changedAt: string
  /** The user's groups as lines (userGroups). Null if there are none or they weren't requested. */
  readonly groups: string | null
}

export interface UserColumns {
  readonly userName: string
  readonly userNameKey: string
  readonly externalId: string | null
  readonly displayName: string | null
  readonly displayNameKey: string | null
  readonly emails: string[]
  readonly active: boolean
  readonly idpActive: boolean
  readonly resource: string
  readonly profile: string
}

export interface NewUser {
  readonly id: string
  readonly resource: Resource
  readonly columns: UserColumns
  /**
   * Checks whether another user has the externalId. That takes time, so it is done only after the first attempt was
   * refused.
   */
  readonly mayRepeat?: boolean
}

export interface UserUpdate {
  readonly id: string
  /** The version that was read. If the user has another one by now, nothing is written. */
  readonly version: string
  readonly columns: UserColumns
  readonly hold: Hold
  readonly action: 'create' | 'update'
  readonly change: Change
}

/** What only the database knows of a row that it has just written. */
export type Stamps = Pick<UserRow, 'id' | 'version' | 'createdAt' | 'changedAt'>
