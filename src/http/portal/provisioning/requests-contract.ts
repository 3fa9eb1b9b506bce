import { type Static, Type } from 'typebox'
import { Id, OptionalText, PageQuery, pageOf, STRICT, Time } from '../contract/common.ts'

export const Operation = Type.Union([
  Type.Literal('look-up'),
  Type.Literal('read'),
  Type.Literal('create'),
  Type.Literal('replace'),
  Type.Literal('change'),
  Type.Literal('activate'),
  Type.Literal('deactivate'),
  Type.Literal('delete'),
  Type.Literal('add-members'),
  Type.Literal('remove-members'),
  Type.Literal('change-members'),
  Type.Literal('bulk'),
  Type.Literal('discover'),
  Type.Literal('other'),
])
export type Operation = Static<typeof Operation>

const ResourceType = Type.Union([Type.Literal('User'), Type.Literal('Group')])

const summary = {
  id: Id,
  identityProviderId: Id,
  at: Time,
  milliseconds: Type.Number(),
  method: Type.String(),
  path: Type.String({ description: 'below the SCIM endpoint' }),
  query: Type.String({ description: 'decoded, secrets masked' }),
  operation: Operation,
  objectType: Type.Union([ResourceType, Type.Null()]),
  objectId: Type.Union([Id, Type.Null()]),
  objectName: OptionalText,
  status: Type.Integer(),
  failed: Type.Boolean(),
  scimType: OptionalText,
  detail: OptionalText,
  code: Type.Union([Type.String(), Type.Null()], {
    description: 'why the request was refused, see docs/refusals.md; null if it succeeded',
  }),
  notes: Type.Array(
    Type.Object({
      code: Type.String(),
      text: Type.String({ description: 'in the language of the request' }),
    }),
    { description: 'what an accepted request left out or did differently' },
  ),
}

/** One SCIM request of an identity provider, as the list shows it. */
export const ScimRequestSummary = Type.Object(summary, { $id: 'ScimRequestSummary' })
export type ScimRequestSummary = Static<typeof ScimRequestSummary>

/** Why a request failed, and what to do about it. */
export const Explanation = Type.Object(
  {
    code: Type.String({ description: 'see docs/refusals.md' }),
    field: OptionalText,
    otherUserId: Type.Union([Id, Type.Null()]),
    rule: Type.String({ description: 'the error that the identity provider received' }),
    cause: Type.String({ description: 'in the language of the request (Accept-Language)' }),
    steps: Type.Array(Type.String()),
    where: Type.Union([Type.Literal('idp'), Type.Literal('here'), Type.Literal('nowhere')], {
      description: 'where it can be fixed',
    }),
  },
  { $id: 'Explanation' },
)
export type Explanation = Static<typeof Explanation>

export const RequestChange = Type.Object({
  eventId: Id,
  at: Time,
  action: Type.String(),
  objectType: Type.String(),
  objectId: Type.Union([Id, Type.Null()]),
  objectName: Type.String(),
  result: Type.Union([Type.Literal('success'), Type.Literal('failure')]),
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
  reason: Type.Optional(Type.String()),
})
export type RequestChange = Static<typeof RequestChange>

const Body = Type.Object({
  text: OptionalText,
  bytes: Type.Integer({ description: 'size of the whole body; a shorter text is its beginning' }),
})

/** One SCIM request with its response and what it changed. */
export const ScimRequest = Type.Object(
  {
    ...summary,
    identityProviderName: Type.String(),
    idpKind: Type.String({ description: 'recognized by the User-Agent; otherwise generic' }),
    userAgent: Type.String(),
    sourceAddress: OptionalText,
    credentialId: Type.Union([Id, Type.Null()]),
    credentialKey: OptionalText,
    request: Body,
    answer: Body,
    explanation: Type.Union([Explanation, Type.Null()]),
    changes: Type.Array(RequestChange),
  },
  { $id: 'ScimRequest' },
)
export type ScimRequest = Static<typeof ScimRequest>

export const ScimRequestQuery = Type.Object(
  {
    ...PageQuery,
    result: Type.Optional(Type.Union([Type.Literal('success'), Type.Literal('failure')])),
    operation: Type.Optional(Type.Array(Operation, { maxItems: 14 })),
    objectType: Type.Optional(ResourceType),
    objectId: Type.Optional(Id),
    status: Type.Optional(Type.String({ maxLength: 3, description: '409, or 4xx' })),
    text: Type.Optional(Type.String({ maxLength: 200, minLength: 1 })),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
  },
  STRICT,
)
export type ScimRequestQuery = Static<typeof ScimRequestQuery>

export const ScimRequestPage = pageOf(ScimRequestSummary)
export type ScimRequestPage = Static<typeof ScimRequestPage>

/** A failed request with a short explanation. */
const Failure = Type.Object({
  ...summary,
  identityProviderName: Type.String(),
  cause: Type.String({ description: 'in the language of the request' }),
})

export const Failures = Type.Object({ items: Type.Array(Failure) }, { $id: 'Failures' })
export type Failures = Static<typeof Failures>
