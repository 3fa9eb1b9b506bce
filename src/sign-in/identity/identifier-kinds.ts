// The kinds of identifiers that an identity provider sent, for its page in the portal.
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { IdentifierKind } from './identifier.ts'

/** Records a kind at most once an hour, so that simultaneous sign-ins don't wait for each other. */
export async function recordIdentifierKind(tx: TenantTx, idpId: string, kind: IdentifierKind): Promise<void> {
  await tx.query(
    sql`insert into arrived_identifier (idp_id, kind, tenant_id)
      select ${idpId}::uuid, ${kind}, ${tx.tenantId}::uuid
      where not exists (select from arrived_identifier where idp_id = ${idpId} and kind = ${kind}
        and tenant_id = ${tx.tenantId} and last_at > now() - interval '1 hour')
      on conflict (idp_id, kind) do update set last_at = now()`,
  )
}

export interface SeenIdentifierKind {
  readonly kind: IdentifierKind
  /** To the hour. */
  readonly lastAt: Date
}

/** Lists the kinds, the latest first. Empty since the last change of the issuer, identifier or rule. */
export function listIdentifierKinds(
  db: Database,
  tenantId: string,
  idpId: string,
): Promise<SeenIdentifierKind[]> {
  return db.run<SeenIdentifierKind>(
    { tenantId },
    sql`select kind, last_at as "lastAt" from arrived_identifier
      where idp_id = ${idpId} and tenant_id = ${tenantId} order by last_at desc, kind`,
  )
}
