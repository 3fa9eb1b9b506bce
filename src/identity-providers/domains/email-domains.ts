// Email domains of a tenant, how they are verified in DNS, and the identity provider that users of each domain sign
// in with. A domain selects an identity provider; it never identifies a user (that is the pair of issuer and
// subject). The portal manages domains, sign-in looks them up, and the service checks them daily.
// Start with `createDomain` below, then check-domains.ts.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited, type Fact } from '#audit/record.ts'
import { Conflict, Invalid, NotFound, Refused } from '#errors.ts'
import type { Database, Queryable, TenantTx } from '#platform/database/database.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { type DomainProof, domainOfAddress, proofOf, readDomain } from './domain-proof.ts'

export interface EmailDomain {
  readonly id: string
  readonly domain: string
  /** Null if users of this domain choose an identity provider themselves. */
  readonly idpId: string | null
  readonly idpName: string | null
  readonly state: 'pending' | 'verified' | 'lost'
  readonly verifiedAt: Date | null
  readonly checkedAt: Date | null
  /** Since when the DNS record of a verified domain has been missing; null if it isn't. */
  readonly missingSince: Date | null
  readonly createdAt: Date
  readonly proof: DomainProof
}

const MOST_DOMAINS = 100
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const SELECT = raw(`select d.id, d.domain, d.idp_id as "idpId", i.name as "idpName", d.state,
    d.verified_at as "verifiedAt", d.checked_at as "checkedAt", d.missing_since as "missingSince",
    d.created_at as "createdAt"
  from email_domain d left join identity_provider i on i.id = d.idp_id and i.tenant_id = d.tenant_id`)

type Row = Omit<EmailDomain, 'proof'>

/** Lists the domains by name. */
export async function listDomains(db: Database, tenantId: string): Promise<EmailDomain[]> {
  const rows = await db.run<Row>(
    { tenantId },
    sql`${SELECT} where d.tenant_id = ${tenantId} order by d.domain limit ${MOST_DOMAINS}`,
  )
  return rows.map((row) => withProof(tenantId, row))
}

/** Reads one domain. @throws {NotFound} */
export async function readDomainIn(q: Queryable, tenantId: string, id: string): Promise<EmailDomain> {
  const [row] = UUID.test(id)
    ? await q.query<Row>(sql`${SELECT} where d.id = ${id} and d.tenant_id = ${tenantId}`)
    : []
  if (!row) throw new NotFound(`There is no domain ${id}`)
  return withProof(tenantId, row)
}

function withProof(tenantId: string, row: Row): EmailDomain {
  return { ...row, proof: proofOf(tenantId, row.domain) }
}

/**
 * Adds a domain.
 * @throws {Invalid} `domain`, `idpId` @throws {Conflict} it exists already
 * @throws {Refused} there are too many
 */
export function createDomain(
  db: Database,
  auditContext: AuditContext,
  given: { readonly domain: string; readonly idpId?: string | null },
): Promise<EmailDomain> {
  const domain = readDomain(given.domain)
  const id = randomUUIDv7()
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const idpId = await demandProvider(tx, given.idpId)
    const there = await tx.query(
      sql`select id from email_domain where tenant_id = ${tx.tenantId} limit ${MOST_DOMAINS}`,
    )
    if (there.length >= MOST_DOMAINS) throw new Refused(`There are ${MOST_DOMAINS} domains already`)
    const insert = sql`insert into email_domain (id, tenant_id, domain, idp_id)
      values (${id}, ${tx.tenantId}, ${domain}, ${idpId}) returning id`
    const fact = factOf('create', { id, domain }, { after: { domain, idpId } })
    try {
      await tx.query(audited(auditContext, insert, fact))
    } catch (error) {
      if (violatedIndex(error) !== 'email_domain_tenant_id_domain_key') throw error
      throw new Conflict('domain', `${domain} is there already`)
    }
    return readDomainIn(tx, tx.tenantId, id)
  })
}

/** Sets the identity provider that users of a domain sign in with. @throws {NotFound} @throws {Invalid} `idpId` */
export function leadDomainTo(
  db: Database,
  auditContext: AuditContext,
  id: string,
  idpId: string | null,
): Promise<EmailDomain> {
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const before = await readDomainIn(tx, tx.tenantId, id)
    await demandProvider(tx, idpId)
    if (before.idpId === idpId) return before
    const update = sql`update email_domain set idp_id = ${idpId} where id = ${id} and tenant_id = ${tx.tenantId}
      returning id`
    const change = { before: { idpId: before.idpId }, after: { idpId } }
    await tx.query(audited(auditContext, update, factOf('update', before, change)))
    return readDomainIn(tx, tx.tenantId, id)
  })
}

/** Deletes a domain. @throws {NotFound} */
export function deleteDomain(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const { domain, idpId, state } = await readDomainIn(tx, tx.tenantId, id)
    const gone = sql`delete from email_domain where id = ${id} and tenant_id = ${tx.tenantId} returning id`
    const fact = factOf('delete', { id, domain }, { before: { domain, idpId, state } })
    await tx.query(audited(auditContext, gone, fact))
  })
}

async function demandProvider(tx: TenantTx, idpId: string | null | undefined): Promise<string | null> {
  if (idpId === null || idpId === undefined) return null
  const [found] = await tx.query(
    sql`select id from identity_provider where id = ${idpId} and tenant_id = ${tx.tenantId}`,
  )
  if (!found) throw new Invalid('idpId', 'must be an identity provider of this tenant')
  return idpId
}

export function factOf(
  action: Fact['action'],
  { id, domain }: Pick<EmailDomain, 'id' | 'domain'>,
  change: NonNullable<Fact['change']>,
): Fact {
  return { action, objectType: 'Domain', objectId: id, objectName: domain, change }
}

/** Returns whether any domain of this tenant selects an identity provider. */
export async function hasLeadingDomain(db: Database, tenantId: string): Promise<boolean> {
  const found = await db.run({ tenantId }, sql`select d.id ${LEADING} and d.tenant_id = ${tenantId} limit 1`)
  return found.length > 0
}

/**
 * Returns the enabled identity provider of the address's verified domain. The result depends on the domain only, so
 * it doesn't reveal whether a user exists.
 */
export async function findProviderForAddress(
  db: Database,
  tenantId: string,
  address: string,
): Promise<string | undefined> {
  const domain = domainOfAddress(address)
  if (domain === undefined) return undefined
  const [found] = await db.run<{ idpId: string }>(
    { tenantId },
    sql`select i.id as "idpId" ${LEADING} and d.tenant_id = ${tenantId} and d.domain = ${domain}`,
  )
  return found?.idpId
}

const LEADING =
  raw(`from email_domain d join identity_provider i on i.id = d.idp_id and i.tenant_id = d.tenant_id
  where i.enabled and d.state = 'verified'`)
