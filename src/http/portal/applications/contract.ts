import { type Static, Type } from 'typebox'
import { Id, OptionalText, Time } from '../contract/common.ts'

const Minutes = Type.Union([Type.Integer({ minimum: 1, maximum: 720 }), Type.Null()])
const GivenMinutes = Type.Union([...Minutes.anyOf, Type.Literal('unlimited')], {
  description: '"unlimited" is the only way to end a limit; null stands for no limit where there is none',
})
const SubjectType = Type.Union([Type.Literal('User'), Type.Literal('Group')])

/** What an administrator says of an application. */
export const ApplicationInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    origin: Type.String({
      maxLength: 300,
      description: 'such as https://wiki.example.com; a whole host is guarded',
    }),
    enabled: Type.Optional(Type.Boolean()),
    forEverybody: Type.Optional(Type.Boolean({ description: 'everybody of the tenant may reach it' })),
    sessionMinutes: Type.Optional(GivenMinutes),
    factorMinutes: Type.Optional(GivenMinutes),
    grants: Type.Optional(Type.Array(Type.Object({ type: SubjectType, id: Id }), { maxItems: 1_000 })),
  },
  { additionalProperties: false, $id: 'ApplicationInput' },
)
export type ApplicationInput = Static<typeof ApplicationInput>

const Grant = Type.Object({ type: SubjectType, id: Id, name: Type.String() })

const LostGrant = Type.Object(
  {
    type: SubjectType,
    /** Of the user or group that was deleted. */
    id: Id,
    name: OptionalText,
    externalId: OptionalText,
    idpId: OptionalText,
    /** Null when the identity provider was deleted, too. */
    idpName: OptionalText,
    /** Null when nobody knows. */
    lostAt: Type.Union([Time, Type.Null()]),
    successor: Type.Union([Grant, Type.Null()], {
      description:
        'the one group of the same identity provider, name and externalId that exists now and has no access, or the restored user',
    }),
  },
  { $id: 'LostGrant' },
)
export type LostGrant = Static<typeof LostGrant>

export const Successor = Type.Object({ id: Id }, { additionalProperties: false })

export const Application = Type.Object(
  {
    id: Id,
    name: Type.String(),
    origin: Type.String(),
    enabled: Type.Boolean(),
    forEverybody: Type.Boolean(),
    /** How old a sign-in may be; null: as old as the session. */
    sessionMinutes: Minutes,
    /** How old a second factor may be; null: none is asked for. */
    factorMinutes: Minutes,
    grants: Type.Array(Grant, {
      description: 'the users and groups that have access',
    }),
    lostGrants: Type.Array(LostGrant, {
      description: 'grants whose user or group was deleted, the newest first; they give nobody access',
    }),
    /** Give it back in If-Match. */
    version: Type.String(),
    createdAt: Time,
    changedAt: Time,
  },
  { $id: 'Application' },
)
export type Application = Static<typeof Application>

export const Applications = Type.Object({ items: Type.Array(Application) })
export type Applications = Static<typeof Applications>
