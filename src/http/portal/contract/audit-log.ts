import { type Static, Type } from 'typebox'
import { OptionalText, OptionalTime } from './common.ts'

export const VerificationQuery = Type.Object(
  {
    below: Type.Optional(
      Type.Integer({ minimum: 1, description: '`next` of the answer before: goes on with older seals' }),
    ),
    head: Type.Optional(
      Type.String({
        pattern: '^[0-9a-fA-F]{64}$',
        description: 'the newest seal that was noted down elsewhere: proves that the end was not cut off',
      }),
    ),
  },
  { additionalProperties: false },
)
export type VerificationQuery = Static<typeof VerificationQuery>

/** Whether the log is as it was written, as far as this answer looked; `next` goes on. */
export const AuditVerification = Type.Object(
  {
    holds: Type.Boolean(),
    /** All seals there are. */
    seals: Type.Integer({ minimum: 0 }),
    sealedAt: OptionalTime,
    /** The newest seal, in hex. Noted down elsewhere, it proves later that the end of the log was not cut off. */
    head: OptionalText,
    /** Of this answer. */
    checked: Type.Object({ seals: Type.Integer(), events: Type.Integer() }),
    /** The oldest moment that this answer looked at. */
    checkedTo: OptionalTime,
    next: Type.Union([Type.Integer(), Type.Null()]),
    faults: Type.Array(Type.String()),
  },
  { $id: 'AuditVerification' },
)
export type AuditVerification = Static<typeof AuditVerification>
