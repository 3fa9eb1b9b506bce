import { type Static, Type } from 'typebox'
import { Id, OptionalText, OptionalTime, Role, STRICT, Time } from '../contract/common.ts'

const Email = Type.String({ maxLength: 254 })
const Password = Type.String({ maxLength: 1_000 })

export const SignIn = Type.Object(
  {
    email: Email,
    password: Password,
    organisation: Type.Optional(
      Type.String({ maxLength: 63, description: 'slug; only when the previous response asked for it' }),
    ),
  },
  STRICT,
)
export type SignIn = Static<typeof SignIn>

/** The result of `navigator.credentials`, as JSON. @see https://www.w3.org/TR/webauthn-3/ */
export const Credential = Type.Object(
  { id: Type.String({ maxLength: 1_400 }) },
  { additionalProperties: true },
)

const Code = Type.String({ maxLength: 20, description: 'six digits from the authenticator app' })

const ByCode = Type.Object({ code: Code }, STRICT)
const ByRecoveryCode = Type.Object({ recoveryCode: Type.String({ maxLength: 60 }) }, STRICT)
export const ByPasskey = Type.Object({ ceremonyId: Id, credential: Credential }, STRICT)
export type ByPasskey = Static<typeof ByPasskey>

export const FactorAnswer = Type.Union([ByCode, ByRecoveryCode, ByPasskey])
export type FactorAnswer = Static<typeof FactorAnswer>

/** A fresh proof of identity: the second factor if the account has one, otherwise the password. */
export const Proof = Type.Union([Type.Object({ password: Password }, STRICT), FactorAnswer])
export type Proof = Static<typeof Proof>

const Method = Type.Union([
  Type.Literal('totp'),
  Type.Literal('passkey'),
  Type.Literal('recovery-code'),
  Type.Literal('password'),
])

export const Proofs = Type.Object({ methods: Type.Array(Method) })
export type Proofs = Static<typeof Proofs>

/** Options for `navigator.credentials.get`. The `ceremonyId` goes back with its result. */
export const PasskeyQuestion = Type.Object({
  ceremonyId: Id,
  options: Type.Object({}, { additionalProperties: true }),
})
export type PasskeyQuestion = Static<typeof PasskeyQuestion>

/** The signed-in administrator and the session. */
export const Me = Type.Object(
  {
    administrator: Type.Object({ id: Id, email: Type.String(), name: Type.String(), role: Role }),
    tenant: Type.Object({ id: Id, slug: Type.String(), name: Type.String() }),
    /** Send it as X-CSRF-Token with every request that changes something. */
    csrfToken: Type.String(),
    provenAt: OptionalTime,
  },
  { $id: 'Me' },
)
export type Me = Static<typeof Me>

/** The next step of the sign-in, with the members that this step needs. */
export const SignInAnswer = Type.Object({
  next: Type.Union([
    Type.Literal('complete'),
    Type.Literal('factor'),
    Type.Literal('organisation'),
    Type.Literal('sign-in'),
  ]),
  me: Type.Optional(Me),
  methods: Type.Optional(Type.Array(Method)),
  organisations: Type.Optional(Type.Array(Type.Object({ slug: Type.String(), name: Type.String() }))),
  recoveryCodes: Type.Optional(Type.Array(Type.String(), { description: 'shown only in this response' })),
})
export type SignInAnswer = Static<typeof SignInAnswer>

/** What the sign-in page can offer. */
export const SignInMethods = Type.Object({
  passkeys: Type.Boolean(),
  passkeysUnavailable: OptionalText,
  mail: Type.Boolean({ description: 'whether a forgotten password can be reset by email' }),
})
export type SignInMethods = Static<typeof SignInMethods>

export const ForgottenPassword = Type.Object({ email: Email }, STRICT)
export type ForgottenPassword = Static<typeof ForgottenPassword>

export const OwnSession = Type.Object({
  id: Id,
  current: Type.Boolean(),
  createdAt: Time,
  lastSeenAt: Time,
  sourceAddress: OptionalText,
  userAgent: OptionalText,
})
export type OwnSession = Static<typeof OwnSession>

export const OwnSessions = Type.Object({ items: Type.Array(OwnSession) })
export type OwnSessions = Static<typeof OwnSessions>
export const Ended = Type.Object({ ended: Type.Integer() })
