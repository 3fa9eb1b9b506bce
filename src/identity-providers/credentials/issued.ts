// The one form in which new credentials are told, by the API and by the command line alike.
import type { Provided } from '../identity-providers.ts'

/** `{"id","name","type","scim":{"endpoint","key","secret","token"}}`; `scim` only where credentials were made. */
export function tellProvided({ provider, credentials }: Provided, endpoint: string) {
  const { id, name, type } = provider
  if (!credentials) return { id, name, type }
  const { key, secret, token } = credentials
  return { id, name, type, scim: { endpoint, key, secret, token } }
}
