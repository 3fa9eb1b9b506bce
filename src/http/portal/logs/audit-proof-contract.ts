import { type Static, Type } from 'typebox'
import { OptionalText, OptionalTime, STRICT } from '../contract/common.ts'

export const VerificationQuery = Type.Object(
  {
    after: Type.Optional(
      Type.String({ maxLength: 1_000, description: '`next` of the previous answer; leave it out to begin' }),
    ),
    head: Type.Optional(
      Type.String({
        pattern: '^[0-9a-fA-F]{64}$',
        description: 'a seal you noted elsewhere: verifies that the end of the log was not cut off',
      }),
    ),
  },
  STRICT,
)
export type VerificationQuery = Static<typeof VerificationQuery>

/** The result of one part of a verification. Continue with `after` = `next` until `next` is null. */
export const AuditVerification = Type.Object(
  {
    /** This part has no fault. */
    holds: Type.Boolean(),
    /** Number of seals of the whole log. */
    seals: Type.Integer({ minimum: 0 }),
    sealedAt: OptionalTime,
    /** The newest seal, in hex. Keep it elsewhere: it proves later that the end of the log was not cut off. */
    head: OptionalText,
    /** What this part verified. */
    checked: Type.Object({ seals: Type.Integer(), events: Type.Integer() }),
    progress: Type.Number({ minimum: 0, maximum: 1 }),
    next: OptionalText,
    /** Events written after the newest seal; known in the last part. */
    unsealed: Type.Union([Type.Integer(), Type.Null()]),
    faults: Type.Array(Type.String()),
  },
  { $id: 'AuditVerification' },
)
export type AuditVerification = Static<typeof AuditVerification>
