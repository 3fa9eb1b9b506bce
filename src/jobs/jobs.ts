// Work that is too long for a request, such as disabling a thousand users. This folder owns the queue and its progress;
// what a kind of job does in a batch is told by whoever enqueues it (kind.ts), and done by worker.ts.
import { randomUUIDv7 } from 'node:crypto'
import { audited, record, type Witness } from '#audit/record.ts'
import { Conflict, NotFound } from '#errors.ts'
import type { Database, Queryable } from '#platform/database.ts'
import { raw, type Sql, sql } from '#platform/sql.ts'

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
export type JobState = (typeof JOB_STATES)[number]

export interface Job {
  readonly id: string
  readonly kind: string
  /** What it does, in words. */
  readonly title: string
  readonly state: JobState
  readonly done: number
  /** As it was counted when the job was asked for. */
  readonly total: number
  /** Why it failed, or why its last attempt did. */
  readonly problem: string | null
  readonly createdBy: string
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
}

export interface NewJob {
  readonly kind: string
  readonly title: string
  readonly payload: object
  readonly total: number
}

const COLUMNS =
  raw(`j.id, j.kind, j.title, j.state, j.done, j.total, j.problem, j.actor ->> 'name' as "createdBy",
    j.created_at as "createdAt", j.started_at as "startedAt", j.finished_at as "finishedAt"`)

/** In the transaction of whatever goes with it. @returns its id */
export async function enqueue(
  tx: Queryable,
  witness: Witness,
  { kind, title, payload, total }: NewJob,
): Promise<string> {
  const id = randomUUIDv7()
  await tx.query(sql`insert into job (id, tenant_id, kind, title, payload, actor, total) values (${id},
    ${witness.tenantId}, ${kind}, ${title}, ${JSON.stringify(payload)}, ${JSON.stringify(witness.actor)}, ${total})`)
  const change = { after: { kind, total } }
  await record(tx, witness, { action: 'create', objectType: 'Job', objectId: id, objectName: title, change })
  return id
}

/** @throws {NotFound} */
export async function findJob(db: Database, tenantId: string, id: string): Promise<Job> {
  const [job] = await db.run<Job>({ tenantId }, select(tenantId, sql`j.id = ${id}`, 1))
  if (!job) throw new NotFound(`There is no job ${id}`)
  return job
}

/** Newest first. */
export function listJobs(
  db: Database,
  tenantId: string,
  { open, limit }: { readonly open?: boolean | undefined; readonly limit: number },
): Promise<Job[]> {
  const wanted = open ? raw(`j.state in ('queued', 'running')`) : raw('true')
  return db.run<Job>({ tenantId }, select(tenantId, wanted, limit))
}

function select(tenantId: string, condition: Sql, limit: number): Sql {
  return sql`select ${COLUMNS} from job j where j.tenant_id = ${tenantId} and ${condition}
    order by j.id desc limit ${limit}`
}

/** What was done until now stays done. @throws {NotFound} @throws {Conflict} it has ended */
export async function cancelJob(db: Database, witness: Witness, id: string): Promise<void> {
  const { tenantId } = witness
  const statement = sql`update job set state = 'cancelled', finished_at = now()
    where id = ${id} and tenant_id = ${tenantId} and state in ('queued', 'running') returning id, title, done`
  const cancelled = await db.run(
    { tenantId },
    audited(witness, statement, {
      action: 'update',
      objectType: 'Job',
      objectId: id,
      objectName: sql`changed.title`,
      change: sql`json_build_object('after', json_build_object('state', 'cancelled', 'done', changed.done))::text`,
    }),
  )
  if (cancelled.length > 0) return
  const { state } = await findJob(db, tenantId, id)
  throw new Conflict('state', `The job has ended: it is ${state}`)
}
