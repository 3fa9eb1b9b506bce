import { type Static, Type } from 'typebox'
import { Id, OptionalTime, Role, Time } from '../contract/common.ts'

const STRICT = { additionalProperties: false }

export const Administrator = Type.Object(
  {
    id: Id,
    email: Type.String(),
    name: Type.String(),
    role: Role,
    disabled: Type.Boolean(),
    createdAt: Time,
    factors: Type.Integer({ description: 'authenticator app and passkeys' }),
    lastSeenAt: OptionalTime,
  },
  { $id: 'Administrator' },
)
export type Administrator = Static<typeof Administrator>

export const Administrators = Type.Object({ items: Type.Array(Administrator) })
export type Administrators = Static<typeof Administrators>

export const AdministratorChange = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 400 })),
    role: Type.Optional(Role),
    disabled: Type.Optional(Type.Boolean()),
  },
  { ...STRICT, minProperties: 1 },
)
export type AdministratorChange = Static<typeof AdministratorChange>

/** A link to hand over; mailed when mail is set up, and shown when it is not. */
export const HandedLink = Type.Object({
  mailed: Type.Boolean(),
  url: Type.Optional(Type.String({ description: 'shown only now; absent when it was mailed' })),
})
export type HandedLink = Static<typeof HandedLink>

export const FactorsReset = Type.Object({
  factors: Type.Integer({ description: 'how many there were' }),
  /** The password was short, so it is void without them. */
  needsPassword: Type.Boolean(),
})
export type FactorsReset = Static<typeof FactorsReset>

export const NewInvitation = Type.Object({ email: Type.String({ maxLength: 254 }), role: Role }, STRICT)
export type NewInvitation = Static<typeof NewInvitation>

export const Invitation = Type.Object({
  id: Id,
  email: Type.String(),
  role: Role,
  invitedBy: Type.String(),
  createdAt: Time,
  expiresAt: Time,
})
export type Invitation = Static<typeof Invitation>

export const Invitations = Type.Object({ items: Type.Array(Invitation) })
export type Invitations = Static<typeof Invitations>

export const IssuedInvitation = Type.Object({ invitation: Invitation, link: HandedLink })
export type IssuedInvitation = Static<typeof IssuedInvitation>
