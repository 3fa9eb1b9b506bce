// The job that applies an action to many users: the selected ones, or all that a filter finds.
import type { Batch, JobKind } from '#jobs/kind.ts'
import { actOnUsers, type UserAction } from './act-on-users.ts'
import { browseUserIds, type UserFilter } from './browse-users.ts'

export const USER_JOB = 'act-on-users'

export interface UserJob {
  readonly action: UserAction
  /** The selected users, instead of a filter. */
  readonly ids?: readonly string[]
  readonly filter?: UserFilter
}

const BATCH = 200

/**
 * Handles each user once. A filter is read in the order of creation and leaves out users created after the job was
 * requested.
 */
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
