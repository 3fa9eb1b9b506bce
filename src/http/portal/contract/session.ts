import { type Static, Type } from 'typebox'
import { Id, Role, Time } from './common.ts'

export const SignIn = Type.Object(
  { email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 1_000 }) },
  { additionalProperties: false },
)
export type SignIn = Static<typeof SignIn>

/** Who is signed in, and what the pages need to know of it. */
export const Me = Type.Object(
  {
    administrator: Type.Object({ id: Id, email: Type.String(), name: Type.String(), role: Role }),
    tenant: Type.Object({ id: Id, slug: Type.String(), name: Type.String() }),
    /** Send it as X-CSRF-Token with everything that changes something. */
    csrfToken: Type.String(),
    provenAt: Time,
  },
  { $id: 'Me' },
)
export type Me = Static<typeof Me>
