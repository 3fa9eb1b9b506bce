// Checks whether the DNS record of a domain exists: when an administrator asks for it, and daily for verified domains
// (docs/decisions/0012).
import { type AuditContext, record } from '#audit/record.ts'
import { Refused } from '#errors.ts'
import { type Database, inTenant, SYSTEM, type TenantTx } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { type Dns, DnsSilent } from '#platform/network/dns.ts'
import { type DomainProof, proofOf } from './domain-proof.ts'
import { type EmailDomain, factOf, readDomainIn } from './email-domains.ts'

/** How long, in hours, a verified domain still selects its identity provider after its DNS record has disappeared. */
export const GRACE_HOURS = 72
/** In hours. Less than a day, so that a run that starts slightly early skips no domain. */
const CHECK_HOURS = 20
const DOMAINS_AT_ONCE = 50
const ROUNDS = 20

/** The result of a DNS query. `silent` (no answer) doesn't count against a domain. */
type Answer = 'there' | 'missing' | 'silent'

/** Checks one domain now. @throws {NotFound} @throws {Refused} DNS did not answer */
export async function checkDomain(
  db: Database,
  dns: Dns,
  auditContext: AuditContext,
  id: string,
): Promise<EmailDomain> {
  const { tenantId } = auditContext
  const { proof } = await readDomainIn(inTenant(db, tenantId), tenantId, id)
  const answer = await ask(dns, proof)
  if (answer === 'silent')
    throw new Refused(`DNS gave no answer for ${proof.name}. Nothing was changed; try again in a minute.`)
  return db.transaction({ tenantId }, (tx) => settle(tx, auditContext, id, answer))
}

/**
 * Checks all verified domains that are due. Each domain is checked by one process only.
 * @param signal stops after the current domain; the others wait for the next run
 */
export async function checkVerifiedDomains(db: Database, dns: Dns, signal?: AbortSignal): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const claimed = await claim(db)
    for (const { id, tenantId, domain } of claimed) {
      if (signal?.aborted) return
      const answer = await ask(dns, proofOf(tenantId, domain))
      if (answer === 'silent') continue
      const auditContext = { tenantId, actor: { type: 'system', name: 'check of domains' } } as const
      // The domain may have been deleted in the meantime.
      await db.transaction({ tenantId }, async (tx) => {
        if (await isThere(tx, id)) await settle(tx, auditContext, id, answer)
      })
    }
    if (claimed.length < DOMAINS_AT_ONCE) return
  }
}

function claim(db: Database) {
  return db.run<{ id: string; tenantId: string; domain: string }>(
    SYSTEM, // across tenants
    sql`update email_domain set checked_at = now() where id in (
        select id from email_domain
        where state = 'verified' and checked_at < now() - make_interval(hours => ${CHECK_HOURS})
        order by checked_at limit ${DOMAINS_AT_ONCE} for update skip locked)
      returning id, tenant_id as "tenantId", domain`,
  )
}

async function isThere(tx: TenantTx, id: string): Promise<boolean> {
  const found = await tx.query(
    sql`select id from email_domain where id = ${id} and tenant_id = ${tx.tenantId} for update`,
  )
  return found.length > 0
}

async function ask(dns: Dns, { name, value }: DomainProof): Promise<Answer> {
  try {
    return (await dns.txt(name)).some((text) => text.trim() === value) ? 'there' : 'missing'
  } catch (error) {
    if (error instanceof DnsSilent) return 'silent'
    throw error
  }
}

const THERE = raw(`state = 'verified', missing_since = null, checked_at = now(),
  verified_at = case state when 'verified' then verified_at else now() end`)
const MISSING =
  raw(`checked_at = now(), missing_since = case when state = 'verified' and missing_since >= now() - interval '${GRACE_HOURS} hours' then missing_since
    when state = 'verified' and missing_since is null then now() end,
  state = case when state = 'verified' and missing_since < now() - interval '${GRACE_HOURS} hours' then 'lost' else state end`)

async function settle(
  tx: TenantTx,
  auditContext: AuditContext,
  id: string,
  answer: 'there' | 'missing',
): Promise<EmailDomain> {
  const { tenantId } = tx
  await tx.query(sql`select id from email_domain where id = ${id} and tenant_id = ${tenantId} for update`)
  const before = await readDomainIn(tx, tenantId, id)
  const set = answer === 'there' ? THERE : MISSING
  const update = sql`update email_domain set ${set} where id = ${id} and tenant_id = ${tenantId} returning id, state`
  const [after] = await tx.query<Pick<EmailDomain, 'state'>>(update)
  if (after && after.state !== before.state) {
    const change = { before: { state: before.state }, after: { state: after.state } }
    await record(tx, auditContext, factOf('update', before, change))
  }
  return readDomainIn(tx, tenantId, id)
}
