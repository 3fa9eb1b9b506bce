import { type Static, Type } from 'typebox'
import { Id, OptionalTime, STRICT, Time } from '../contract/common.ts'

const ApiKeyRole = Type.Union([Type.Literal('admin'), Type.Literal('auditor')])

export const ApiKey = Type.Object(
  {
    id: Id,
    name: Type.String(),
    role: ApiKeyRole,
    effectiveRole: Type.Union([ApiKeyRole, Type.Null()], {
      description:
        'never higher than the present role of its creator; null: the creator is disabled, and the key is refused',
    }),
    ending: Type.String({ description: 'the last characters of the key' }),
    createdBy: Type.String(),
    createdAt: Time,
    expiresAt: OptionalTime,
    lastUsedAt: OptionalTime,
  },
  { $id: 'ApiKey' },
)
export type ApiKey = Static<typeof ApiKey>

export const ApiKeys = Type.Object({ items: Type.Array(ApiKey) })
export type ApiKeys = Static<typeof ApiKeys>

export const NewApiKey = Type.Object(
  {
    name: Type.String({ maxLength: 400 }),
    role: ApiKeyRole,
    expiresInDays: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: 3_650 }), Type.Literal('never')], {
        description: '90 when absent',
      }),
    ),
  },
  STRICT,
)
export type NewApiKey = Static<typeof NewApiKey>

export const IssuedApiKey = Type.Object({
  apiKey: ApiKey,
  key: Type.String({ description: 'shown only in this response' }),
})
export type IssuedApiKey = Static<typeof IssuedApiKey>
