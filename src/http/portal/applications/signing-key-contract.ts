import { type Static, Type } from 'typebox'
import { Id, Time } from '../contract/common.ts'

const OptionalTime = Type.Union([Time, Type.Null()])

/** A key that signs `Remote-Token`. */
export const SigningKey = Type.Object(
  {
    id: Id,
    state: Type.Union([Type.Literal('next'), Type.Literal('signing'), Type.Literal('retiring')], {
      description:
        'next: published, and signs later; retiring: signs no more, and is published until its tokens expire',
    }),
    createdAt: Time,
    signsFrom: Time,
    /** Null until another key follows. */
    signsUntil: OptionalTime,
    /** When it leaves the list of keys; null until another key follows. */
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
