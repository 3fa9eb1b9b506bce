import { type Static, Type } from 'typebox'
import { Id, OptionalTime, Role, STRICT, Time } from '../contract/common.ts'

export const Administrator = Type.Object(
  {
    id: Id,
    email: Type.String(),
    name: Type.String(),
    role: Role,
    disabled: Type.Boolean(),
    createdAt: Time,
    factors: Type.Integer({ description: 'number of authenticator apps and passkeys' }),
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

/** A one-time link. It is mailed when SMTP is configured; otherwise the administrator passes on the `url`. */
export const HandedLink = Type.Object({
  mailed: Type.Boolean(),
  url: Type.Optional(Type.String({ description: 'shown only in this response; absent when it was mailed' })),
})
export type HandedLink = Static<typeof HandedLink>

export const FactorsReset = Type.Object({
  factors: Type.Integer({ description: 'number of removed factors' }),
  /** The password is too short to be used without a second factor, so it was removed too. */
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
