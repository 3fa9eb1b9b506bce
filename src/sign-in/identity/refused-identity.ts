import type { StableIdentifier } from './identifier.ts'

/** Why it is not clear, or not certain, which user signs in. */
export type IdentityRefusal =
  | 'not-on-the-list'
  /** The rule names a user to whom another identifier is linked: the name may have changed hands. */
  | 'linked-to-another'
  /** The identifier is linked to one user, and the rule names another. */
  | 'names-another-user'
  /** The name is equal to a user's only after compatibility mapping. */
  | 'look-alike'
  /** Several users have the externalId that was sent. */
  | 'ambiguous-external-id'
  | 'identifier-missing'
  | 'transient-name-id'

/** Of a refusal that an administrator can resolve by ending a link. */
export interface Conflict {
  readonly denied: 'linked-to-another' | 'names-another-user'
  readonly namedUserId: string
  readonly linkedUserId?: string
}

/** What the activity log says of a sign-in that was refused since nobody was identified for certain. */
export interface RefusedIdentity {
  readonly denied: IdentityRefusal
  /** What the identity provider calls them. */
  readonly name: string
  readonly identifier?: StableIdentifier
  /** The user whom the rule names, or nearly names. */
  readonly namedUserId?: string
  /** The user to whom the identifier is linked. */
  readonly linkedUserId?: string
}
