// Attribute names that identity providers send without a declaration, so that an administrator can declare them. Also
// attributes whose values are converted because the identity provider sends them in a nonstandard form. Only names
// are stored, never values. They are collected in memory and written once a second, so requests never wait for them.
// A crash loses at most one second of them.
import type { Clock } from '#platform/clock.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { prepared, sql } from '#platform/database/sql.ts'
import type { Schema } from '#protocol/scim/schema/schema.ts'
import type { Caller } from '../credentials/caller.ts'
import type { ResourceType } from './declared-schemas.ts'

export interface UnknownAttribute {
  readonly resourceType: ResourceType
  /** For example `shoeSize`, `name.nick`, `urn:…:custom:level`. */
  readonly name: string
  /** Number of messages that contained the name. */
  readonly count: number
  readonly firstSeenAt: Date
  readonly lastSeenAt: Date
}

/** An attribute whose values the identity provider sends in a nonstandard form. */
export interface Habit extends UnknownAttribute {
  /** Name of the quirk that converts the values. */
  readonly habit: string
}

export interface UnknownAttributes {
  /**
   * Records names from one message of this caller that its schemas don't have.
   * @param habit set if the names are known and this quirk converted their values
   */
  noticed(caller: Caller, resourceType: ResourceType, names: readonly string[], habit?: string): void
  /** Writes the collected names. @throws {Unavailable} */
  flush(): Promise<void>
  /** Writes the collected names and stops. */
  close(): Promise<void>
}

const FLUSH_MILLISECONDS = 1_000
/** Limit per identity provider, both in the database and between two writes. Names beyond it are ignored. */
const NAMES = 500
const PROVIDERS = 2_000

interface Sighting {
  readonly resourceType: ResourceType
  readonly habit: string
  readonly key: string
  readonly name: string
  readonly firstSeenAt: Date
  count: number
  lastSeenAt: Date
}

interface Sightings {
  readonly tenantId: string
  readonly idpId: string
  readonly byKey: Map<string, Sighting>
}

export function openUnknownAttributes(
  db: Database,
  clock: Clock,
  onError: (error: unknown) => void = () => {},
): UnknownAttributes {
  const providers = new Map<string, Sightings>()

  function sightingsOf({ tenantId, idp }: Caller): Sightings | undefined {
    const known = providers.get(idp.id)
    if (known || providers.size >= PROVIDERS) return known
    const fresh = { tenantId, idpId: idp.id, byKey: new Map() }
    providers.set(idp.id, fresh)
    return fresh
  }

  async function flush(): Promise<void> {
    const all = [...providers.values()]
    providers.clear()
    for (const sightings of all) await write(db, sightings)
  }

  const flushing = () => flush().catch(onError)
  const timer = setInterval(() => void flushing(), FLUSH_MILLISECONDS)
  timer.unref()
  return {
    noticed(caller, resourceType, names, habit = '') {
      if (names.length === 0) return
      const sightings = sightingsOf(caller)
      if (!sightings) return
      for (const name of new Set(names)) see(sightings.byKey, { resourceType, habit, name }, clock())
    },
    flush,
    async close() {
      clearInterval(timer)
      await flushing()
    },
  }
}

function see(
  byKey: Map<string, Sighting>,
  { resourceType, habit, name }: Pick<Sighting, 'resourceType' | 'habit' | 'name'>,
  at: Date,
): void {
  const key = name.toLowerCase()
  const known = byKey.get(`${habit} ${resourceType} ${key}`)
  if (known) {
    known.count += 1
    known.lastSeenAt = at
  } else if (byKey.size < NAMES) {
    byKey.set(`${habit} ${resourceType} ${key}`, {
      resourceType,
      habit,
      key,
      name,
      count: 1,
      firstSeenAt: at,
      lastSeenAt: at,
    })
  }
}

/** Counts known names, and adds new ones while the limit allows. */
async function write(db: Database, { tenantId, idpId, byKey }: Sightings): Promise<void> {
  const rows = [...byKey.values()].toSorted((a, b) =>
    a.resourceType + a.key + a.habit < b.resourceType + b.key + b.habit ? -1 : 1,
  )
  const column = <Key extends keyof Sighting>(key: Key) => rows.map((row) => row[key])
  await db.run(
    { tenantId },
    prepared(
      'unknown-attributes.write',
      sql`with given as (
          select g.*, known.name_key is null as fresh from unnest(${column('resourceType')}::text[], ${column('key')}::text[],
            ${column('name')}::text[], ${column('count')}::bigint[], ${column('firstSeenAt')}::timestamptz[],
            ${column('lastSeenAt')}::timestamptz[], ${column('habit')}::text[])
            as g(resource_type, name_key, name, count, first_seen_at, last_seen_at, habit)
          left join unknown_attribute known on known.idp_id = ${idpId} and known.tenant_id = ${tenantId}
            and known.resource_type = g.resource_type and known.name_key = g.name_key and known.habit = g.habit),
        placed as (select g.*, count(*) filter (where fresh) over (order by resource_type, name_key, habit) as place
          from given g)
      insert into unknown_attribute (tenant_id, idp_id, resource_type, name_key, name, count, first_seen_at, last_seen_at,
          habit)
        select i.tenant_id, i.id, p.resource_type, p.name_key, p.name, p.count, p.first_seen_at, p.last_seen_at, p.habit
        from placed p join identity_provider i on i.id = ${idpId} and i.tenant_id = ${tenantId}
        where not p.fresh or p.place + (select count(*) from unknown_attribute u
          where u.idp_id = ${idpId} and u.tenant_id = ${tenantId}) <= ${NAMES}
        order by p.resource_type, p.name_key, p.habit
        on conflict (idp_id, resource_type, name_key, habit) do update set count = unknown_attribute.count + excluded.count,
          last_seen_at = greatest(unknown_attribute.last_seen_at, excluded.last_seen_at)`,
    ),
  )
}

/** Lists unknown attributes, most frequent first. */
export function listUnknownAttributes(
  db: Database,
  tenantId: string,
  idpId: string,
): Promise<UnknownAttribute[]> {
  return db.run<UnknownAttribute>(
    { tenantId },
    sql`select resource_type as "resourceType", name, count::float8 as count, first_seen_at as "firstSeenAt",
        last_seen_at as "lastSeenAt"
      from unknown_attribute where idp_id = ${idpId} and tenant_id = ${tenantId} and habit = ''
      order by unknown_attribute.count desc, name_key, resource_type`,
  )
}

/** Lists converted attributes, most recent first. */
export function listHabits(db: Database, tenantId: string, idpId: string): Promise<Habit[]> {
  return db.run<Habit>(
    { tenantId },
    sql`select resource_type as "resourceType", name, habit, count::float8 as count, first_seen_at as "firstSeenAt",
        last_seen_at as "lastSeenAt"
      from unknown_attribute where idp_id = ${idpId} and tenant_id = ${tenantId} and habit <> ''
      order by last_seen_at desc, name_key, resource_type`,
  )
}

/** Removes names from the list once a schema declares them. */
export async function forgetDeclared(
  tx: TenantTx,
  idpId: string,
  resourceType: ResourceType,
  { id, attributes }: Schema,
): Promise<void> {
  const names = attributes.flatMap(({ name, subAttributes = [] }) => [
    `${id}:${name}`,
    ...subAttributes.map((sub) => `${id}:${name}.${sub.name}`),
  ])
  const keys = [id, ...names].map((name) => name.toLowerCase())
  await tx.query(
    sql`delete from unknown_attribute where idp_id = ${idpId} and tenant_id = ${tx.tenantId}
      and resource_type = ${resourceType} and name_key = any(${keys}::text[]) and habit = ''`,
  )
}
