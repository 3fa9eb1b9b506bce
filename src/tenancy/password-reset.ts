// Links by which an administrator sets a new password: asked for by mail, or made by an owner. They open nothing by
// themselves: whoever has a second factor still needs it to sign in.
import { randomUUIDv7 } from 'node:crypto'
import { record, type Witness } from '#audit/record.ts'
import { Refused } from '#errors.ts'
import { type Database, SYSTEM, type TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { findAdministrator } from './administrators.ts'
import type { Owner } from './factors.ts'
import { lockIssuer } from './handed-out.ts'
import { emailKey } from './rules.ts'
import { digestOf, newScopedToken } from './scoped-tokens.ts'

/** Asked for by whoever can name the address: short. Made by an owner, who hands it over: as an invitation. */
const FORGOTTEN_MINUTES = 30
const HANDED_OVER_MINUTES = 72 * 60
const MOST_ACCOUNTS = 5

export interface ResetLink {
  readonly email: string
  readonly tenantName: string
  readonly token: string
}

/** One link for each account of this address; none when there is none. */
export async function forgotPassword(
  db: Database,
  email: string,
  from: { readonly requestId?: string; readonly sourceAddress?: string },
): Promise<ResetLink[]> {
  const accounts = await db.run<{ id: string; tenantId: string; email: string; tenantName: string }>(
    SYSTEM, // whose administrator it is, only the address says
    sql`select a.id, a.tenant_id as "tenantId", a.email, t.name as "tenantName"
      from administrator a join tenant t on t.id = a.tenant_id
      where a.email_key = ${emailKey(email)} and a.disabled_at is null order by a.email_key, a.id limit ${MOST_ACCOUNTS}`,
  )
  return Promise.all(
    accounts.map(async ({ id, tenantId, email: address, tenantName }) => {
      const actor = { type: 'system', name: 'forgotten password', ...from } as const
      const token = await db.transaction({ tenantId }, (tx) =>
        makeLink(tx, { tenantId, actor }, { id, email: address }, { minutes: FORGOTTEN_MINUTES }),
      )
      return { email: address, tenantName, token }
    }),
  )
}

/** For an owner to hand over. @throws {NotFound} {Refused} */
export function makeResetLink(
  db: Database,
  witness: Witness,
  administratorId: string,
): Promise<{ email: string; token: string }> {
  return db.transaction({ tenantId: witness.tenantId }, async (tx) => {
    const issuerId = await lockIssuer(tx, witness)
    const { id, email } = await findAdministrator(tx, tx.tenantId, administratorId)
    const owner = { id, email }
    return { email, token: await makeLink(tx, witness, owner, { minutes: HANDED_OVER_MINUTES, issuerId }) }
  })
}

async function makeLink(
  tx: TenantTx,
  witness: Witness,
  { id, email }: Owner,
  { minutes, issuerId = null }: { readonly minutes: number; readonly issuerId?: string | null },
): Promise<string> {
  const token = newScopedToken('link', tx.tenantId)
  // The lock lets no change come between: it waits for this row, and then voids it.
  const made = await tx.query(
    sql`insert into account_link
        (id, tenant_id, kind, digest, email, email_key, administrator_id, issuer_id, expires_at)
      select ${randomUUIDv7()}, ${tx.tenantId}, 'reset', ${digestOf(token)}, email, email_key, id, ${issuerId}::uuid,
        now() + make_interval(mins => ${minutes})
      from administrator where id = ${id} and tenant_id = ${tx.tenantId} and disabled_at is null for share
      on conflict (administrator_id) where kind = 'reset'
      do update set digest = excluded.digest, expires_at = excluded.expires_at, issuer_id = excluded.issuer_id,
        created_at = now()
      returning id`,
  )
  if (made.length === 0) throw new Refused('This administrator is disabled; enable the account first')
  await record(tx, witness, {
    action: 'update',
    objectType: 'Administrator',
    objectId: id,
    objectName: email,
    change: { after: { passwordLink: 'made' } },
  })
  return token
}
