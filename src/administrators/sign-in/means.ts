// What an administrator can be proven by, and the proving of a second factor: at sign-in and whenever a fresh proof is
// asked for.
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
import type { Means } from './next-step.ts'

/** What a person answers when asked for a second factor. */
export type FactorAnswer = { readonly code: string } | { readonly recoveryCode: string } | PasskeyAssertion

/** How logs name it. */
export function nameOf(answer: FactorAnswer): string {
  if ('code' in answer) return 'code'
  return 'recoveryCode' in answer ? 'recovery code' : 'passkey'
}

export async function readMeans(
  { db, publicUrl }: FactorTools,
  tenantId: string,
  administratorId: string,
): Promise<Means> {
  const { totp, passkeys, recoveryCodes } = await readFactors(
    inTenant(db, tenantId),
    tenantId,
    administratorId,
  )
  const party = relyingParty(publicUrl())
  const here = passkeys.filter(({ rpId }) => 'rpId' in party && party.rpId === rpId).length
  return { totp: totp !== null, passkeys: here, passkeysElsewhere: passkeys.length - here, recoveryCodes }
}

/** @throws {Unauthenticated} it is not right @throws {Throttled} too many were not */
export async function demandFactor(
  tools: FactorTools,
  auditContext: AuditContext,
  owner: Owner,
  { boundTo, limits }: { readonly boundTo: string; readonly limits: readonly Limit[] },
  answer: FactorAnswer,
): Promise<void> {
  const check = async () => (await isRight(tools, auditContext, owner, boundTo, answer)) || undefined
  // A passkey cannot be guessed: strangers who guess at other factors do not keep its owner out.
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
