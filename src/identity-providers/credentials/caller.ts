import type { Scope } from '#platform/database/database.ts'
import type { ProviderType } from '../identity-providers.ts'
import type { Mapping } from '../mapping.ts'
import type { ProviderSchemas } from '../schemas/declared-schemas.ts'
import type { Mode } from '../settings.ts'

/** Who asks. */
export interface Caller {
  readonly tenantId: string
  readonly idp: {
    readonly id: string
    readonly epoch: string
    readonly name: string
    readonly type: ProviderType
    readonly mode: Mode
    readonly uniqueGroupNames: boolean
    readonly uniqueExternalIds: boolean
    readonly uniqueUserExternalIds: boolean
    readonly mapping: Mapping | null
    readonly schemas: ProviderSchemas
  }
  /** The set of credentials, or the client key, that it came with. */
  readonly credentialId: string
  /** For the statements of this caller; refused by the database once the identity provider or a credential changed. */
  readonly scope: Scope
}
