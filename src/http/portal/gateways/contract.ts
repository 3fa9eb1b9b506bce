import { type Static, Type } from 'typebox'
import { OptionalTime, Time } from '../contract/common.ts'

export const Gateway = Type.Object({
  name: Type.String(),
  state: Type.Union([Type.Literal('up'), Type.Literal('lost'), Type.Literal('stopped')]),
  version: Type.String(),
  address: Type.String(),
  role: Type.String(),
  startedAt: Time,
  lastSeenAt: Time,
})
export type Gateway = Static<typeof Gateway>

/** An outage of one gateway. */
export const Absence = Type.Object({
  gateway: Type.String(),
  cause: Type.Union([Type.Literal('lost'), Type.Literal('stopped'), Type.Literal('database')]),
  since: Time,
  /** Null while the outage lasts. */
  until: OptionalTime,
})
export type Absence = Static<typeof Absence>

export const Gateways = Type.Object(
  { gateways: Type.Array(Gateway), absences: Type.Array(Absence), now: Time },
  { $id: 'Gateways' },
)
export type Gateways = Static<typeof Gateways>
