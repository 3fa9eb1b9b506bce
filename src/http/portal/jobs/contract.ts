import { type Static, Type } from 'typebox'
import { Id, OptionalText, OptionalTime, PAGE_SIZE, STRICT, Time } from '../contract/common.ts'

const JobState = Type.Union([
  Type.Literal('queued'),
  Type.Literal('running'),
  Type.Literal('done'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
])

/** A background job and its progress. */
export const Job = Type.Object(
  {
    id: Id,
    kind: Type.String(),
    title: Type.String(),
    objectId: Type.Union([Id, Type.Null()], {
      description: 'the object it is about, such as an identity provider',
    }),
    state: JobState,
    done: Type.Integer(),
    total: Type.Integer({ description: 'as counted when the job was created' }),
    problem: Type.Union(OptionalText.anyOf, { description: 'why the job or its latest attempt failed' }),
    createdBy: Type.String(),
    createdAt: Time,
    startedAt: OptionalTime,
    finishedAt: OptionalTime,
  },
  { $id: 'Job' },
)
export type Job = Static<typeof Job>

export const Jobs = Type.Object({ items: Type.Array(Job) })
export type Jobs = Static<typeof Jobs>

export const JobQuery = Type.Object(
  {
    open: Type.Optional(Type.Boolean({ description: 'only jobs that are queued or running' })),
    kind: Type.Optional(Type.String({ maxLength: 100 })),
    objectId: Type.Optional(Id),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: PAGE_SIZE })),
  },
  STRICT,
)
export type JobQuery = Static<typeof JobQuery>
