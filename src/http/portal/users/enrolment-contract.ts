import { type Static, Type } from 'typebox'
import { HandedLink } from '../administrators/contract.ts'
import { Id, OptionalText, OptionalTime, Time } from '../contract/common.ts'

export const WaitingUsers = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Id,
      userName: Type.String(),
      displayName: OptionalText,
      identityProvider: Type.String(),
      enrolledAt: Time,
    }),
  ),
  more: Type.Boolean({ description: 'others come up as these are let in' }),
})
export type WaitingUsers = Static<typeof WaitingUsers>

export const UserEnrolment = Type.Object({
  enrolledAt: OptionalTime,
  activatedAt: OptionalTime,
  waiting: Type.Boolean({ description: 'an administrator is to let them in' }),
})
export type UserEnrolment = Static<typeof UserEnrolment>

const Times = { createdAt: Time, lastUsedAt: OptionalTime }

export const UserFactors = Type.Object({
  totp: Type.Union([Type.Object(Times), Type.Null()]),
  passkeys: Type.Array(Type.Object({ id: Id, name: Type.String(), rpId: Type.String(), ...Times })),
  addresses: Type.Array(
    Type.Object({
      method: Type.Union([Type.Literal('email'), Type.Literal('phone')]),
      createdAt: Time,
    }),
  ),
  recoveryCodes: Type.Integer({ description: 'how many are left' }),
  devices: Type.Integer({ description: 'browsers that are remembered' }),
})
export type UserFactors = Static<typeof UserFactors>

export const UserSessions = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Id,
      createdAt: Time,
      lastSeenAt: Time,
      factorAt: OptionalTime,
      sourceAddress: OptionalText,
      userAgent: OptionalText,
    }),
  ),
})
export type UserSessions = Static<typeof UserSessions>

export const UserSessionParams = Type.Object({ id: Id, sessionId: Id })

export const EndedSessions = Type.Object({ ended: Type.Integer({ minimum: 0 }) })
export type EndedSessions = Static<typeof EndedSessions>

export const UserFactorParams = Type.Object({
  id: Id,
  factor: Type.Union([Type.Literal('totp'), Type.Literal('email'), Type.Literal('phone'), Id], {
    description: 'the authenticator app, codes by e-mail or phone, or the id of a passkey',
  }),
})

export const UserInvitation = Type.Object(
  { mail: Type.Optional(Type.Boolean({ description: 'false: the link is only shown' })) },
  { additionalProperties: false },
)
export type UserInvitation = Static<typeof UserInvitation>

export const InvitedUser = Type.Object({ link: HandedLink })
export type InvitedUser = Static<typeof InvitedUser>
