// What is stored between the two halves of an enrollment or a passkey ceremony: a challenge or a secret, for ten minutes, bound
// to whom it was made for.
import { randomUUID } from 'node:crypto'
import { Refused } from '#errors.ts'
import { type Database, type Queryable, type Scope, SYSTEM } from '#platform/database/database.ts'
import { inSteps } from '#platform/database/in-steps.ts'
import { sql } from '#platform/database/sql.ts'

export interface CeremonyKey {
  /** Undefined while the user of a sign-in is unknown. */
  readonly tenantId: string | undefined
  readonly kind: 'totp' | 'passkey' | 'assertion'
  /** What it is bound to: `administrator:…`, `link:…`, `attempt:…`, `user-attempt:…`. */
  readonly boundTo: string
}

const MINUTES = 10

/** Stores what a ceremony needs later. @param content gets the ceremony's id, which a sealed secret is bound to */
export async function beginCeremony(
  db: Database,
  { tenantId, kind, boundTo }: CeremonyKey,
  content: (id: string) => Buffer,
): Promise<string> {
  const id = randomUUID()
  await db.run(
    scopeOf(tenantId),
    sql`insert into factor_ceremony (id, tenant_id, kind, bound_to, content, expires_at)
      values (${id}, ${tenantId ?? null}, ${kind}, ${boundTo}, ${content(id)}, now() + make_interval(mins => ${MINUTES}))`,
  )
  return id
}

/** Reads a ceremony without ending it, so that a mistyped code can be tried again. @throws {Refused} it expired */
export async function readCeremony(db: Database, place: CeremonyKey, id: string): Promise<Buffer> {
  const { tenantId, kind, boundTo } = place
  const [kept] = await db.run<{ content: Buffer }>(
    scopeOf(tenantId),
    sql`select content from factor_ceremony where id = ${id} and kind = ${kind} and bound_to = ${boundTo}
      and tenant_id is not distinct from ${tenantId ?? null}::uuid and expires_at > now()`,
  )
  if (!kept) throw expiredCeremony()
  return kept.content
}

/** Reads a ceremony and ends it. @throws {Refused} it expired */
export async function consumeCeremony(db: Database, place: CeremonyKey, id: string): Promise<Buffer> {
  const content = await readCeremony(db, place, id)
  await endCeremony({ query: (statement) => db.run(scopeOf(place.tenantId), statement) }, id)
  return content
}

/** Ends a ceremony. Of several simultaneous requests, one succeeds. @throws {Refused} */
export async function endCeremony(tx: Queryable, id: string): Promise<void> {
  const ended = await tx.query(sql`delete from factor_ceremony where id = ${id} returning id`)
  if (ended.length === 0) throw expiredCeremony()
}

function scopeOf(tenantId: string | undefined): Scope {
  return tenantId === undefined ? SYSTEM : { tenantId }
}

function expiredCeremony(): Refused {
  return new Refused('This took too long or was already done. Start again.')
}

/** Deletes expired ceremonies in short steps. @returns how many */
export function purgeCeremonies(db: Database, signal?: AbortSignal): Promise<number> {
  const step = async (limit: number) => {
    const rows = await db.run(
      SYSTEM,
      sql`delete from factor_ceremony where id in
        (select id from factor_ceremony where expires_at < now() order by expires_at limit ${limit}) returning id`,
    )
    return rows.length
  }
  return inSteps(step, { signal })
}
