// Work that takes too long for a request, such as disabling a thousand users. This folder owns the queue and the progress of
// jobs. It doesn't know what a job does: the folder that enqueues it provides its kind (kind.ts), and worker.ts runs it in
// batches. Start with this file; the portal's job routes and src/directory call it.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited, record } from '#audit/record.ts'
import { Conflict, NotFound } from '#errors.ts'
import type { Database, Queryable, TenantTx } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
export type JobState = (typeof JOB_STATES)[number]

export interface Job {
  readonly id: string
  readonly kind: string
  /** What the job does, for the portal. */
  readonly title: string
  /** The object that the job is about, if there is exactly one. */
  readonly objectId: string | null
  readonly state: JobState
  readonly done: number
  /** Counted when the job was created. */
  readonly total: number
  /** Why the job, or its last attempt, failed. */
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
  readonly objectId?: string
  readonly total: number
}

const COLUMNS =
  raw(`j.id, j.kind, j.title, j.object_id as "objectId", j.state, j.done, j.total, j.problem, j.actor ->> 'name' as "createdBy",
    j.created_at as "createdAt", j.started_at as "startedAt", j.finished_at as "finishedAt"`)

/** Creates a job, in the transaction of the change that needs it. @returns its id */
export async function enqueue(
  tx: Queryable,
  auditContext: AuditContext,
  { kind, title, payload, objectId, total }: NewJob,
): Promise<string> {
  const id = randomUUIDv7()
  await tx.query(sql`insert into job (id, tenant_id, kind, title, payload, object_id, actor, total) values (${id},
    ${auditContext.tenantId}, ${kind}, ${title}, ${JSON.stringify(payload)}, ${objectId ?? null}, ${JSON.stringify(auditContext.actor)},
    ${total})`)
  const change = { after: { kind, total } }
  await record(tx, auditContext, {
    action: 'create',
    objectType: 'Job',
    objectId: id,
    objectName: title,
    change,
  })
  return id
}

/** @throws {NotFound} */
export async function findJob(db: Database, tenantId: string, id: string): Promise<Job> {
  const [job] = await db.run<Job>({ tenantId }, select(tenantId, sql`j.id = ${id}`, 1))
  if (!job) throw new NotFound(`There is no job ${id}`)
  return job
}

export interface JobSearch {
  /** Only jobs that haven't ended. */
  readonly open?: boolean | undefined
  readonly kind?: string | undefined
  readonly objectId?: string | undefined
  readonly limit: number
}

/** Returns jobs, newest first. */
export function listJobs(
  db: Database,
  tenantId: string,
  { open, kind, objectId, limit }: JobSearch,
): Promise<Job[]> {
  const wanted = sql`${open ? raw(`j.state in ('queued', 'running')`) : raw('true')}
    and (${kind ?? null}::text is null or j.kind = ${kind ?? null})
    and (${objectId ?? null}::uuid is null or j.object_id = ${objectId ?? null})`
  return db.run<Job>({ tenantId }, select(tenantId, wanted, limit))
}

function select(tenantId: string, condition: Sql, limit: number): Sql {
  return sql`select ${COLUMNS} from job j where j.tenant_id = ${tenantId} and ${condition}
    order by j.id desc limit ${limit}`
}

/**
 * Continues a failed or canceled job where it stopped, in the transaction of the caller.
 * @throws {NotFound} @throws {Conflict} it runs, or is done
 */
export async function resumeJob(tx: TenantTx, auditContext: AuditContext, id: string): Promise<void> {
  const [resumed] = await tx.query<{ title: string }>(
    sql`update job set state = 'queued', attempts = 0, problem = null, finished_at = null, due_at = now()
      where id = ${id} and tenant_id = ${tx.tenantId} and state in ('failed', 'cancelled') returning title`,
  )
  if (!resumed) {
    const [job] = await tx.query<{ state: JobState }>(
      sql`select state from job where id = ${id} and tenant_id = ${tx.tenantId}`,
    )
    if (!job) throw new NotFound(`There is no job ${id}`)
    throw new Conflict('state', `The job can't be resumed: it is ${job.state}`)
  }
  await record(tx, auditContext, {
    action: 'update',
    objectType: 'Job',
    objectId: id,
    objectName: resumed.title,
    change: { after: { state: 'queued' } },
  })
}

/** The newest job of a kind on one object. */
export async function latestJob(
  tx: TenantTx,
  kind: string,
  objectId: string,
): Promise<{ readonly id: string; readonly state: JobState } | undefined> {
  const [job] = await tx.query<{ id: string; state: JobState }>(
    sql`select id, state from job where tenant_id = ${tx.tenantId} and kind = ${kind} and object_id = ${objectId}
      order by id desc limit 1`,
  )
  return job
}

/** Cancels a job. What it has done so far stays done. @throws {NotFound} @throws {Conflict} when it has ended */
export async function cancelJob(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  const { tenantId } = auditContext
  const statement = sql`update job set state = 'cancelled', finished_at = now()
    where id = ${id} and tenant_id = ${tenantId} and state in ('queued', 'running') returning id, title, done`
  const cancelled = await db.run(
    { tenantId },
    audited(auditContext, statement, {
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
