// Applications behind the gateway, and who may reach them. This folder owns them and the visits of people to them; who
// somebody is, is src/sign-in's. The portal and the gateway door call it.
import { randomUUIDv7 } from 'node:crypto'
import { audited, type Fact, type Witness } from '#audit/record.ts'
import { Conflict, NotFound, Stale } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database.ts'
import { violatedIndex } from '#platform/database-errors.ts'
import { raw, sql } from '#platform/sql.ts'
import { type ApplicationSettings, readApplication } from './application-settings.ts'
import type { Policy } from './decide.ts'

export interface Application extends ApplicationSettings {
  readonly id: string
  readonly tenantId: string
  readonly grants: readonly Grant[]
  readonly version: string
  readonly createdAt: Date
  readonly changedAt: Date
}

export interface Grant {
  readonly type: 'User' | 'Group'
  readonly id: string
  /** Null when it is gone. */
  readonly name: string | null
}

const COLUMNS =
  raw(`p.id, p.tenant_id as "tenantId", p.name, p.origin, p.enabled, p.for_everybody as "forEverybody",
    p.session_minutes as "sessionMinutes", p.factor_minutes as "factorMinutes", p.version::text as version,
    p.created_at as "createdAt", p.changed_at as "changedAt",
    coalesce((select json_agg(json_build_object('type', g.subject_type, 'id', g.subject_id, 'name', case g.subject_type
        when 'User' then (select d.user_name from directory_user d where d.id = g.subject_id)
        else (select d.display_name from directory_group d where d.id = g.subject_id) end) order by g.subject_id)
      from application_grant g where g.application_id = p.id and g.tenant_id = p.tenant_id), '[]'::json) as grants`)

/** By name. */
export function listApplications(db: Database, tenantId: string): Promise<Application[]> {
  return db.run<Application>(
    { tenantId },
    sql`select ${COLUMNS} from application p where p.tenant_id = ${tenantId} order by lower(p.name)`,
  )
}

/** @throws {NotFound} */
export async function getApplication(db: Database, tenantId: string, id: string): Promise<Application> {
  return db.transaction({ tenantId }, (tx) => readIn(tx, id))
}

/** What the gateway knows of an application before it knows who comes. */
export interface ApplicationAt extends Policy {
  readonly id: string
  readonly tenantId: string
}

/** Returns the application that the tenant has at this origin. */
export async function findApplicationAt(
  db: Database,
  tenantId: string,
  origin: string,
): Promise<ApplicationAt | undefined> {
  const [application] = await db.run<ApplicationAt>(
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
  witness: Witness,
  given: unknown,
): Promise<Application> {
  const settings = readApplication(given)
  const id = randomUUIDv7()
  return db.transaction({ tenantId: witness.tenantId }, async (tx) => {
    const { name, origin, enabled, forEverybody, sessionMinutes, factorMinutes } = settings
    const insert = sql`insert into application (id, tenant_id, name, origin, enabled, for_everybody, session_minutes,
        factor_minutes)
      values (${id}, ${tx.tenantId}, ${name}, ${origin}, ${enabled}, ${forEverybody}, ${sessionMinutes}, ${factorMinutes})
      returning id`
    const fact = factOf('create', { id, name }, { after: settings })
    await unlessTaken(tx.query(audited(witness, insert, fact)), settings)
    await grant(tx, id, settings)
    return readIn(tx, id)
  })
}

/** Changes what is given and leaves the rest. @throws as `createApplication`, {NotFound} {Stale} */
export async function changeApplication(
  db: Database,
  witness: Witness,
  id: string,
  given: unknown,
  version?: string,
): Promise<Application> {
  return db.transaction({ tenantId: witness.tenantId }, async (tx) => {
    await tx.query(sql`select from application where id = ${id} and tenant_id = ${tx.tenantId} for update`)
    const before = await readIn(tx, id)
    if (version !== undefined && version !== before.version)
      throw new Stale(`${before.name} was changed meanwhile; look at it again`)
    const was = settingsOf(before)
    const settings = readApplication(given, was)
    if (JSON.stringify(was) === JSON.stringify(settings)) return before
    const { name, origin, enabled, forEverybody, sessionMinutes, factorMinutes } = settings
    const update = sql`update application set name = ${name}, origin = ${origin}, enabled = ${enabled},
        for_everybody = ${forEverybody}, session_minutes = ${sessionMinutes}, factor_minutes = ${factorMinutes},
        version = version + 1, changed_at = now()
      where id = ${id} and tenant_id = ${tx.tenantId} returning id`
    const fact = factOf('update', { id, name }, { before: was, after: settings })
    await unlessTaken(tx.query(audited(witness, update, fact)), settings)
    await tx.query(
      sql`delete from application_grant where application_id = ${id} and tenant_id = ${tx.tenantId}`,
    )
    await grant(tx, id, settings)
    return readIn(tx, id)
  })
}

/** @throws {NotFound} */
export async function deleteApplication(db: Database, witness: Witness, id: string): Promise<void> {
  await db.transaction({ tenantId: witness.tenantId }, async (tx) => {
    const before = await readIn(tx, id)
    const removal = sql`delete from application where id = ${id} and tenant_id = ${tx.tenantId} returning id`
    await tx.query(audited(witness, removal, factOf('delete', before, { before: settingsOf(before) })))
  })
}

async function readIn(tx: TenantTx, id: string): Promise<Application> {
  const [application] = await tx.query<Application>(
    sql`select ${COLUMNS} from application p where p.id = ${id} and p.tenant_id = ${tx.tenantId}`,
  )
  if (!application) throw new NotFound(`There is no application ${id}`)
  return application
}

/** Only users and groups of the tenant can be granted anything: others are not found, and left out. */
async function grant(tx: TenantTx, applicationId: string, { grants }: ApplicationSettings): Promise<void> {
  const idsOf = (wanted: Grant['type']) => grants.filter(({ type }) => type === wanted).map(({ id }) => id)
  await tx.query(
    sql`insert into application_grant (application_id, subject_id, subject_type, tenant_id)
      select ${applicationId}::uuid, u.id, 'User', ${tx.tenantId}::uuid from directory_user u
        where u.id = any(${idsOf('User')}::uuid[]) and u.tenant_id = ${tx.tenantId}
      union all
      select ${applicationId}::uuid, g.id, 'Group', ${tx.tenantId}::uuid from directory_group g
        where g.id = any(${idsOf('Group')}::uuid[]) and g.tenant_id = ${tx.tenantId}`,
  )
}

function settingsOf(application: Application): ApplicationSettings {
  const { name, origin, enabled, forEverybody, sessionMinutes, factorMinutes, grants } = application
  const bare = grants.map(({ type, id }) => ({ type, id }))
  return { name, origin, enabled, forEverybody, sessionMinutes, factorMinutes, grants: bare }
}

function factOf(
  action: Fact['action'],
  { id, name }: { readonly id: string; readonly name: string },
  change: { before?: object; after?: object },
): Fact {
  return { action, objectType: 'Application', objectId: id, objectName: name, change }
}

async function unlessTaken<Row>(rows: Promise<Row[]>, { name, origin }: ApplicationSettings): Promise<Row[]> {
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
