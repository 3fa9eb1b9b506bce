import { type Static, Type } from 'typebox'
import { Id, OptionalText, OptionalTime, STRICT, Time } from '../contract/common.ts'

const Minutes = Type.Union([Type.Integer({ minimum: 1, maximum: 720 }), Type.Null()])
const GivenMinutes = Type.Union([...Minutes.anyOf, Type.Literal('unlimited')], {
  description: '"unlimited" removes a limit; null is accepted only where there is no limit',
})
const SubjectType = Type.Union([Type.Literal('User'), Type.Literal('Group')])

/** What an administrator configures of an application. */
export const ApplicationInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    origin: Type.String({
      maxLength: 300,
      description: 'such as https://wiki.example.com; the whole host is protected',
    }),
    enabled: Type.Optional(Type.Boolean()),
    forEverybody: Type.Optional(Type.Boolean({ description: 'all users of the tenant have access' })),
    sessionMinutes: Type.Optional(GivenMinutes),
    factorMinutes: Type.Optional(GivenMinutes),
    grants: Type.Optional(Type.Array(Type.Object({ type: SubjectType, id: Id }), { maxItems: 1_000 })),
  },
  { ...STRICT, $id: 'ApplicationInput' },
)
export type ApplicationInput = Static<typeof ApplicationInput>

const Grant = Type.Object({ type: SubjectType, id: Id, name: Type.String() })

const LostGrant = Type.Object(
  {
    type: SubjectType,
    /** The deleted user or group. */
    id: Id,
    name: OptionalText,
    externalId: OptionalText,
    idpId: OptionalText,
    /** Null when the identity provider has been deleted too. */
    idpName: OptionalText,
    /** Null when unknown. */
    lostAt: OptionalTime,
    successor: Type.Union([Grant, Type.Null()], {
      description:
        'the restored user, or the one group of the same identity provider with the same name and externalId; only if it has no access yet',
    }),
  },
  { $id: 'LostGrant' },
)
export type LostGrant = Static<typeof LostGrant>

export const Successor = Type.Object({ id: Id }, STRICT)
export type Successor = Static<typeof Successor>

export const Application = Type.Object(
  {
    id: Id,
    name: Type.String(),
    origin: Type.String(),
    enabled: Type.Boolean(),
    forEverybody: Type.Boolean(),
    /** Maximum age of a sign-in; null: the length of a session. */
    sessionMinutes: Minutes,
    /** Maximum age of a second factor; null: no second factor is required. */
    factorMinutes: Minutes,
    grants: Type.Array(Grant, { description: 'the users and groups that have access' }),
    lostGrants: Type.Array(LostGrant, {
      description: 'grants of deleted users and groups, newest first; they give no access',
    }),
    /** For If-Match. */
    version: Type.String(),
    createdAt: Time,
    changedAt: Time,
  },
  { $id: 'Application' },
)
export type Application = Static<typeof Application>

export const Applications = Type.Object({ items: Type.Array(Application) })
export type Applications = Static<typeof Applications>
