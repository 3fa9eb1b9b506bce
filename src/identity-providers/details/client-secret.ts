// The client secret of an OpenID provider is stored encrypted. Only sign-in decrypts it.

import type { Seal } from '#platform/crypto/seal.ts'
import type { Database } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'

/** Encrypts a client secret. @returns null when there is no secret */
export function sealClientSecret(
  seal: Seal | undefined,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
  secret: string | null | undefined,
): Buffer | null {
  if (secret === undefined || secret === null) return null
  if (!seal) throw new Error('a client secret was given without the means to seal it')
  return seal.seal(secret, { tenantId, column: 'identity_provider.client_secret', row: id })
}

/** Decrypts the client secret. @throws {Error} there is none, although the details require one */
export async function openClientSecret(
  db: Database,
  seal: Seal,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
): Promise<string> {
  const [row] = await db.run<{ sealed: Buffer | null }>(
    { tenantId },
    sql`select client_secret as sealed from identity_provider where id = ${id} and tenant_id = ${tenantId}`,
  )
  if (!row?.sealed) throw new Error('the identity provider has no client secret')
  return seal.open(row.sealed, { tenantId, column: 'identity_provider.client_secret', row: id })
}
