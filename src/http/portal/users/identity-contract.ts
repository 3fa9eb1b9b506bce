import { type Static, Type } from 'typebox'
import { Id, Time } from '../contract/common.ts'

const identity = {
  issuer: Type.String(),
  source: Type.String({
    description: 'sub, NameID, or the claim or attribute that was configured as stable identifier',
  }),
  identifier: Type.String(),
}

const UserRef = Type.Object({ id: Id, userName: Type.String() })

/** A refused sign-in: the linked identity and the matching rule of the identity provider lead to different users. */
export const IdentityConflict = Type.Object({
  ...identity,
  reason: Type.Union([Type.Literal('linked-to-another'), Type.Literal('names-another-user')], {
    description:
      'linked-to-another: the named user is linked to another identifier; names-another-user: the identifier is linked to another user than the named one',
  }),
  name: Type.String({ description: 'the name in the sign-in, which the matching rule uses' }),
  namedUser: UserRef,
  linkedUser: Type.Union([UserRef, Type.Null()]),
  times: Type.Integer(),
  firstAt: Time,
  lastAt: Time,
})
export type IdentityConflict = Static<typeof IdentityConflict>

export const UserIdentities = Type.Object(
  {
    items: Type.Array(Type.Object({ ...identity, linkedAt: Time }), {
      description: 'the identifier that decides at sign-in; at most one',
    }),
    conflicts: Type.Array(IdentityConflict),
  },
  { $id: 'UserIdentities' },
)
export type UserIdentities = Static<typeof UserIdentities>

const Kind = Type.Union([
  Type.Literal('sub'),
  Type.Literal('declared'),
  Type.Literal('persistent'),
  Type.Literal('transient'),
  Type.Literal('email'),
  Type.Literal('unspecified'),
  Type.Literal('other'),
])

/** How the users of an identity provider are identified. */
export const Identification = Type.Object(
  {
    arrived: Type.Array(Type.Object({ kind: Kind, lastAt: Time }), {
      description:
        'kinds of identifiers in sign-ins since issuer, stableIdentifier or matching last changed; times are accurate to the hour',
    }),
    linkedUsers: Type.Integer({
      description: 'users whose link ends when issuer, stableIdentifier or matching changes',
    }),
    sessions: Type.Integer({ description: 'active sessions, which such a change revokes' }),
    conflicts: Type.Array(IdentityConflict, { description: 'the latest 50' }),
  },
  { $id: 'Identification' },
)
export type Identification = Static<typeof Identification>
