import { type Static, Type } from 'typebox'
import { Id, OptionalText, PageQuery, pageOf, STRICT, Time } from '../contract/common.ts'
import { ProviderRef, UserStatus } from '../users/contract.ts'

const summary = {
  id: Id,
  displayName: Type.String(),
  identityProvider: ProviderRef,
  members: Type.Integer({ description: 'users and groups in it, counted up to a limit' }),
  hasMoreMembers: Type.Boolean({ description: 'there are more than `members`' }),
  createdAt: Time,
  changedAt: Time,
}

export const GroupSummary = Type.Object(summary)
export type GroupSummary = Static<typeof GroupSummary>

export const GroupPage = Type.Object(
  {
    ...pageOf(GroupSummary).properties,
    totalIsAtLeast: Type.Boolean({ description: 'there are more than `total`' }),
  },
  { $id: 'GroupPage' },
)
export type GroupPage = Static<typeof GroupPage>

export const GroupQuery = Type.Object(
  {
    ...PageQuery,
    q: Type.Optional(Type.String({ maxLength: 200, description: 'part of the displayName' })),
    identityProviderId: Type.Optional(Id),
    sort: Type.Optional(
      Type.Union([Type.Literal('displayName'), Type.Literal('created')], { default: 'displayName' }),
    ),
    order: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')], { default: 'asc' })),
  },
  STRICT,
)
export type GroupQuery = Static<typeof GroupQuery>

const GroupRef = Type.Object({ id: Id, displayName: Type.String() })

export const Group = Type.Object(
  {
    ...summary,
    externalId: OptionalText,
    memberOf: Type.Array(GroupRef, { description: 'groups that contain it; at most 100' }),
    nested: Type.Array(GroupRef, { description: 'groups that it contains; at most 100' }),
    resource: Type.Record(Type.String(), Type.Unknown(), {
      description: 'the SCIM resource without members',
    }),
    isEditable: Type.Boolean({ description: 'whether the group is managed in the portal' }),
  },
  { $id: 'Group' },
)
export type Group = Static<typeof Group>

export const Member = Type.Object({
  id: Id,
  type: Type.Union([Type.Literal('User'), Type.Literal('Group')]),
  name: Type.String({ description: 'userName of a user, displayName of a group' }),
  displayName: OptionalText,
  status: Type.Union([UserStatus, Type.Null()]),
})
export type Member = Static<typeof Member>

export const MemberPage = pageOf(Member)
export type MemberPage = Static<typeof MemberPage>

export const MemberQuery = Type.Object(PageQuery, STRICT)
export type MemberQuery = Static<typeof MemberQuery>

const DisplayName = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })

export const NewGroup = Type.Object({ displayName: DisplayName }, STRICT)
export type NewGroup = Static<typeof NewGroup>

export const GroupChange = Type.Object({ displayName: DisplayName }, STRICT)
export type GroupChange = Static<typeof GroupChange>

const Ids = Type.Optional(Type.Array(Id, { maxItems: 1_000, uniqueItems: true }))

export const MemberChange = Type.Object({ add: Ids, remove: Ids }, { ...STRICT, minProperties: 1 })
export type MemberChange = Static<typeof MemberChange>
