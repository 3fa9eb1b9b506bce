import { directorySize } from '#directory/purge.ts'
import { listClientKeys } from '#identity-providers/credentials/client-keys.ts'
import { listCredentials } from '#identity-providers/credentials/credentials.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Database } from '#platform/database/database.ts'
import type { Deletion } from './contract.ts'

interface Lifetime {
  readonly retiredAt: Date | null
  readonly expiresAt: Date | null
}

/** Counts what deleting an identity provider takes away. @throws {NotFound} */
export async function deletionOf(db: Database, tenantId: string, idpId: string): Promise<Deletion> {
  const { name } = await getIdentityProvider(db, tenantId, idpId)
  const [size, credentials, keys] = await Promise.all([
    directorySize(db, tenantId, idpId),
    listCredentials(db, tenantId, idpId),
    listClientKeys(db, tenantId, idpId),
  ])
  const now = new Date()
  const active = [...credentials, ...keys].filter((one) => isActive(one, now))
  return { name, ...size, credentials: active.length }
}

function isActive({ retiredAt, expiresAt }: Lifetime, now: Date): boolean {
  return retiredAt === null && (expiresAt === null || expiresAt > now)
}
