import { type Static, Type } from 'typebox'
import { Id, OptionalText, OptionalTime, PageQuery, pageOf, Time } from '../contract/common.ts'

const STRICT = { additionalProperties: false }

export const ProviderRef = Type.Object({
  id: Id,
  name: Type.String(),
  type: Type.Union([Type.Literal('local'), Type.Literal('saml'), Type.Literal('oidc')]),
})

export const UserStatus = Type.Union(
  [Type.Literal('active'), Type.Literal('inactive'), Type.Literal('disabled'), Type.Literal('deleted')],
  {
    description:
      'inactive: the identity provider says so; disabled: an administrator holds the user; deleted: in the portal, while the SCIM resource stays',
  },
)
export type UserStatus = Static<typeof UserStatus>

const summary = {
  id: Id,
  userName: Type.String(),
  displayName: OptionalText,
  email: OptionalText,
  identityProvider: ProviderRef,
  status: UserStatus,
  idpActive: Type.Boolean({
    description: 'what the identity provider said last, whatever an administrator holds',
  }),
  disabledAt: OptionalTime,
  deletedAt: OptionalTime,
  createdAt: Time,
  changedAt: Time,
}

export const UserSummary = Type.Object(summary)
export type UserSummary = Static<typeof UserSummary>

/** Of many it is only known that there are at least so many. */
const totalIsAtLeast = Type.Boolean({ description: 'there are more than `total`' })

const UserSort = Type.Union([
  Type.Literal('userName'),
  Type.Literal('displayName'),
  Type.Literal('created'),
  Type.Literal('changed'),
])

export const UserPage = Type.Object(
  {
    ...pageOf(UserSummary).properties,
    totalIsAtLeast,
    sorts: Type.Array(UserSort, { description: 'the orders in which this list can be had' }),
  },
  { $id: 'UserPage' },
)
export type UserPage = Static<typeof UserPage>

const filter = {
  q: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'part of the userName or displayName, or a whole e-mail address',
    }),
  ),
  identityProviderId: Type.Optional(Id),
  status: Type.Optional(UserStatus),
  groupId: Type.Optional(Type.String({ format: 'uuid', description: 'direct members of this group' })),
}

export const UserFilter = Type.Object(filter, STRICT)
export type UserFilter = Static<typeof UserFilter>

export const UserQuery = Type.Object(
  {
    ...PageQuery,
    ...filter,
    sort: Type.Optional(Type.Union(UserSort.anyOf, { default: 'userName' })),
    order: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')], { default: 'asc' })),
  },
  STRICT,
)
export type UserQuery = Static<typeof UserQuery>

export const UserExportQuery = Type.Object(
  {
    ...filter,
    format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('json')], { default: 'csv' })),
  },
  STRICT,
)

export const UserCount = Type.Object({
  matching: Type.Integer({ description: 'that the filter finds' }),
  all: Type.Integer({ description: 'of the tenant' }),
})
export type UserCount = Static<typeof UserCount>

const GroupRef = Type.Object({
  id: Id,
  displayName: Type.String(),
  type: Type.Union([Type.Literal('direct'), Type.Literal('indirect')]),
})

export const User = Type.Object(
  {
    ...summary,
    externalId: OptionalText,
    version: Type.String({ description: 'for If-Match' }),
    profile: Type.Record(Type.String(), Type.String()),
    groups: Type.Array(GroupRef, { description: 'indirect: by being in a group that is in them' }),
    resource: Type.Record(Type.String(), Type.Unknown(), {
      description: 'as SCIM answers it to the identity provider',
    }),
    isEditable: Type.Boolean({ description: 'whether the portal is the master of this user' }),
  },
  { $id: 'User' },
)
export type User = Static<typeof User>

const text = (maxLength: number) => Type.String({ maxLength })
const clearable = (maxLength: number) => Type.Optional(Type.Union([text(maxLength), Type.Null()]))

const optional = {
  givenName: clearable(200),
  familyName: clearable(200),
  displayName: clearable(400),
  phoneNumber: clearable(60),
  title: clearable(200),
  department: clearable(200),
  manager: clearable(200),
  employeeNumber: clearable(100),
}

const UserName = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })
const Email = Type.String({ format: 'email', maxLength: 254 })

export const NewUser = Type.Object({ userName: UserName, email: Email, ...optional }, STRICT)
export type NewUser = Static<typeof NewUser>

export const UserChange = Type.Object(
  { userName: Type.Optional(UserName), email: Type.Optional(Email), ...optional },
  { ...STRICT, minProperties: 1 },
)
export type UserChange = Static<typeof UserChange>

export const UserAction = Type.Union([
  Type.Literal('disable'),
  Type.Literal('enable'),
  Type.Literal('delete'),
  Type.Literal('restore'),
])
export type UserAction = Static<typeof UserAction>

/** To those that are named, or to all that a filter finds. */
export const BulkAction = Type.Object(
  {
    action: UserAction,
    ids: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 1_000, uniqueItems: true })),
    filter: Type.Optional(UserFilter),
    confirmedCount: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'with a filter: how many the person was told of; more are refused',
      }),
    ),
  },
  STRICT,
)
export type BulkAction = Static<typeof BulkAction>

/** Deleted by its identity provider, and kept for a while. */
export const DeletedUser = Type.Object(
  {
    id: Id,
    userName: Type.String(),
    displayName: OptionalText,
    identityProvider: ProviderRef,
    deletedAt: Time,
    restorableUntil: Time,
  },
  { $id: 'DeletedUser' },
)
export type DeletedUser = Static<typeof DeletedUser>

export const DeletedUserPage = pageOf(DeletedUser)
export type DeletedUserPage = Static<typeof DeletedUserPage>

export const DeletedUserQuery = Type.Object(
  {
    ...PageQuery,
    q: Type.Optional(Type.String({ maxLength: 200, description: 'the beginning of the userName' })),
    identityProviderId: Type.Optional(Id),
  },
  STRICT,
)
