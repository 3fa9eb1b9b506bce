import { type Static, Type } from 'typebox'
import {
  DownloadFormat,
  Id,
  OptionalText,
  OptionalTime,
  PageQuery,
  pageOf,
  STRICT,
  Time,
} from '../contract/common.ts'

export const ProviderRef = Type.Object({
  id: Id,
  name: Type.String(),
  type: Type.Union([Type.Literal('local'), Type.Literal('saml'), Type.Literal('oidc')]),
})
export type ProviderRef = Static<typeof ProviderRef>

export const UserStatus = Type.Union(
  [Type.Literal('active'), Type.Literal('inactive'), Type.Literal('disabled'), Type.Literal('deleted')],
  {
    description:
      'inactive: deactivated by the identity provider; disabled: by an administrator; deleted: in the portal, while the SCIM resource remains',
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
    description:
      'whether the user is active at the identity provider; an administrator can disable the user all the same',
  }),
  disabledAt: OptionalTime,
  deletedAt: OptionalTime,
  createdAt: Time,
  changedAt: Time,
}

export const UserSummary = Type.Object(summary)
export type UserSummary = Static<typeof UserSummary>

/** Counting stops at a limit, so a large total is a lower bound. */
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
    sorts: Type.Array(UserSort, { description: 'the orders that are available for this list' }),
  },
  { $id: 'UserPage' },
)
export type UserPage = Static<typeof UserPage>

const filter = {
  q: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'part of the userName or displayName, or a whole email address',
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

export const UserExportQuery = Type.Object({ ...filter, format: DownloadFormat }, STRICT)
export type UserExportQuery = Static<typeof UserExportQuery>

export const UserCount = Type.Object({
  matching: Type.Integer({ description: 'users that match the filter' }),
  all: Type.Integer({ description: 'users of the tenant' }),
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
    groups: Type.Array(GroupRef, { description: 'indirect: through membership in a nested group' }),
    resource: Type.Record(Type.String(), Type.Unknown(), {
      description: 'the SCIM resource as the identity provider sees it',
    }),
    isEditable: Type.Boolean({ description: 'whether the user is managed in the portal' }),
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

/** Names the users by `ids` or by `filter`, never both. */
export const BulkAction = Type.Object(
  {
    action: UserAction,
    ids: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 1_000, uniqueItems: true })),
    filter: Type.Optional(UserFilter),
    confirmedCount: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'required with a filter: the number of users that was confirmed. When the filter matches more, the request is refused',
      }),
    ),
  },
  STRICT,
)
export type BulkAction = Static<typeof BulkAction>

/** A user whom the identity provider deleted, while the user can be restored. */
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
export type DeletedUserQuery = Static<typeof DeletedUserQuery>
