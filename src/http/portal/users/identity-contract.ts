import { type Static, Type } from 'typebox'
import { Id, Time } from '../contract/common.ts'

const identity = {
  issuer: Type.String(),
  source: Type.String({ description: 'sub, NameID, or the claim or attribute that was declared stable' }),
  identifier: Type.String(),
}

const UserRef = Type.Object({ id: Id, userName: Type.String() })

/** A sign-in that was refused because a link and the rule of the identity provider disagree. */
export const IdentityConflict = Type.Object({
  ...identity,
  reason: Type.Union([Type.Literal('linked-to-another'), Type.Literal('names-another-user')], {
    description:
      'linked-to-another: the user who is named is linked to another identifier; names-another-user: the identifier is linked to another user than the one who is named',
  }),
  name: Type.String({ description: 'what the identity provider called them' }),
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
      description: 'identifiers that decide at sign-in; one at most',
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
        'what its sign-ins brought since issuer, stableIdentifier and matching were changed last; to the hour',
    }),
    linkedUsers: Type.Integer({
      description: 'whose links end when issuer, stableIdentifier or matching is changed',
    }),
    sessions: Type.Integer({ description: 'live sessions, which end with such a change' }),
    conflicts: Type.Array(IdentityConflict, { description: 'the latest 50' }),
  },
  { $id: 'Identification' },
)
export type Identification = Static<typeof Identification>
