import { type Static, Type } from 'typebox'
import { Id, OptionalTime, Time } from '../contract/common.ts'
import { LogEvent } from '../logs/contract.ts'
import { HealthState } from '../provisioning/contract.ts'

const Count = Type.Integer({ minimum: 0 })

export const IdpHealth = Type.Object({
  id: Id,
  name: Type.String(),
  type: Type.String(),
  enabled: Type.Boolean(),
  autoProvisioning: Type.Boolean(),
  lastSyncAt: OptionalTime,
  state: HealthState,
  users: Count,
  certificatesUntil: Type.Union(OptionalTime.anyOf, {
    description: 'saml: until when one of its signing certificates is good; then nobody can sign in',
  }),
})
export type IdpHealth = Static<typeof IdpHealth>

export const Overview = Type.Object(
  {
    /** When the numbers were counted. */
    countedAt: Time,
    users: Type.Object({ active: Count, inactive: Count, disabled: Count, deleted: Count }),
    groups: Count,
    waiting: Type.Integer({ minimum: 0, description: 'who enrolled and waits to be activated' }),
    identityProviders: Type.Array(IdpHealth),
    recentChanges: Type.Array(LogEvent),
    failures: Type.Array(LogEvent, { description: 'of the last seven days, newest first' }),
    gateways: Type.Object({ up: Count, lost: Count, stopped: Count }),
  },
  { $id: 'Overview' },
)
export type Overview = Static<typeof Overview>
