import { type Static, Type } from 'typebox'
import { AUDIT_ACTIONS, AUDIT_OBJECT_TYPES } from '#audit/vocabulary.ts'
import {
  ACTIVITY_ACTIONS,
  ACTIVITY_OBJECT_TYPES,
  SYSTEM_ACTIONS,
  SYSTEM_OBJECT_TYPES,
} from '#logs/vocabulary.ts'
import { Id, OptionalText, OptionalTime, PageQuery, Time } from '../contract/common.ts'

const Result = Type.Union([Type.Literal('success'), Type.Literal('failure')])

const ACTIONS = [...AUDIT_ACTIONS, ...ACTIVITY_ACTIONS, ...SYSTEM_ACTIONS] as const
export type LogAction = (typeof ACTIONS)[number]
const OBJECT_TYPES = [...AUDIT_OBJECT_TYPES, ...ACTIVITY_OBJECT_TYPES, ...SYSTEM_OBJECT_TYPES] as const
export type LogObjectType = (typeof OBJECT_TYPES)[number]

function oneOf<Word extends string>(words: readonly Word[]) {
  return Type.Unsafe<Word>({ type: 'string', enum: [...new Set(words)] })
}

const fields = {
  id: Id,
  at: Time,
  actor: Type.Object({
    type: Type.String({ description: 'user, administrator, idp, operator or system' }),
    id: Type.Union([Id, Type.Null()]),
    name: Type.String(),
  }),
  action: oneOf(ACTIONS),
  effect: Type.Union([Type.Literal('activated'), Type.Literal('deactivated'), Type.Null()], {
    description: 'an update that switched its object on or off',
  }),
  objectType: oneOf(OBJECT_TYPES),
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
/** The words of one log: what can be done in it, and to what. */
export interface LogWords {
  readonly actions: readonly string[]
  readonly objectTypes: readonly string[]
}

function conditionsOf({ actions, objectTypes }: LogWords) {
  return {
    from: Type.Optional(Time),
    to: Type.Optional(Time),
    actor: Part,
    action: Type.Optional(Type.Array(oneOf(actions), { maxItems: 20 })),
    objectType: Type.Optional(Type.Array(oneOf(objectTypes), { maxItems: 20 })),
    object: Part,
    objectId: Type.Optional(Id),
    result: Type.Optional(Result),
    text: Part,
  }
}

export function logQueryOf(words: LogWords) {
  return Type.Object({ ...PageQuery, ...conditionsOf(words) }, { additionalProperties: false })
}

export function logExportQueryOf(words: LogWords) {
  return Type.Object(
    {
      format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('json')], { default: 'csv' })),
      ...conditionsOf(words),
    },
    { additionalProperties: false },
  )
}
export type LogExportQuery = Static<ReturnType<typeof logExportQueryOf>>
