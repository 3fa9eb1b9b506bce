// Runs jobs, one batch of each in turn, so that a long one doesn't delay the others. Any number of processes can do this: a
// batch locks the row of its job, and other processes skip locked rows.
import type { Actor } from '#audit/record.ts'
import { Conflict, Invalid, NotFound, Refused, TooCostly, Unavailable } from '#errors.ts'
import { type Database, SYSTEM, type TenantTx } from '#platform/database/database.ts'
import { inSteps } from '#platform/database/in-steps.ts'
import { sql } from '#platform/database/sql.ts'
import type { JobKind, JobKinds, RunningJob } from './kind.ts'

const ATTEMPTS = 5
const LONGEST_WAIT_SECONDS = 600
const POLL_MILLISECONDS = 1_000
const MOST_RESUMED = 1_000
const KEPT_DAYS = 30

export interface JobWorker {
  /** Stops after the current batch. */
  close(): Promise<void>
}

/** @param onError gets what failed, for the log; administrators see the problem at the job itself */
export function openJobWorker(db: Database, kinds: JobKinds, onError: (error: unknown) => void): JobWorker {
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const look = async () => {
    try {
      while (!closed && (await runBatch(db, kinds, onError)));
    } catch (error) {
      onError(error)
    }
    if (!closed) wait()
  }
  const wait = () => {
    timer = setTimeout(() => {
      running = look()
    }, POLL_MILLISECONDS)
    timer.unref()
  }
  wait()
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

interface Due {
  readonly id: string
  readonly tenantId: string
}

/** Runs the next batch of the job that has waited longest. @returns whether there was one */
export async function runBatch(
  db: Database,
  kinds: JobKinds,
  onError: (error: unknown) => void,
): Promise<boolean> {
  const [due] = await db.run<Due>(
    SYSTEM,
    sql`select id, tenant_id as "tenantId" from job where state in ('queued', 'running') and due_at <= now()::timestamptz(3)
      and kind = any(${Object.keys(kinds)}::text[]) order by due_at limit 1 for update skip locked`,
  )
  if (!due) return false
  try {
    await db.transaction({ tenantId: due.tenantId }, (tx) => doBatch(tx, due, kinds))
  } catch (error) {
    onError(error)
    await postpone(db, due, error)
  }
  return true
}

type Row = Omit<RunningJob, 'auditContext'> & { readonly kind: string; readonly actor: Actor }

async function doBatch(tx: TenantTx, { id, tenantId }: Due, kinds: JobKinds): Promise<void> {
  const [row] = await tx.query<Row>(
    sql`select id, kind, payload, position, actor, created_at as "createdAt" from job
      where id = ${id} and tenant_id = ${tenantId} and state in ('queued', 'running') and due_at <= now()::timestamptz(3)
      for update skip locked`,
  )
  const kind: JobKind | undefined = row && kinds[row.kind]
  if (!row || !kind) return // another process has it, or it was canceled
  const { actor, ...job } = row
  const { done, next } = await kind(tx, { ...job, auditContext: { tenantId, actor } })
  const ended = next === undefined
  await tx.query(
    sql`update job set state = ${ended ? 'done' : 'running'}, position = ${ended ? null : JSON.stringify(next)}::jsonb,
        done = done + ${done}, attempts = 0, problem = null, started_at = coalesce(started_at, now()),
        finished_at = case when ${ended} then clock_timestamp() end, due_at = clock_timestamp()
      where id = ${id} and tenant_id = ${tenantId}`,
  )
}

/** Retries with growing delay. A slow or unavailable database never ends a job; another error does, after some attempts. */
async function postpone(db: Database, { id, tenantId }: Due, error: unknown): Promise<void> {
  const problem = problemOf(error)
  const isPassing = error instanceof Unavailable || error instanceof TooCostly
  const isOver = sql`(attempts + 1 >= ${ATTEMPTS} and not ${isPassing}::boolean)`
  await db.run(
    { tenantId },
    sql`update job set attempts = attempts + 1, problem = ${problem},
        state = case when ${isOver} then 'failed' else 'running' end,
        finished_at = case when ${isOver} then now() end,
        due_at = now() + make_interval(secs => least(power(3, least(attempts, 10)), ${LONGEST_WAIT_SECONDS}))
      where id = ${id} and tenant_id = ${tenantId} and state in ('queued', 'running')`,
  )
}

/**
 * Resumes failed jobs of a kind that must not stay unfinished, unless a newer one of the same object took over.
 * @returns how many were resumed
 */
export async function resumeFailedJobs(db: Database, kind: string): Promise<number> {
  const rows = await db.run(
    SYSTEM,
    sql`update job set state = 'queued', attempts = 0, finished_at = null, due_at = now()
      where id in (select j.id from job j where j.state = 'failed' and j.kind = ${kind}
        and j.finished_at > now() - make_interval(days => ${KEPT_DAYS})
        and not exists (select from job newer where newer.tenant_id = j.tenant_id and newer.object_id = j.object_id
          and newer.kind = j.kind and newer.id > j.id)
        order by j.finished_at limit ${MOST_RESUMED})
      returning id`,
  )
  return rows.length
}

const SHOWN_ERRORS = [Conflict, Invalid, NotFound, Refused, TooCostly, Unavailable]

/** Returns the problem for administrators. Details of unexpected errors are only in the service's log. */
function problemOf(error: unknown): string {
  return error instanceof Error && SHOWN_ERRORS.some((kind) => error instanceof kind)
    ? error.message
    : 'Something went wrong; it has been logged'
}

/** Deletes jobs that ended long ago. @returns how many */
export function purgeJobs(db: Database, signal?: AbortSignal): Promise<number> {
  const step = async (limit: number) => {
    const rows = await db.run(
      SYSTEM,
      sql`delete from job where id in (
        select id from job where finished_at < now() - make_interval(days => ${KEPT_DAYS}) limit ${limit}) returning id`,
    )
    return rows.length
  }
  return inSteps(step, { signal })
}
