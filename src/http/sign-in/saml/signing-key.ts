import { type ServiceKey, serviceKeys } from '#identity-providers/details/service-certificates.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { SignInOptions } from '../services.ts'

/** Returns the key that signs our messages to an identity provider; undefined: they are not signed. */
export async function signingKey(
  { db, seal }: Pick<SignInOptions, 'db' | 'seal'>,
  provider: IdentityProvider,
): Promise<ServiceKey | undefined> {
  if (!provider.details.signRequests) return undefined
  const [key] = await serviceKeys(db, seal, provider)
  return key
}
