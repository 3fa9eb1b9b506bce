// The client secret of an OpenID provider lies sealed in its row; signing in is what opens it.
import type { Seal } from '#platform/seal.ts'

/** @returns null when there is nothing to seal */
export function sealClientSecret(
  seal: Seal | undefined,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
  secret: string | null | undefined,
): Buffer | null {
  if (secret === undefined || secret === null) return null
  if (!seal) throw new Error('a client secret was given without the means to seal it')
  return seal.seal(secret, { tenantId, column: 'identity_provider.client_secret', row: id })
}
