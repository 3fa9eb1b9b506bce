// Applications behind the gateway, who has access to them, and the keys that sign who a user is. Who the user is, src/sign-in
// decides. The portal manages applications; the gateway door checks access. Start here, then read gateway-session.ts (the check
// of each request) and decide.ts.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited, type Fact } from '#audit/record.ts'
import { Conflict, NotFound, Stale } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { type ApplicationSettings, readApplicationSettings } from './application-settings.ts'
import type { AccessPolicy } from './decide.ts'
import {
  addGrants,
  GRANT_COLUMNS,
  type Grant,
  type GrantSubject,
  type LostGrant,
  removeGrants,
} from './grants.ts'

export interface Application extends ApplicationSettings {
  readonly id: string
  readonly tenantId: string
  readonly grants: readonly Grant[]
  /** Grants whose user or group was deleted; they give no access. The newest first. */
  readonly lostGrants: readonly LostGrant[]
  readonly version: string
  readonly createdAt: Date
  readonly changedAt: Date
}

const COLUMNS = sql`${raw(`p.id, p.tenant_id as "tenantId", p.name, p.origin, p.enabled, p.for_everybody as "forEverybody",
    p.session_minutes as "sessionMinutes", p.factor_minutes as "factorMinutes", p.version::text as version,
    p.created_at as "createdAt", p.changed_at as "changedAt"`)}, ${GRANT_COLUMNS}`

/** Lists applications by name. */
export function listApplications(db: Database, tenantId: string): Promise<Application[]> {
  return db.run<Application>(
    { tenantId },
    sql`select ${COLUMNS} from application p where p.tenant_id = ${tenantId} order by lower(p.name)`,
  )
}

/** @throws {NotFound} */
export async function getApplication(db: Database, tenantId: string, id: string): Promise<Application> {
  return db.transaction({ tenantId }, (tx) => readApplicationRow(tx, id))
}

/** What the gateway needs of an application before the user is known. */
export interface ApplicationPolicy extends AccessPolicy {
  readonly id: string
  readonly tenantId: string
}

/** Returns the application that the tenant has at this origin. */
export async function findApplicationAt(
  db: Database,
  tenantId: string,
  origin: string,
): Promise<ApplicationPolicy | undefined> {
  const [application] = await db.run<ApplicationPolicy>(
    { tenantId },
    sql`select id, tenant_id as "tenantId", enabled, session_minutes as "sessionMinutes",
        factor_minutes as "factorMinutes"
      from application where tenant_id = ${tenantId} and origin = ${origin}`,
  )
  return application
}

/** @throws {Invalid} names the field @throws {Conflict} the name or the address is taken */
export async function createApplication(
  db: Database,
  auditContext: AuditContext,
  given: unknown,
): Promise<Application> {
  const settings = readApplicationSettings(given)
  const id = randomUUIDv7()
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const { name, origin, enabled, forEverybody, sessionMinutes, factorMinutes } = settings
    const insert = sql`insert into application (id, tenant_id, name, origin, enabled, for_everybody, session_minutes,
        factor_minutes)
      values (${id}, ${tx.tenantId}, ${name}, ${origin}, ${enabled}, ${forEverybody}, ${sessionMinutes}, ${factorMinutes})
      returning id`
    const fact = applicationEvent('create', { id, name }, { after: settings })
    await translateConflict(tx.query(audited(auditContext, insert, fact)), settings)
    await addGrants(tx, id, settings.grants)
    return readApplicationRow(tx, id)
  })
}

/**
 * Changes the given settings. Lost grants stay; they aren't granted again while their user or group doesn't exist.
 * @throws {Invalid} {Conflict} as `createApplication` @throws {NotFound} @throws {Stale} `version` is outdated
 */
export async function changeApplication(
  db: Database,
  auditContext: AuditContext,
  id: string,
  given: unknown,
  version?: string,
): Promise<Application> {
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const before = await lockApplication(tx, id)
    if (version !== undefined && version !== before.version)
      throw new Stale(`${before.name} was changed meanwhile; look at it again`)
    const was = settingsOf(before)
    const wanted = readApplicationSettings(given, was)
    const lost = before.lostGrants.filter(({ id: subjectId, successor }) => successor?.id !== subjectId)
    const settings = { ...wanted, grants: withoutGrants(wanted.grants, lost) }
    if (JSON.stringify(was) === JSON.stringify(settings)) return before
    const { name, origin, enabled, forEverybody, sessionMinutes, factorMinutes } = settings
    const update = sql`update application set name = ${name}, origin = ${origin}, enabled = ${enabled},
        for_everybody = ${forEverybody}, session_minutes = ${sessionMinutes}, factor_minutes = ${factorMinutes},
        version = version + 1, changed_at = now()
      where id = ${id} and tenant_id = ${tx.tenantId} returning id`
    const fact = applicationEvent('update', { id, name }, { before: was, after: settings })
    await translateConflict(tx.query(audited(auditContext, update, fact)), settings)
    const added = withoutGrants(settings.grants, was.grants)
    // The grant of a restored user replaces their lost one.
    await removeGrants(tx, id, [...withoutGrants(was.grants, settings.grants), ...added])
    await addGrants(tx, id, added)
    return readApplicationRow(tx, id)
  })
}

/** @throws {NotFound} */
export async function deleteApplication(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  await db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const before = await readApplicationRow(tx, id)
    const removal = sql`delete from application where id = ${id} and tenant_id = ${tx.tenantId} returning id`
    await tx.query(
      audited(auditContext, removal, applicationEvent('delete', before, { before: settingsOf(before) })),
    )
  })
}

/** Reads an application and locks its row. @throws {NotFound} */
export async function lockApplication(tx: TenantTx, id: string): Promise<Application> {
  await tx.query(sql`select from application where id = ${id} and tenant_id = ${tx.tenantId} for update`)
  return readApplicationRow(tx, id)
}

/** @throws {NotFound} */
export async function readApplicationRow(tx: TenantTx, id: string): Promise<Application> {
  const [application] = await tx.query<Application>(
    sql`select ${COLUMNS} from application p where p.id = ${id} and p.tenant_id = ${tx.tenantId}`,
  )
  if (!application) throw new NotFound(`There is no application ${id}`)
  return application
}

function withoutGrants(all: readonly GrantSubject[], left: readonly GrantSubject[]): GrantSubject[] {
  const ids = new Set(left.map(({ id }) => id))
  return all.filter(({ id }) => !ids.has(id))
}

function settingsOf(application: Application): ApplicationSettings {
  const { name, origin, enabled, forEverybody, sessionMinutes, factorMinutes, grants } = application
  const bare = grants.map(({ type, id }) => ({ type, id }))
  return { name, origin, enabled, forEverybody, sessionMinutes, factorMinutes, grants: bare }
}

export function applicationEvent(
  action: Fact['action'],
  { id, name }: { readonly id: string; readonly name: string },
  change: { before?: object; after?: object },
): Fact {
  return { action, objectType: 'Application', objectId: id, objectName: name, change }
}

async function translateConflict<Row>(
  rows: Promise<Row[]>,
  { name, origin }: ApplicationSettings,
): Promise<Row[]> {
  try {
    return await rows
  } catch (error) {
    const index = violatedIndex(error)
    if (index === 'application_name') throw new Conflict('name', `There is an application ${name} already`)
    if (index === 'application_origin')
      throw new Conflict('origin', `Another application of yours has the address ${origin}`)
    throw error
  }
}
