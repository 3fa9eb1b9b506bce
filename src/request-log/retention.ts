// Limits how long and how much the log keeps: it drops whole days, and the oldest rows of an identity provider.
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'

/** Limit of rows per identity provider without valid credentials, because anyone can send such requests. */
const STRANGERS = 2_000
/** Rows deleted by one statement. */
const BATCH = 10_000
/** In days. Totals are kept longer than requests: they are small and show what is usual for a sync. */
const TOTAL_DAYS = 31

/** Creates partitions for the coming days and drops those that are too old or exceed the size limit. */
export async function keepDays(db: Database, days: number, bytes: number): Promise<void> {
  await db.run(SYSTEM, sql`select keep_scim_request_days(${days}, ${bytes})`)
}

/** Deletes totals that are too old, and what remains of deleted identity providers. */
export async function forgetRemains(db: Database): Promise<void> {
  for (const logged of await loggedProviders(db)) await forgetOld(db, logged)
}

interface Logged {
  readonly tenantId: string
  readonly idpId: string
  readonly isThere: boolean
}

/** Returns the identity providers in the log, jumping along the index instead of reading all rows. */
function loggedProviders(db: Database): Promise<Logged[]> {
  return db.run<Logged>(
    SYSTEM,
    sql`with recursive logged as (
        (select h.idp_id, h.tenant_id from scim_hour h order by h.idp_id limit 1)
        union all
        select next.idp_id, next.tenant_id from logged l cross join lateral (
          select h.idp_id, h.tenant_id from scim_hour h where h.idp_id > l.idp_id order by h.idp_id limit 1) next)
      select idp_id as "idpId", tenant_id as "tenantId",
        exists (select from identity_provider i where i.id = idp_id) as "isThere" from logged`,
  )
}

async function forgetOld(db: Database, { tenantId, idpId, isThere }: Logged): Promise<void> {
  if (!isThere) {
    const rows = sql`scim_request where tenant_id = ${tenantId} and idp_id = ${idpId}`
    await db.run(
      SYSTEM,
      sql`delete from ${rows} and at <= coalesce(
      (select at from ${rows} order by at offset ${BATCH} limit 1), 'infinity')`,
    )
  }
  const [left] = await db.run(
    SYSTEM,
    sql`select from scim_request where tenant_id = ${tenantId} and idp_id = ${idpId} limit 1`,
  )
  const oldest =
    isThere || left ? sql`now() - make_interval(days => ${TOTAL_DAYS})` : sql`'infinity'::timestamptz`
  await db.run(SYSTEM, sql`delete from scim_hour where idp_id = ${idpId} and hour < ${oldest}`)
}

/**
 * Deletes the oldest rows of an identity provider above its limit: look-ups first, though up to half of the limit
 * stays theirs, then the oldest of any kind. Requests without valid credentials have a limit of their own.
 */
export async function trimProvider(db: Database, idpId: string, most: number): Promise<void> {
  const all = sql`scim_request r where r.idp_id = ${idpId}
    and r.tenant_id = (select tenant_id from identity_provider where id = ${idpId})`
  await db.run(
    SYSTEM,
    deleteAbove(sql`scim_request r where r.idp_id = ${idpId} and r.credential_id is null`, STRANGERS),
  )
  const { isTooMany, others } = await countOthers(db, all, most)
  if (!isTooMany) return
  await db.run(SYSTEM, deleteAbove(sql`${all} and ${LOOK_UP}`, most - others))
  await db.run(SYSTEM, deleteAbove(all, most))
}

const LOOK_UP = raw(`r.method = 'GET' and not r.failed`)

/**
 * Returns whether there are too many rows, and how many aren't look-ups, counted up to half the limit so that some
 * look-ups stay.
 */
async function countOthers(db: Database, rows: Sql, most: number) {
  const [count] = await db.run<{ isTooMany: boolean; others: number }>(
    SYSTEM,
    sql`select exists (select from ${rows} order by r.at desc offset ${most} limit 1) as "isTooMany",
      (select count(*)::int from (select from ${rows} and not (${LOOK_UP}) limit ${Math.floor(most / 2)}) o) as others`,
  )
  return count ?? { isTooMany: false, others: 0 }
}

/** Deletes the oldest rows above the limit, at most one batch per statement. */
function deleteAbove(rows: Sql, most: number): Sql {
  return sql`with bound as materialized (
      select (select r.at from ${rows} order by r.at desc offset ${most} limit 1) as newest,
        (select r.at from ${rows} order by r.at offset ${BATCH} limit 1) as batch)
    delete from ${rows} and r.at <= (select least(newest, batch) from bound where newest is not null)`
}
