import type { StableIdentifier } from './identifier.ts'

/** Why no user could be identified for certain. */
export type IdentityRefusal =
  | 'not-on-the-list'
  /** The rule finds a user who has another identifier: the name may have changed hands. */
  | 'linked-to-another'
  /** The identifier is linked to one user, and the rule finds another. */
  | 'names-another-user'
  /** The name equals a user's only after compatibility mapping. */
  | 'look-alike'
  /** Several users have the externalId that was sent. */
  | 'ambiguous-external-id'
  | 'identifier-missing'
  | 'transient-name-id'

/** A refusal that an administrator can resolve by unlinking a user. */
export interface Conflict {
  readonly denied: 'linked-to-another' | 'names-another-user'
  readonly namedUserId: string
  readonly linkedUserId?: string
}

/** Details of a refused sign-in for the activity log. */
export interface RefusedIdentity {
  readonly denied: IdentityRefusal
  /** The user's name at the identity provider. */
  readonly name: string
  readonly identifier?: StableIdentifier
  /** The user that the rule finds, or a look-alike. */
  readonly namedUserId?: string
  /** The user that the identifier is linked to. */
  readonly linkedUserId?: string
}
