// Seals the log after the fact, and proves that nothing in it was altered or removed. The sealer reads behind the oldest
// transaction that still runs, so no event can come late under a seal; requests never wait for it.
import { type Database, SYSTEM, type TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'

/** Any number that nothing else locks: one process seals at a time. */
const SEALER_LOCK = 7_064_001

interface Head {
  readonly tenantId: string
  readonly number: string
  readonly untilXid: string
  readonly digest: Buffer
  readonly sealedAt: Date
}

const BEGINNING = { number: '0', untilXid: '0', digest: Buffer.alloc(32), sealedAt: new Date(0) }

/** Seals what was committed since the last time. @returns how many seals were made; 0 while another process is at it */
export function sealAudit(db: Database): Promise<number> {
  return db.transaction(SYSTEM, async (tx) => {
    const [lock] = await tx.query<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${SEALER_LOCK}) as mine`,
    )
    if (!lock?.mine) return 0
    const [horizon] = await tx.query<{ xid: string; at: Date }>(
      sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xid, clock_timestamp() as at`,
    )
    let made = 0
    for (const head of await heads(tx)) if (horizon && (await seal(tx, head, horizon))) made += 1
    return made
  })
}

/** The newest seal of every tenant, or where its first one begins. */
async function heads(tx: TenantTx): Promise<Head[]> {
  const rows = await tx.query<{ [Name in keyof Head]: Head[Name] | null } & { tenantId: string }>(
    sql`select t.id as "tenantId", s.number::text, s.until_xid::text as "untilXid", s.digest, s.sealed_at as "sealedAt"
      from tenant t left join lateral (
        select * from audit_seal s where s.tenant_id = t.id order by s.number desc limit 1) s on true`,
  )
  return rows.map((row) => ({ ...(row.number === null ? BEGINNING : (row as Head)), tenantId: row.tenantId }))
}

async function seal(tx: TenantTx, head: Head, horizon: { xid: string; at: Date }): Promise<boolean> {
  const made = await tx.query(
    sql`insert into audit_seal (tenant_id, number, until_xid, events, digest, sealed_at)
      select ${head.tenantId}, ${head.number}::bigint + 1, ${horizon.xid}::xid8, s.events, s.digest, ${horizon.at}
      from seal_of(${head.tenantId}, ${head.digest}, ${head.untilXid}::xid8, ${horizon.xid}::xid8, ${head.sealedAt}, ${horizon.at}) s
      where s.events > 0 returning number`,
  )
  return made.length > 0
}

const CUT_OFF = 'the seal that was noted down is not there: the end of the log was cut off'

/** What a proof found: the head is worth keeping elsewhere, since a log whose end was cut off proves as well. */
export interface Proof {
  readonly seals: number
  readonly events: number
  /** Committed after the last seal. */
  readonly unsealed: number
  /** Of the newest seal, in hex; undefined when there is none. */
  readonly head: string | undefined
  /** Numbers of the seals that do not hold, and what else is wrong. */
  readonly faults: string[]
}

interface Link extends Head {
  readonly events: string
  readonly foundEvents: string
  readonly foundDigest: Buffer
}

/**
 * Reads a tenant's whole log again and compares it with its seals.
 * @param known digest of a seal that was noted down elsewhere, in hex: it must still be there
 */
export async function verifyAudit(db: Database, tenantId: string, known?: string): Promise<Proof> {
  const scope = { tenantId }
  const links = await db.run<Link>(
    scope,
    sql`with chain as (
        select s.*, lag(digest, 1, ${BEGINNING.digest}) over w as previous, lag(until_xid, 1, '0'::xid8) over w as from_xid,
          lag(sealed_at, 1, ${BEGINNING.sealedAt}) over w as since
        from audit_seal s where s.tenant_id = ${tenantId} window w as (order by number))
      select c.number::text, c.until_xid::text as "untilXid", c.digest, c.events::text, c.sealed_at as "sealedAt",
        found.events::text as "foundEvents", found.digest as "foundDigest"
      from chain c, seal_of(${tenantId}, c.previous, c.from_xid, c.until_xid, c.since, c.sealed_at) found order by c.number`,
  )
  const last = links.at(-1)
  const [count] = await db.run<{ sealed: string; unsealed: string }>(
    scope,
    sql`select count(*) filter (where e.xid < ${last?.untilXid ?? '0'}::xid8)::text as sealed,
        count(*) filter (where e.xid >= ${last?.untilXid ?? '0'}::xid8)::text as unsealed
      from audit_event e where e.tenant_id = ${tenantId}`,
  )
  const events = links.reduce((sum, link) => sum + Number(link.events), 0)
  const cutOff =
    known !== undefined && !links.some(({ digest }) => digest.toString('hex') === known.toLowerCase())
  const extra = Number(count?.sealed ?? 0) - events
  return {
    seals: links.length,
    events,
    unsealed: Number(count?.unsealed ?? 0),
    head: last?.digest.toString('hex'),
    faults: [
      ...links.flatMap(faultsOf),
      ...(extra === 0
        ? []
        : [`${Math.abs(extra)} events ${extra > 0 ? 'are under no seal' : 'are missing'}`]),
      ...(cutOff ? [CUT_OFF] : []),
    ],
  }
}

/** What one look at a part of the chain found, the newest seals first. */
export interface PartProof {
  /** All that there are. */
  readonly seals: number
  readonly sealedAt: Date | undefined
  readonly head: string | null
  readonly checked: { readonly seals: number; readonly events: number }
  readonly checkedTo: Date | undefined
  /** Go on below this number; null at the first seal. */
  readonly next: number | null
  readonly faults: string[]
}

const SEALS_AT_ONCE = 500
const EVENTS_AT_ONCE = 30_000

/**
 * Compares a part of a tenant's log with its seals: as much as can be read while somebody waits.
 * @param below looks at the seals with a smaller number; the newest otherwise
 * @param head digest of a seal that was noted down elsewhere, in hex: it must still be there
 */
export async function verifySeals(
  db: Database,
  tenantId: string,
  { below, head: known }: { readonly below?: number | undefined; readonly head?: string | undefined },
): Promise<PartProof> {
  const scope = { tenantId }
  const [newest] = await db.run<{ number: number; digest: Buffer; sealedAt: Date; knows: boolean }>(
    scope,
    sql`select s.number::int, s.digest, s.sealed_at as "sealedAt", ${known ?? null}::text is null or exists (
        select from audit_seal k where k.tenant_id = ${tenantId} and k.digest = decode(${known ?? ''}, 'hex')) as knows
      from audit_seal s where s.tenant_id = ${tenantId} order by s.number desc limit 1`,
  )
  const links = await linksBelow(db, tenantId, below)
  const oldest = links.at(-1)
  const first = Number(oldest?.number ?? 1)
  const cut = known !== undefined && !newest?.knows
  return {
    seals: newest?.number ?? 0,
    sealedAt: newest?.sealedAt,
    head: newest?.digest.toString('hex') ?? null,
    checked: { seals: links.length, events: links.reduce((sum, link) => sum + Number(link.foundEvents), 0) },
    checkedTo: oldest?.sealedAt,
    next: first > 1 ? first : null,
    faults: [
      ...links.flatMap((link, place) => faultsOf(link, Number(links[0]?.number) - place - 1)),
      ...(cut ? [CUT_OFF] : []),
    ],
  }
}

/** The newest seals below a number, as many as have not too many events under them, each with what is found. */
async function linksBelow(db: Database, tenantId: string, below: number | undefined): Promise<Link[]> {
  const scope = { tenantId }
  const sizes = await db.run<{ number: string; events: string }>(
    scope,
    sql`select number::text, events::text from audit_seal
      where tenant_id = ${tenantId} and (${below ?? null}::bigint is null or number < ${below ?? null}::bigint)
      order by number desc limit ${SEALS_AT_ONCE}`,
  )
  let events = 0
  const taken = sizes.filter(({ events: more }, place) => {
    events += Number(more)
    return place === 0 || events <= EVENTS_AT_ONCE
  })
  const [newest, oldest] = [taken[0], taken.at(-1)]
  if (!newest || !oldest) return []
  return db.run<Link>(
    scope,
    sql`select c.number::text, c.until_xid::text as "untilXid", c.digest, c.events::text, c.sealed_at as "sealedAt",
        found.events::text as "foundEvents", found.digest as "foundDigest"
      from audit_seal c left join audit_seal p on p.tenant_id = c.tenant_id and p.number = c.number - 1,
        seal_of(${tenantId}, coalesce(p.digest, ${BEGINNING.digest}), coalesce(p.until_xid, '0'::xid8), c.until_xid,
          coalesce(p.sealed_at, ${BEGINNING.sealedAt}), c.sealed_at) found
      where c.tenant_id = ${tenantId} and c.number between ${oldest.number}::bigint and ${newest.number}::bigint
      order by c.number desc`,
  )
}

function faultsOf(link: Link, place: number): string[] {
  if (link.number !== String(place + 1)) return [`seal ${place + 1} is missing`]
  if (link.events !== link.foundEvents)
    return [`seal ${link.number} is of ${link.events} events, and ${link.foundEvents} are there`]
  return link.digest.equals(link.foundDigest)
    ? []
    : [`an event under seal ${link.number} (${link.sealedAt.toISOString()}) was altered`]
}
