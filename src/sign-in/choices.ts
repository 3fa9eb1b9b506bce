// The identity providers that users of a tenant can choose to sign in with.
import { NotFound } from '#errors.ts'
import type { ProviderType } from '#identity-providers/provider-type.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'

export interface ProviderChoice {
  readonly id: string
  readonly tenantId: string
  readonly name: string
  readonly type: ProviderType
}

export interface Choices {
  readonly tenantId: string
  readonly tenantName: string
  readonly choices: readonly ProviderChoice[]
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const COLUMNS = raw('i.id, i.tenant_id as "tenantId", i.name, i.type')

/** @param slug short name of the tenant; undefined: `default` @throws {NotFound} */
export async function listChoices(db: Database, slug = 'default'): Promise<Choices> {
  const [tenant] = await db.run<{ id: string; name: string }>(
    SYSTEM, // the tenant is found by its short name
    sql`select id, name from tenant where slug = ${slug}`,
  )
  if (!tenant) throw new NotFound('There is no organization with this name.')
  const choices = await db.run<ProviderChoice>(
    { tenantId: tenant.id },
    sql`select ${COLUMNS} from identity_provider i where i.tenant_id = ${tenant.id} and i.enabled order by i.id`,
  )
  return { tenantId: tenant.id, tenantName: tenant.name, choices }
}

/** Returns an enabled identity provider. */
export async function findChoice(db: Database, idpId: string): Promise<ProviderChoice | undefined> {
  if (!UUID.test(idpId)) return undefined
  const [choice] = await db.run<ProviderChoice>(
    SYSTEM, // the tenant is found by the identity provider's id
    sql`select ${COLUMNS} from identity_provider i where i.id = ${idpId} and i.enabled`,
  )
  return choice
}
