import { type Static, Type } from 'typebox'
import { Id, OptionalText, OptionalTime, PageQuery, Time } from './common.ts'

const Result = Type.Union([Type.Literal('success'), Type.Literal('failure')])

const fields = {
  id: Id,
  at: Time,
  actor: Type.Object({
    type: Type.String({ description: 'user, administrator, idp, operator or system' }),
    id: Type.Union([Id, Type.Null()]),
    name: Type.String(),
  }),
  action: Type.String(),
  effect: Type.Union([Type.Literal('activated'), Type.Literal('deactivated'), Type.Null()], {
    description: 'an update that switched its object on or off',
  }),
  objectType: Type.String(),
  objectId: Type.Union([Id, Type.Null()]),
  objectName: Type.String(),
  result: Result,
  reason: OptionalText,
  requestId: OptionalText,
  sourceAddress: OptionalText,
}

/** One line of the audit, activity or system log. */
export const LogEvent = Type.Object(fields)
export type LogEvent = Static<typeof LogEvent>

export const LogEventDetail = Type.Object(
  {
    ...fields,
    change: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
      description: 'what was before and after, or other details; secrets are never in it',
    }),
  },
  { $id: 'LogEventDetail' },
)
export type LogEventDetail = Static<typeof LogEventDetail>

export const LogPage = Type.Object(
  {
    items: Type.Array(LogEvent),
    /** Give it back as `after`; null at the end of the log. */
    next: OptionalText,
    searchedTo: Type.Union(OptionalTime.anyOf, {
      description: 'the search took too long and ends here; `next` goes on with it',
    }),
    total: Type.Optional(
      Type.Integer({ minimum: 0, description: 'when there are few enough to be counted' }),
    ),
  },
  { $id: 'LogPage' },
)
export type LogPage = Static<typeof LogPage>

const Part = Type.Optional(Type.String({ maxLength: 200, description: 'part of it, in any case of letters' }))
const Words = Type.Optional(Type.Array(Type.String({ maxLength: 50 }), { maxItems: 20 }))

const conditions = {
  from: Type.Optional(Time),
  to: Type.Optional(Time),
  actor: Part,
  action: Words,
  objectType: Words,
  object: Part,
  objectId: Type.Optional(Id),
  result: Type.Optional(Result),
  text: Part,
}

export const LogQuery = Type.Object({ ...PageQuery, ...conditions }, { additionalProperties: false })
export type LogQuery = Static<typeof LogQuery>

export const LogExportQuery = Type.Object(
  {
    format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('json')], { default: 'csv' })),
    ...conditions,
  },
  { additionalProperties: false },
)
export type LogExportQuery = Static<typeof LogExportQuery>
