// A tenant's name and logo on the pages for its users.
import { hash } from 'node:crypto'
import { type AuditContext, audited } from '#audit/record.ts'
import { Invalid, NotFound } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { readPlainName } from './rules.ts'

export interface Brand {
  readonly name: string
  readonly logo: { readonly hash: string; readonly type: LogoType } | undefined
}

interface Logo {
  readonly type: LogoType
  readonly content: Buffer
}

type LogoType = 'image/png' | 'image/jpeg' | 'image/webp'

const LOGO_BYTES = 262_144

/** Returns name and logo of a tenant; undefined if there is no such tenant. */
export async function findBrand(db: Database, tenantId: string): Promise<Brand | undefined> {
  const [found] = await db.run<{ name: string; hash: string | null; type: LogoType }>(
    { tenantId },
    sql`select t.name, l.hash, l.type from tenant t left join tenant_logo l on l.tenant_id = t.id
      where t.id = ${tenantId}`,
  )
  if (!found) return undefined
  const { name, hash, type } = found
  return { name, logo: hash === null ? undefined : { hash, type } }
}

/** Returns the logo with this hash. @throws {NotFound} if it isn't the current logo */
export async function readLogo(db: Database, tenantId: string, hash: string): Promise<Logo> {
  const [logo] = await db.run<Logo>(
    { tenantId },
    sql`select type, content from tenant_logo where tenant_id = ${tenantId} and hash = ${hash}`,
  )
  if (!logo) throw new NotFound('There is no such logo')
  return logo
}

/** Changes name and logo, both or neither. A logo of null removes it. @throws {Invalid} `name` or `logo` */
export async function changeBrand(
  db: Database,
  auditContext: AuditContext,
  { name, logo }: { readonly name?: string | undefined; readonly logo?: Buffer | null | undefined },
): Promise<void> {
  const newName = name === undefined ? undefined : readPlainName(name)
  const newLogo = logo && { content: logo, type: logoTypeOf(logo) }
  await db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    if (newName !== undefined) await rename(tx, auditContext, newName)
    if (newLogo) await setLogo(tx, auditContext, newLogo)
    if (logo === null) await deleteLogo(tx, auditContext)
  })
}

async function rename(tx: TenantTx, auditContext: AuditContext, name: string): Promise<void> {
  const { tenantId } = tx
  const [before] = await tx.query<{ name: string; slug: string }>(
    sql`select name, slug from tenant where id = ${tenantId} for no key update`,
  )
  if (!before || before.name === name) return
  const update = sql`update tenant set name = ${name} where id = ${tenantId} returning id`
  const change = { before: { name: before.name }, after: { name } }
  await tx.query(audited(auditContext, update, factOf(tenantId, before.slug, change)))
}

async function setLogo(tx: TenantTx, auditContext: AuditContext, { type, content }: Logo): Promise<void> {
  const { tenantId } = tx
  const sha256 = hash('sha256', content, 'hex')
  const write = sql`insert into tenant_logo (tenant_id, type, content, hash)
    values (${tenantId}, ${type}, ${content}, ${sha256})
    on conflict (tenant_id) do update set type = excluded.type, content = excluded.content, hash = excluded.hash,
      created_at = now()
    returning tenant_id`
  const change = { after: { logo: { type, bytes: content.length, sha256 } } }
  await tx.query(audited(auditContext, write, factOf(tenantId, 'logo', change)))
}

/** Deletes the logo, if there is one. */
async function deleteLogo(tx: TenantTx, auditContext: AuditContext): Promise<void> {
  const { tenantId } = tx
  const gone = sql`delete from tenant_logo where tenant_id = ${tenantId} returning tenant_id`
  const change = { before: { logo: 'there' }, after: { logo: null } }
  await tx.query(audited(auditContext, gone, factOf(tenantId, 'logo', change)))
}

function factOf(tenantId: string, objectName: string, change: { before?: object; after: object }) {
  return { action: 'update', objectType: 'Tenant', objectId: tenantId, objectName, change } as const
}

/**
 * Returns the type of a logo by its first bytes. Only image formats that can't contain scripts are allowed, so SVG
 * isn't.
 * @throws {Invalid} `logo`
 */
function logoTypeOf(content: Buffer): LogoType {
  if (content.length === 0 || content.length > LOGO_BYTES)
    throw new Invalid('logo', `must have at most ${LOGO_BYTES / 1_024} KiB`)
  const isAt = (at: number, bytes: string) =>
    content.subarray(at, at + bytes.length).equals(Buffer.from(bytes, 'latin1'))
  if (isAt(0, '\x89PNG\r\n\x1a\n') && isAt(12, 'IHDR')) return 'image/png'
  if (isAt(0, '\xff\xd8\xff')) return 'image/jpeg'
  if (isAt(0, 'RIFF') && isAt(8, 'WEBP')) return 'image/webp'
  throw new Invalid('logo', 'must be a PNG, JPEG or WebP picture')
}
