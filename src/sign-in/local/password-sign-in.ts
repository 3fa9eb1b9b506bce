// Signing in with a password, where Doorlist is the identity provider.
import { Unauthenticated } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Database } from '#platform/database/database.ts'
import { advanceAttempt, lockAttempt, renewAttempt } from '../attempts.ts'
import { lockUser } from '../sessions/sign-in-user.ts'
import { createPasswordLink } from './password-links.ts'
import { checkPassword, lockPassword, type PasswordAttempt, passwordRule } from './passwords.ts'

/** The attempt's new token; or, if the password is too short by now, the token of a link to a new one. */
export type PasswordSignIn = { readonly token: string } | { readonly linkToken: string }

/** @throws {Unauthenticated} the name or password is wrong, or the attempt was used @throws {Throttled} */
export async function signInByPassword(
  db: Database,
  provider: IdentityProvider,
  token: string,
  given: PasswordAttempt,
): Promise<PasswordSignIn> {
  const user = await checkPassword(db, provider, given)
  return db.transaction({ tenantId: provider.tenantId }, async (tx) => {
    await lockUser(tx, user.id)
    await lockPassword(tx, user)
    if (!user.isLong && !passwordRule(provider).withFactor) {
      const actor = {
        type: 'system',
        name: 'password too short',
        sourceAddress: given.sourceAddress,
      } as const
      const auditContext = { tenantId: provider.tenantId, actor }
      return { linkToken: (await createPasswordLink(tx, auditContext, user.id, 'reset')).token }
    }
    const attempt = await lockAttempt(tx, token)
    if (attempt.userId !== null || attempt.idpId !== provider.id)
      throw new Unauthenticated('This sign-in was already used. Start again.')
    const evidence = {
      authenticatedAt: attempt.readAt.toISOString(),
      ...(!user.isLong && { shortPassword: true }),
    }
    await advanceAttempt(tx, attempt, evidence, user.id)
    return { token: await renewAttempt(tx, attempt) }
  })
}
