// Through which identity providers the users of an organisation may sign in.
import { NotFound } from '#errors.ts'
import type { ProviderType } from '#identity-providers/identity-providers.ts'
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

/** @param slug of the organisation; undefined: the one that is there from the start @throws {NotFound} */
export async function listChoices(db: Database, slug = 'default'): Promise<Choices> {
  const [tenant] = await db.run<{ id: string; name: string }>(
    SYSTEM, // which tenant it is, only its name says
    sql`select id, name from tenant where slug = ${slug}`,
  )
  if (!tenant) throw new NotFound('There is no organisation of that name.')
  const choices = await db.run<ProviderChoice>(
    { tenantId: tenant.id },
    sql`select ${COLUMNS} from identity_provider i where i.tenant_id = ${tenant.id} and i.enabled order by i.id`,
  )
  return { tenantId: tenant.id, tenantName: tenant.name, choices }
}

/** An identity provider that is switched on; undefined when there is none. */
export async function findChoice(db: Database, idpId: string): Promise<ProviderChoice | undefined> {
  if (!UUID.test(idpId)) return undefined
  const [choice] = await db.run<ProviderChoice>(
    SYSTEM, // whose it is, only the address says
    sql`select ${COLUMNS} from identity_provider i where i.id = ${idpId} and i.enabled`,
  )
  return choice
}
