// Verifies the audit log: reads it again, a part at a time, and compares it with its seals. The portal and the command line
// both go through the parts; each part is one short request.
import type { Database } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { EVENT_TEXT, NO_DIGEST } from './event-text.ts'
import { readWalk, type Walk, writeWalk } from './proof-walk.ts'

/** The result of one part of a verification. */
export interface ProofPart {
  /** Number of all seals. */
  readonly seals: number
  readonly sealedAt: Date | undefined
  /** Digest of the newest seal in hex; undefined if there is none. Keep it outside of the database. */
  readonly head: string | undefined
  /** Number of seals and events that this part compared. */
  readonly checked: { readonly seals: number; readonly events: number }
  /** From 0 to 1. */
  readonly progress: number
  /** What is wrong, as sentences. */
  readonly faults: readonly string[]
  /** Where the next part starts; undefined after the last. */
  readonly next: string | undefined
  /** Number of events after the newest seal; known after the last part. */
  readonly unsealed: number | undefined
}

const SEALS_AT_ONCE = 500
const EVENTS_AT_ONCE = 30_000
const COUNTED_AT_ONCE = 100_000

export interface ProofRequest {
  /** `next` of the part before; undefined starts a verification. */
  readonly after?: string | undefined
  /** Digest of an earlier seal, in hex: it must still exist. */
  readonly head?: string | undefined
}

/** Verifies one part. @throws {Invalid} when `after` isn't the `next` of another part */
export async function verifyPart(db: Database, tenantId: string, request: ProofRequest): Promise<ProofPart> {
  const newest = await newestSeal(db, tenantId)
  const walk = request.after === undefined ? beginning(newest) : readWalk(request.after)
  const part = walk.seal > 0 ? await checkSeals(db, tenantId, walk) : await countEvents(db, tenantId, walk)
  const isCut = request.head !== undefined && !(await hasSeal(db, tenantId, request.head))
  return {
    seals: newest?.number ?? 0,
    sealedAt: newest?.sealedAt,
    head: newest?.digest.toString('hex'),
    ...part,
    faults: [...part.faults, ...(isCut && request.after === undefined ? [CUT_OFF] : [])],
  }
}

const CUT_OFF = 'The seal you noted is missing: the end of the log was cut off.'

interface Newest {
  readonly number: number
  readonly until: number
  readonly digest: Buffer
  readonly sealedAt: Date
}

async function newestSeal(db: Database, tenantId: string): Promise<Newest | undefined> {
  const [newest] = await db.run<Newest>(
    { tenantId },
    sql`select s.number::float8 as number, s.until_position::float8 as until, s.digest, s.sealed_at as "sealedAt"
      from audit_seal s where s.tenant_id = ${tenantId} order by s.number desc limit 1`,
  )
  return newest
}

async function hasSeal(db: Database, tenantId: string, head: string): Promise<boolean> {
  const rows = await db.run(
    { tenantId },
    sql`select from audit_seal where tenant_id = ${tenantId} and digest = decode(${head}, 'hex') limit 1`,
  )
  return rows.length > 0
}

function beginning(newest: Newest | undefined): Walk {
  const seals = newest?.number ?? 0
  return {
    until: newest?.until ?? 0,
    seals,
    covered: 0,
    seal: seals,
    counted: null,
    sealedEvents: 0,
    unsealed: 0,
  }
}

type Part = Pick<ProofPart, 'checked' | 'progress' | 'faults' | 'next' | 'unsealed'>

/** Share of the progress for comparing. Counting computes no digests and takes far less time. */
const COMPARING = 0.9

interface Link {
  readonly number: number
  readonly events: number
  readonly digest: Buffer
  readonly sealedAt: Date
  readonly foundEvents: number
  readonly foundDigest: Buffer
}

async function checkSeals(db: Database, tenantId: string, walk: Walk): Promise<Part> {
  const lowest = await lowestSeal(db, tenantId, walk.seal)
  const links = await readLinks(db, tenantId, lowest, walk.seal)
  const seal = lowest - 1
  const covered = walk.covered + links.reduce((sum, { events }) => sum + events, 0)
  return {
    checked: { seals: links.length, events: links.reduce((sum, { foundEvents }) => sum + foundEvents, 0) },
    progress: COMPARING * (1 - seal / Math.max(1, walk.seals)),
    faults: [...missing(links, lowest, walk.seal), ...links.flatMap(faultsOf)],
    next: writeWalk({ ...walk, seal, covered }),
    unsealed: undefined,
  }
}

/** Returns the lowest seal of one part, which covers only so many events as can be read at once. */
async function lowestSeal(db: Database, tenantId: string, highest: number): Promise<number> {
  const [row] = await db.run<{ lowest: number | null }>(
    { tenantId },
    sql`select min(number)::float8 as lowest from (
        select number, sum(events) over (order by number desc) as sum from (
          select s.number, s.events from audit_seal s
          where s.tenant_id = ${tenantId} and s.number <= ${highest}::bigint
            and s.number > ${highest - SEALS_AT_ONCE}::bigint) recent) seals
      where sum <= ${EVENTS_AT_ONCE} or number = ${highest}::bigint`,
  )
  return row?.lowest ?? Math.max(1, highest - SEALS_AT_ONCE + 1)
}

function readLinks(db: Database, tenantId: string, lowest: number, highest: number): Promise<Link[]> {
  return db.run<Link>(
    { tenantId },
    sql`select s.number::float8 as number, s.events::float8 as events, s.digest, s.sealed_at as "sealedAt",
        found.events::float8 as "foundEvents", found.digest as "foundDigest"
      from audit_seal s left join audit_seal p on p.tenant_id = s.tenant_id and p.number = s.number - 1,
        lateral (select count(*) as events, sha256(coalesce(p.digest, ${NO_DIGEST})
              || convert_to(coalesce(string_agg(${EVENT_TEXT}, E'\n' order by e.position), ''), 'UTF8')) as digest
          from audit_event e where e.tenant_id = ${tenantId} and e.at between s.first_at and s.last_at
            and e.position > coalesce(p.until_position, 0) and e.position <= s.until_position) found
      where s.tenant_id = ${tenantId} and s.number between ${lowest}::bigint and ${highest}::bigint
      order by s.number desc`,
  )
}

/** Returns a fault for each missing number, because seals are numbered without a gap. */
function missing(links: readonly Link[], lowest: number, highest: number): string[] {
  const found = new Set(links.map(({ number }) => number))
  const wanted = Array.from({ length: highest - lowest + 1 }, (_, i) => highest - i)
  return wanted.filter((number) => !found.has(number)).map((number) => `Seal ${number} is missing.`)
}

function faultsOf(link: Link): string[] {
  const where = `seal ${link.number} (${link.sealedAt.toISOString()})`
  if (link.events !== link.foundEvents)
    return [`Under ${where} there are ${link.foundEvents} events instead of ${link.events}.`]
  return link.digest.equals(link.foundDigest) ? [] : [`An event under ${where} was altered.`]
}

/**
 * Counts every event of the tenant, newest first. A seal only reads the events of its own time span. An event that was
 * inserted with another time has a position below the newest seal, but is covered by no seal.
 */
async function countEvents(db: Database, tenantId: string, walk: Walk): Promise<Part> {
  const { counted, until } = walk
  const below = counted ? sql`(e.at, e.id) < (${counted.at}::timestamptz, ${counted.id}::uuid)` : sql`true`
  const [row] = await db.run<{ sealed: number; unsealed: number; at: string | null; id: string | null }>(
    { tenantId },
    sql`select count(*) filter (where position <= ${until}::bigint)::float8 as sealed,
        count(*) filter (where position > ${until}::bigint)::float8 as unsealed,
        to_char(min(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, (array_agg(id order by at, id))[1] as id
      from (select e.at, e.id, e.position from audit_event e where e.tenant_id = ${tenantId} and ${below}
        order by e.at desc, e.id desc limit ${COUNTED_AT_ONCE}) page`,
  )
  const sealedEvents = walk.sealedEvents + (row?.sealed ?? 0)
  const unsealed = walk.unsealed + (row?.unsealed ?? 0)
  const isLast = (row?.sealed ?? 0) + (row?.unsealed ?? 0) < COUNTED_AT_ONCE
  const last = row?.at && row.id ? { at: row.at, id: row.id } : null
  return {
    checked: { seals: 0, events: 0 },
    progress: isLast
      ? 1
      : COMPARING + (1 - COMPARING) * Math.min(1, sealedEvents / Math.max(1, walk.covered)),
    faults: isLast ? strayEvents(sealedEvents - walk.covered) : [],
    next: isLast ? undefined : writeWalk({ ...walk, counted: last, sealedEvents, unsealed }),
    unsealed: isLast ? unsealed : undefined,
  }
}

function strayEvents(more: number): string[] {
  if (more === 0) return []
  return [more > 0 ? `${more} events are under no seal.` : `${-more} events are missing.`]
}

export interface Proof {
  readonly seals: number
  readonly events: number
  readonly unsealed: number
  readonly head: string | undefined
  readonly faults: readonly string[]
}

/** Verifies the whole log. @param onProgress gets the progress after each part, from 0 to 1 */
export async function verifyAudit(
  db: Database,
  tenantId: string,
  {
    head,
    onProgress = () => {},
  }: { readonly head?: string | undefined; onProgress?(progress: number): void } = {},
): Promise<Proof> {
  let proof: Proof = { seals: 0, events: 0, unsealed: 0, head: undefined, faults: [] }
  for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
    const part = await verifyPart(db, tenantId, { after, head })
    proof = {
      seals: proof.seals + part.checked.seals,
      events: proof.events + part.checked.events,
      unsealed: part.unsealed ?? 0,
      head: isFirst ? part.head : proof.head,
      faults: [...proof.faults, ...part.faults],
    }
    onProgress(part.progress)
    after = part.next
  }
  return proof
}
