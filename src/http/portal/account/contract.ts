import { type Static, Type } from 'typebox'
import { Id, OptionalText, OptionalTime, Role, STRICT, Time } from '../contract/common.ts'
import { Credential } from '../session/contract.ts'

const Name = Type.String({ maxLength: 400 })
const Password = Type.String({ maxLength: 1_000 })

export const OwnChange = Type.Object({ name: Name }, STRICT)
export type OwnChange = Static<typeof OwnChange>

export const PasswordChange = Type.Object({ current: Password, password: Password }, STRICT)
export type PasswordChange = Static<typeof PasswordChange>

const Passkey = Type.Object({
  id: Id,
  name: Type.String(),
  /** False for a passkey that was created for another host name. */
  usable: Type.Boolean(),
  createdAt: Time,
  lastUsedAt: OptionalTime,
})

export const OwnFactors = Type.Object({
  totp: Type.Union([Type.Object({ createdAt: Time, lastUsedAt: OptionalTime }), Type.Null()]),
  passkeys: Type.Array(Passkey),
  recoveryCodes: Type.Integer({ description: 'unused recovery codes' }),
  passkeysUnavailable: OptionalText,
})
export type OwnFactors = Static<typeof OwnFactors>

/** The first half of enrolling an authenticator app. */
export const TotpEnrolment = Type.Object({
  enrolmentId: Id,
  secret: Type.String({ description: 'in Base32, for typing' }),
  uri: Type.String({ description: 'otpauth://' }),
  qrCode: Type.String({ description: 'the URI as a QR code: a data URL of an SVG' }),
})
export type TotpEnrolment = Static<typeof TotpEnrolment>

/** The first half of creating a passkey: options for `navigator.credentials.create`. */
export const PasskeyEnrolment = Type.Object({
  enrolmentId: Id,
  options: Type.Object({}, { additionalProperties: true }),
})
export type PasskeyEnrolment = Static<typeof PasskeyEnrolment>

const NewTotp = Type.Object({ enrolmentId: Id, code: Type.String({ maxLength: 20 }) }, STRICT)
const NewPasskey = Type.Object({ enrolmentId: Id, credential: Credential, name: Type.Optional(Name) }, STRICT)
export const NewFactor = Type.Union([NewTotp, NewPasskey])
export type NewFactor = Static<typeof NewFactor>

export const RecoveryCodes = Type.Object({
  recoveryCodes: Type.Optional(Type.Array(Type.String(), { description: 'shown only in this response' })),
})
export type RecoveryCodes = Static<typeof RecoveryCodes>

/** What a one-time link is for. */
export const AccountLink = Type.Object({
  kind: Type.Union([Type.Literal('setup'), Type.Literal('invitation'), Type.Literal('reset')]),
  tenant: Type.String(),
  email: OptionalText,
  role: Role,
  /** Whether the account has a second factor; without one its password has to be longer. */
  hasFactor: Type.Boolean(),
  passkeysUnavailable: OptionalText,
})
export type AccountLink = Static<typeof AccountLink>

export const LinkParams = Type.Object({ token: Type.String({ maxLength: 120 }) })
/** Type parameter of `FastifyRequest` for a route with `LinkParams`. */
export type ByLink = { Params: Static<typeof LinkParams> }

export const LinkPerson = Type.Object(
  { email: Type.Optional(Type.String({ maxLength: 254 })), name: Type.Optional(Name) },
  STRICT,
)
export type LinkPerson = Static<typeof LinkPerson>

export const Acceptance = Type.Object(
  {
    email: Type.Optional(Type.String({ maxLength: 254, description: 'of the first owner' })),
    name: Type.Optional(Name),
    password: Password,
    factor: Type.Optional(NewFactor),
  },
  STRICT,
)
export type Acceptance = Static<typeof Acceptance>
