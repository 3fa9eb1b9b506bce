// Doing something to many users, as a job: to those that were selected, or to all that a filter finds.
import type { Batch, JobKind } from '#jobs/kind.ts'
import { actOnUsers, type UserAction } from './act-on-users.ts'
import { browseUserIds, type UserFilter } from './browse-users.ts'

export const USER_JOB = 'act-on-users'

export interface UserJob {
  readonly action: UserAction
  /** Instead of a filter. */
  readonly ids?: readonly string[]
  readonly filter?: UserFilter
}

const BATCH = 200

/** Each user is met once, in the order of their creation; who came after the job was asked for is not meant. */
export const actOnUsersJob: JobKind = async (tx, { payload, position, createdAt, auditContext }) => {
  const { action, ids, filter } = payload as UserJob
  const batch = ids
    ? nextOfList(ids, (position as ListPosition | null)?.from ?? 0)
    : await nextFound(tx, filter ?? {}, (position as FilterPosition | null)?.after, createdAt)
  const { dealtWith, next } = batch
  if (dealtWith.length > 0) await actOnUsers(tx, auditContext, dealtWith, action)
  return { done: dealtWith.length, next }
}

interface ListPosition {
  readonly from: number
}
interface FilterPosition {
  readonly after: string
}
interface Found {
  readonly dealtWith: readonly string[]
  readonly next: Batch['next']
}

function nextOfList(ids: readonly string[], from: number): Found {
  const to = from + BATCH
  return { dealtWith: ids.slice(from, to), next: to < ids.length ? { from: to } : undefined }
}

async function nextFound(
  tx: Parameters<JobKind>[0],
  filter: UserFilter,
  after: string | undefined,
  createdUntil: Date,
): Promise<Found> {
  const page = { ...filter, sort: 'created', limit: BATCH, after, createdUntil } as const
  const { ids, next } = await browseUserIds(tx, tx.tenantId, page)
  return { dealtWith: ids, next: next === undefined ? undefined : { after: next } }
}
