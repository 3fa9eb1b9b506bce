import { type Static, Type } from 'typebox'
import { Id, OptionalTime, Time } from '../contract/common.ts'

const ApiKeyRole = Type.Union([Type.Literal('admin'), Type.Literal('auditor')])

export const ApiKey = Type.Object(
  {
    id: Id,
    name: Type.String(),
    role: ApiKeyRole,
    effectiveRole: Type.Union([ApiKeyRole, Type.Null()], {
      description:
        'never more than its creator may do now; null: its creator is disabled, and the key is refused',
    }),
    ending: Type.String({ description: 'its last characters' }),
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
        description: '90 when it is left out',
      }),
    ),
  },
  { additionalProperties: false },
)
export type NewApiKey = Static<typeof NewApiKey>

export const IssuedApiKey = Type.Object({
  apiKey: ApiKey,
  key: Type.String({ description: 'shown only now' }),
})
export type IssuedApiKey = Static<typeof IssuedApiKey>
