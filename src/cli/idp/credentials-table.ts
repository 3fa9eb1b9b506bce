import type { Credential } from '#identity-providers/credentials/credentials.ts'
import { printTable } from '../print.ts'

export function printCredentials(credentials: readonly Credential[]): void {
  printTable(credentials, {
    key: (c) => c.key,
    created: (c) => c.createdAt,
    expires: (c) => c.expiresAt,
    retired: (c) => c.retiredAt,
    'last used': (c) => c.lastUsedAt,
    id: (c) => c.id,
  })
}
