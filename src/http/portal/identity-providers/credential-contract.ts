import { type Static, Type } from 'typebox'
import { Id, OptionalTime, STRICT, Time } from '../contract/common.ts'

const dates = { createdAt: Time, expiresAt: OptionalTime, retiredAt: OptionalTime, lastUsedAt: OptionalTime }

/** SCIM credentials without secret and token, which are shown only when they are created. */
export const Credential = Type.Object({ id: Id, key: Type.String(), ...dates }, { $id: 'Credential' })
export type Credential = Static<typeof Credential>
export const Credentials = Type.Object({ items: Type.Array(Credential) })
export type Credentials = Static<typeof Credentials>

export const Rotate = Type.Object({ expiresAt: Type.Optional(OptionalTime) }, STRICT)
export type Rotate = Static<typeof Rotate>

/** New SCIM credentials: the only response with their secret and token. */
export const IssuedCredential = Type.Object(
  {
    id: Id,
    endpoint: Type.String(),
    key: Type.String(),
    secret: Type.String(),
    token: Type.String(),
    expiresAt: OptionalTime,
  },
  { $id: 'IssuedCredential' },
)
export type IssuedCredential = Static<typeof IssuedCredential>

/** A public key with which a client signs its token requests. */
export const ClientKey = Type.Object(
  { id: Id, kid: Type.String(), kind: Type.String({ description: 'such as RSA 2048' }), ...dates },
  { $id: 'ClientKey' },
)
export type ClientKey = Static<typeof ClientKey>
export const ClientKeys = Type.Object({ items: Type.Array(ClientKey) })
export type ClientKeys = Static<typeof ClientKeys>

export const AddClientKeys = Type.Object(
  {
    jwks: Type.String({
      maxLength: 65_536,
      description: 'JSON Web Key Set, one JSON Web Key, or public keys in PEM',
    }),
    expiresAt: Type.Optional(OptionalTime),
  },
  STRICT,
)
export type AddClientKeys = Static<typeof AddClientKeys>
