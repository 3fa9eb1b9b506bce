import type { Scope } from '#platform/database/database.ts'
import type { Mapping } from '../mapping.ts'
import type { ProviderType } from '../provider-type.ts'
import type { ProviderSchemas } from '../schemas/declared-schemas.ts'
import type { Mode } from '../settings.ts'

/** The authenticated sender of a request. */
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
  /** Id of the SCIM credentials or the client key that authenticated the request. */
  readonly credentialId: string
  /**
   * Scope of this caller's statements. The database refuses it once the identity provider or one of its credentials
   * has changed.
   */
  readonly scope: Scope
}
