import { type Static, Type } from 'typebox'
import { Id, OptionalTime, Time } from '../contract/common.ts'

/** A key that signs `Remote-Token`. */
export const SigningKey = Type.Object(
  {
    id: Id,
    state: Type.Union([Type.Literal('next'), Type.Literal('signing'), Type.Literal('retiring')], {
      description:
        'next: published, will sign later; retiring: no longer signs, published until its tokens expire',
    }),
    createdAt: Time,
    signsFrom: Time,
    /** Null until another key takes over. */
    signsUntil: OptionalTime,
    /** When it is removed from the list of keys; null until another key takes over. */
    publishedUntil: OptionalTime,
  },
  { $id: 'SigningKey' },
)
export type SigningKey = Static<typeof SigningKey>

export const SigningKeys = Type.Object({
  /** `iss` of the tokens. */
  issuer: Type.String(),
  keysUrl: Type.String({ description: 'the list of keys, as a JSON Web Key Set' }),
  items: Type.Array(SigningKey),
})
export type SigningKeys = Static<typeof SigningKeys>
