import { type Static, Type } from 'typebox'
import { HandedLink } from '../administrators/contract.ts'
import { Id, OptionalText, OptionalTime, STRICT, Time } from '../contract/common.ts'

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
  more: Type.Boolean({
    description: 'more users are pending activation; they are listed when these are activated',
  }),
})
export type WaitingUsers = Static<typeof WaitingUsers>

export const UserEnrolment = Type.Object({
  enrolledAt: OptionalTime,
  activatedAt: OptionalTime,
  waiting: Type.Boolean({ description: 'the user has enrolled and is pending activation' }),
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
  recoveryCodes: Type.Integer({ description: 'unused recovery codes' }),
  devices: Type.Integer({ description: 'remembered devices' }),
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
    description: 'the authenticator app, codes by email or phone, or the id of a passkey',
  }),
})

export const UserInvitation = Type.Object(
  { mail: Type.Optional(Type.Boolean({ description: 'false: the link is returned instead of mailed' })) },
  STRICT,
)
export type UserInvitation = Static<typeof UserInvitation>

export const InvitedUser = Type.Object({ link: HandedLink })
export type InvitedUser = Static<typeof InvitedUser>
