import { type Static, Type } from 'typebox'
import { AUDIT_ACTIONS, AUDIT_OBJECT_TYPES } from '#audit/vocabulary.ts'
import {
  ACTIVITY_ACTIONS,
  ACTIVITY_OBJECT_TYPES,
  SYSTEM_ACTIONS,
  SYSTEM_OBJECT_TYPES,
} from '#logs/vocabulary.ts'
import {
  DownloadFormat,
  Id,
  OptionalText,
  OptionalTime,
  PageQuery,
  STRICT,
  Time,
} from '../contract/common.ts'

const Result = Type.Union([Type.Literal('success'), Type.Literal('failure')])

const ACTIONS = [...AUDIT_ACTIONS, ...ACTIVITY_ACTIONS, ...SYSTEM_ACTIONS] as const
export type LogAction = (typeof ACTIONS)[number]
const OBJECT_TYPES = [...AUDIT_OBJECT_TYPES, ...ACTIVITY_OBJECT_TYPES, ...SYSTEM_OBJECT_TYPES] as const
export type LogObjectType = (typeof OBJECT_TYPES)[number]

/** Returns the schema of a string that is one of the given words, which may name a word twice. */
function oneWordOf<Word extends string>(words: readonly Word[]) {
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
  action: oneWordOf(ACTIONS),
  effect: Type.Union([Type.Literal('activated'), Type.Literal('deactivated'), Type.Null()], {
    description: 'for an update that activated or deactivated its object',
  }),
  objectType: oneWordOf(OBJECT_TYPES),
  objectId: Type.Union([Id, Type.Null()]),
  objectName: Type.String(),
  result: Result,
  reason: OptionalText,
  requestId: OptionalText,
  sourceAddress: OptionalText,
}

/** One event of the audit, activity or system log. */
export const LogEvent = Type.Object(fields)
export type LogEvent = Static<typeof LogEvent>

export const LogEventDetail = Type.Object(
  {
    ...fields,
    change: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
      description: 'values before and after the change, or other details; never secrets',
    }),
  },
  { $id: 'LogEventDetail' },
)
export type LogEventDetail = Static<typeof LogEventDetail>

export const LogPage = Type.Object(
  {
    items: Type.Array(LogEvent),
    /** For `after`; null at the end of the log. */
    next: OptionalText,
    searchedTo: Type.Union(OptionalTime.anyOf, {
      description: 'the search was stopped here because it took too long; `next` continues it',
    }),
    total: Type.Optional(
      Type.Integer({ minimum: 0, description: 'absent when there are too many to be counted' }),
    ),
  },
  { $id: 'LogPage' },
)
export type LogPage = Static<typeof LogPage>

const Part = Type.Optional(Type.String({ maxLength: 200, description: 'part of it, ignoring case' }))

/** The actions and object types that occur in one log. */
export interface LogVocabulary {
  readonly actions: readonly string[]
  readonly objectTypes: readonly string[]
}

function conditionsOf({ actions, objectTypes }: LogVocabulary) {
  return {
    from: Type.Optional(Time),
    to: Type.Optional(Time),
    actor: Part,
    action: Type.Optional(Type.Array(oneWordOf(actions), { maxItems: 20 })),
    objectType: Type.Optional(Type.Array(oneWordOf(objectTypes), { maxItems: 20 })),
    object: Part,
    objectId: Type.Optional(Id),
    result: Type.Optional(Result),
    text: Part,
  }
}

export function logQueryOf(vocabulary: LogVocabulary) {
  return Type.Object({ ...PageQuery, ...conditionsOf(vocabulary) }, STRICT)
}
export type LogQuery = Static<ReturnType<typeof logQueryOf>>

export function logExportQueryOf(vocabulary: LogVocabulary) {
  return Type.Object(
    {
      format: DownloadFormat,
      ...conditionsOf(vocabulary),
    },
    STRICT,
  )
}
export type LogExportQuery = Static<ReturnType<typeof logExportQueryOf>>
