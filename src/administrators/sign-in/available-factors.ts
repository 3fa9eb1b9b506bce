// The factors that an administrator can use, and the check of a second factor: at sign-in, and when an action needs a
// fresh proof of identity.
import type { AuditContext } from '#audit/record.ts'
import { Unauthenticated } from '#errors.ts'
import type { FactorTools } from '#factors/factors.ts'
import { type PasskeyAssertion, verifyPasskey } from '#factors/passkeys.ts'
import { consumeRecoveryCode } from '#factors/recovery-codes.ts'
import { relyingParty } from '#factors/relying-party.ts'
import { consumeTotpCode } from '#factors/totp.ts'
import { inTenant } from '#platform/database/database.ts'
import { limitedGuess } from '#throttle/guesses.ts'
import type { Limit } from '#throttle/limits.ts'
import { holderOf, type Owner, readFactors } from '../factors.ts'
import type { AvailableFactors } from './next-step.ts'

/** The administrator's answer when a second factor is asked for. */
export type FactorAnswer = { readonly code: string } | { readonly recoveryCode: string } | PasskeyAssertion

/** Returns the factor's name for the activity log. */
export function nameOf(answer: FactorAnswer): string {
  if ('code' in answer) return 'code'
  return 'recoveryCode' in answer ? 'recovery code' : 'passkey'
}

/** Returns the factors of an account; which passkeys count depends on the service's host. */
export async function readAvailableFactors(
  { db, publicUrl }: FactorTools,
  tenantId: string,
  administratorId: string,
): Promise<AvailableFactors> {
  const { totp, passkeys, recoveryCodes } = await readFactors(
    inTenant(db, tenantId),
    tenantId,
    administratorId,
  )
  const party = relyingParty(publicUrl())
  const here = passkeys.filter(({ rpId }) => 'rpId' in party && party.rpId === rpId).length
  return { totp: totp !== null, passkeys: here, passkeysElsewhere: passkeys.length - here, recoveryCodes }
}

/** Checks a second factor. @throws {Unauthenticated} if it is wrong @throws {Throttled} after too many wrong ones */
export async function demandFactor(
  tools: FactorTools,
  auditContext: AuditContext,
  owner: Owner,
  { boundTo, limits }: { readonly boundTo: string; readonly limits: readonly Limit[] },
  answer: FactorAnswer,
): Promise<void> {
  const check = async () => (await isRight(tools, auditContext, owner, boundTo, answer)) || undefined
  // A passkey can't be guessed. So it isn't limited, and its owner can sign in while strangers guess at other
  // factors.
  const right = 'ceremonyId' in answer ? await check() : await limitedGuess(tools.db, limits, check)
  if (!right)
    throw new Unauthenticated(
      'code' in answer
        ? 'That code is not right, or was used already'
        : 'recoveryCode' in answer
          ? 'That recovery code is not right, or was used already'
          : 'That passkey does not belong to this account',
    )
}

async function isRight(
  tools: FactorTools,
  auditContext: AuditContext,
  owner: Owner,
  boundTo: string,
  answer: FactorAnswer,
): Promise<boolean> {
  const { tenantId } = auditContext
  const holder = holderOf(owner)
  if ('code' in answer) return consumeTotpCode(tools, tenantId, holder, answer.code)
  if ('recoveryCode' in answer)
    return consumeRecoveryCode(tools.db, auditContext, holder, answer.recoveryCode)
  const proven = await verifyPasskey(tools, tenantId, boundTo, answer)
  return proven?.holder.kind === 'administrator' && proven.holder.id === owner.id
}
