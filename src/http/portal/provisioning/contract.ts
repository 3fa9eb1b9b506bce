import { type Static, Type } from 'typebox'
import { Id, OptionalText, OptionalTime, STRICT, Time } from '../contract/common.ts'
import { Explanation, ScimRequestSummary } from './requests-contract.ts'

export const HealthState = Type.Union(
  [
    Type.Literal('off'),
    Type.Literal('never'),
    Type.Literal('ok'),
    Type.Literal('late'),
    Type.Literal('failing'),
  ],
  {
    description:
      'off: auto-provisioning is off; never: no request yet; late: no request for a day; failing: many requests of the last hours failed',
  },
)
export type HealthState = Static<typeof HealthState>

const Counts = {
  requests: Type.Number(),
  lookUps: Type.Number(),
  created: Type.Number(),
  changed: Type.Number(),
  deactivated: Type.Number(),
  deleted: Type.Number(),
  failed: Type.Number(),
  unkept: Type.Number({ description: 'requests that are counted but not listed' }),
}

/** The provisioning state of one identity provider. */
export const SyncHealth = Type.Object(
  {
    identityProviderId: Id,
    identityProviderName: Type.String(),
    state: HealthState,
    sentence: Type.String({ description: 'the state as a sentence' }),
    lastSyncAt: OptionalTime,
    lateAfterHours: Type.Integer(),
    recentHours: Type.Integer(),
    recent: Type.Object(Counts),
  },
  { $id: 'SyncHealth' },
)
export type SyncHealth = Static<typeof SyncHealth>

export const SyncHealthList = Type.Object({ items: Type.Array(SyncHealth) })
export type SyncHealthList = Static<typeof SyncHealthList>

export const DayTotals = Type.Object({ day: Type.String({ format: 'date' }), ...Counts })
export type DayTotals = Static<typeof DayTotals>

export const UnknownAttribute = Type.Object({
  resourceType: Type.Union([Type.Literal('User'), Type.Literal('Group')]),
  name: Type.String(),
  count: Type.Number({ description: 'requests that contained it' }),
  firstSeenAt: Time,
  lastSeenAt: Time,
  declarable: Type.Boolean({
    description: 'whether it can be declared: its name has the URN of a custom schema',
  }),
})
export type UnknownAttribute = Static<typeof UnknownAttribute>

/** The habits of identity providers that administrators are shown. */
export const HABITS = ['numbers'] as const

export const Habit = Type.Object({
  resourceType: Type.Union([Type.Literal('User'), Type.Literal('Group')]),
  name: Type.String({ description: 'the attribute' }),
  habit: Type.Unsafe<(typeof HABITS)[number]>({
    type: 'string',
    enum: [...HABITS],
    description: 'numbers: sent where text or a boolean belongs, and converted',
  }),
  count: Type.Number({ description: 'requests that contained it' }),
  firstSeenAt: Time,
  lastSeenAt: Time,
})
export type Habit = Static<typeof Habit>

export const Provisioning = Type.Object(
  {
    health: SyncHealth,
    days: Type.Array(DayTotals, { description: 'oldest first, in the requested time zone' }),
    keptDays: Type.Integer({
      description: 'how many days single requests are kept; 0: they are only counted',
    }),
    unknownAttributes: Type.Array(UnknownAttribute),
    habits: Type.Array(Habit, { description: 'values that are converted, latest first' }),
  },
  { $id: 'Provisioning' },
)
export type Provisioning = Static<typeof Provisioning>

export const ProvisioningQuery = Type.Object(
  {
    zone: Type.Optional(Type.String({ maxLength: 64, default: 'UTC', description: 'such as Asia/Tokyo' })),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 30, default: 30 })),
  },
  STRICT,
)
export type ProvisioningQuery = Static<typeof ProvisioningQuery>

export const NewCustomAttribute = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 300, description: 'including its URN' }),
    resourceType: Type.Union([Type.Literal('User'), Type.Literal('Group')]),
    type: Type.Optional(
      Type.Union([
        Type.Literal('string'),
        Type.Literal('boolean'),
        Type.Literal('decimal'),
        Type.Literal('integer'),
        Type.Literal('dateTime'),
        Type.Literal('reference'),
        Type.Literal('binary'),
      ]),
    ),
    multiValued: Type.Optional(Type.Boolean()),
  },
  STRICT,
)
export type NewCustomAttribute = Static<typeof NewCustomAttribute>

export const DeclaredAttribute = Type.Object({
  schemaId: Id,
  urn: Type.String(),
  attributes: Type.Array(Type.String()),
})
export type DeclaredAttribute = Static<typeof DeclaredAttribute>

export const ConnectionStep = Type.Object({
  code: Type.Union([
    Type.Literal('provisioning'),
    Type.Literal('address'),
    Type.Literal('credentials'),
    Type.Literal('requests'),
    Type.Literal('failures'),
  ]),
  state: Type.Union([
    Type.Literal('ok'),
    Type.Literal('warning'),
    Type.Literal('problem'),
    Type.Literal('waiting'),
  ]),
  sentence: Type.String(),
  at: Type.Optional(Time),
})
export type ConnectionStep = Static<typeof ConnectionStep>

/** What can be tested from this side. Only the next request of the identity provider tests the rest. */
export const ConnectionTest = Type.Object(
  {
    startedAt: Time,
    endpoint: Type.String(),
    steps: Type.Array(ConnectionStep),
    lastRequest: Type.Union([ScimRequestSummary, Type.Null()]),
    explanation: Type.Union([Explanation, Type.Null()]),
    hint: OptionalText,
  },
  { $id: 'ConnectionTest' },
)
export type ConnectionTest = Static<typeof ConnectionTest>
