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
    description: 'SAML: until when one of its signing certificates is valid. After that nobody can sign in',
  }),
})
export type IdpHealth = Static<typeof IdpHealth>

export const Overview = Type.Object(
  {
    /** When users and groups were counted; at most five seconds ago. */
    countedAt: Time,
    users: Type.Object({ active: Count, inactive: Count, disabled: Count, deleted: Count }),
    groups: Count,
    waiting: Type.Integer({ minimum: 0, description: 'users who have enrolled and are pending activation' }),
    identityProviders: Type.Array(IdpHealth),
    recentChanges: Type.Array(LogEvent),
    failures: Type.Array(LogEvent, { description: 'failures of the last seven days, newest first' }),
    gateways: Type.Object({ up: Count, lost: Count, stopped: Count }),
  },
  { $id: 'Overview' },
)
export type Overview = Static<typeof Overview>
