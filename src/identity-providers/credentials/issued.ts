// The JSON that shows new credentials, shared by the API and the command line.
import type { Provided } from '../identity-providers.ts'

/**
 * Returns `{"id","name","type","scim":{"endpoint","key","secret","token"}}`, with `scim` only if credentials were
 * issued.
 */
export function issuedResponse({ provider, credentials }: Provided, endpoint: string) {
  const { id, name, type } = provider
  if (!credentials) return { id, name, type }
  const { key, secret, token } = credentials
  return { id, name, type, scim: { endpoint, key, secret, token } }
}
