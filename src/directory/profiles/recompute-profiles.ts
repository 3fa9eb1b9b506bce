// The job that recomputes the profiles of an identity provider's users in batches after its mapping changed.
// Resources and their versions stay the same. Each batch uses the current mapping, so the newest one wins if it
// changes again. SCIM writes use a mapping from the moment it is saved. A transaction that began before may still
// write profiles by the old mapping, so the first batch waits for such transactions to end.
import { isDeepStrictEqual } from 'node:util'
import { type AuditContext, auditedEach, type Fact, record } from '#audit/record.ts'
import { type IdentityProvider, named } from '#identity-providers/identity-providers.ts'
import type { Mapping } from '#identity-providers/mapping.ts'
import { DECLARED, type DeclaredSchemas, schemasOf } from '#identity-providers/schemas/declared-schemas.ts'
import { enqueue, latestJob, resumeJob } from '#jobs/jobs.ts'
import type { JobKind } from '#jobs/kind.ts'
import type { Queryable, TenantTx } from '#platform/database/database.ts'
import { runningTransactions, waitForTransactions } from '#platform/database/earlier-transactions.ts'
import { prepared, sql } from '#platform/database/sql.ts'
import { storedResource } from '../users/user-row.ts'
import { type CompiledMapping, compileMapping } from './mapping.ts'
import { type Profile, profileOf } from './profile.ts'

export const PROFILES_JOB = 'recompute-profiles'

const BATCH = 500

/**
 * Enqueues the job, in the transaction that changes the identity provider. Saving the same mapping again resumes a
 * job that failed or was canceled.
 * @returns the job's id, or undefined if there is nothing to do
 */
export async function recomputeAfter(
  tx: TenantTx,
  auditContext: AuditContext,
  before: IdentityProvider,
  after: IdentityProvider,
): Promise<string | undefined> {
  if (isDeepStrictEqual(before.mapping, after.mapping)) return resumeUnfinished(tx, auditContext, after.id)
  const [row] = await tx.query<{ total: number }>(
    sql`select count(*)::int as total from directory_user u where u.idp_id = ${after.id} and u.tenant_id = ${tx.tenantId}`,
  )
  const total = row?.total ?? 0
  if (total === 0) return undefined
  const title = `Apply the attribute mapping of ${after.name} to ${total} ${total === 1 ? 'user' : 'users'}`
  return enqueue(tx, auditContext, {
    kind: PROFILES_JOB,
    title,
    payload: { idpId: after.id },
    objectId: after.id,
    total,
  })
}

async function resumeUnfinished(
  tx: TenantTx,
  auditContext: AuditContext,
  idpId: string,
): Promise<string | undefined> {
  const job = await latestJob(tx, PROFILES_JOB, idpId)
  if (!job || (job.state !== 'failed' && job.state !== 'cancelled')) return undefined
  await resumeJob(tx, auditContext, job.id)
  return job.id
}

/** The position before the first user. */
interface Waiting {
  /** Transactions that began before the job. */
  readonly earlier: readonly string[]
  readonly waits: number
}

interface Position {
  /** The id of the last user that was read. */
  readonly after: string
  readonly lookedAt: number
  readonly changed: number
}

interface MappedProvider {
  readonly id: string
  readonly name: string
  readonly mapping: Mapping | null
  readonly declared: DeclaredSchemas
}

/**
 * How long a batch waits, in milliseconds, and how often. Together that is longer than any statement of the service
 * may take.
 */
const WAIT_MILLISECONDS = 500
const WAITS = 20

export const recomputeProfilesJob: JobKind = async (tx, { payload, position, auditContext }) => {
  const { idpId } = payload as { readonly idpId: string }
  const given = position as Waiting | Position | null
  const from = given && 'after' in given ? given : undefined
  if (!from) {
    const next = await stillWaiting(tx, given as Waiting | null)
    if (next) return { done: 0, next }
  }
  const provider = await mappedProvider(tx, idpId)
  if (!provider) return { done: 0, next: undefined } // the identity provider was deleted, and its users with it
  const mapping = compileMapping(provider.mapping, schemasOf(provider.declared).users)
  const rows = await lockedUsers(tx, idpId, from?.after)
  const changes = rows.flatMap((row) => changeOf(row, mapping))
  if (changes.length > 0) await write(tx, auditContext, changes)
  const lookedAt = (from?.lookedAt ?? 0) + rows.length
  const changed = (from?.changed ?? 0) + changes.length
  const last = rows.at(-1)
  if (last && rows.length === BATCH)
    return { done: rows.length, next: { after: last.id, lookedAt, changed } satisfies Position }
  const change = { after: { mappingApplied: { users: lookedAt, profilesChanged: changed } } }
  await record(tx, auditContext, { action: 'update', ...named(provider), change })
  return { done: rows.length, next: undefined }
}

/**
 * Waits for earlier transactions.
 * @returns undefined when the job can begin: a transaction still open by then doesn't write users
 */
async function stillWaiting(tx: TenantTx, given: Waiting | null): Promise<Waiting | undefined> {
  const earlier = given?.earlier ?? (await runningTransactions(tx))
  const waits = (given?.waits ?? 0) + 1
  const left = await waitForTransactions(tx, earlier, WAIT_MILLISECONDS)
  return left.length > 0 && waits < WAITS ? { earlier: left, waits } : undefined
}

async function mappedProvider(tx: TenantTx, idpId: string): Promise<MappedProvider | undefined> {
  const [row] = await tx.query<MappedProvider>(
    sql`select i.id, i.name, i.mapping, ${DECLARED} from identity_provider i
      where i.id = ${idpId} and i.tenant_id = ${tx.tenantId}`,
  )
  return row
}

interface Row {
  readonly id: string
  readonly userName: string
  readonly resource: string
  readonly idpActive: boolean
  readonly deleted: boolean
  readonly profile: Profile
}

/** Locks the users, so that a concurrent SCIM write is either seen here or comes later, and is never overwritten. */
function lockedUsers(tx: TenantTx, idpId: string, after: string | undefined): Promise<Row[]> {
  return tx.query<Row>(
    sql`select u.id, u.user_name as "userName", u.resource, u.idp_active as "idpActive",
        u.deleted_at is not null as deleted, u.profile
      from directory_user u where u.idp_id = ${idpId} and u.tenant_id = ${tx.tenantId}
        and u.id > ${after ?? '00000000-0000-0000-0000-000000000000'}
      order by u.id limit ${BATCH} for no key update of u`,
  )
}

interface ProfileChange {
  readonly id: string
  readonly profile: Profile
  readonly fact: Fact
}

function changeOf({ id, userName, deleted, ...row }: Row, mapping: CompiledMapping): ProfileChange[] {
  const profile = deleted ? {} : profileOf(storedResource({ id, ...row }), mapping)
  if (isDeepStrictEqual(profile, row.profile)) return []
  const fact: Fact = {
    action: 'update',
    objectType: 'User',
    objectId: id,
    objectName: userName,
    change: differenceOf(row.profile, profile),
  }
  return [{ id, profile, fact }]
}

function differenceOf(before: Profile, after: Profile): { before: object; after: object } {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => before[name] !== after[name],
  )
  const only = (profile: Profile) =>
    Object.fromEntries(names.map((name) => [`profile.${name}`, profile[name] ?? null]))
  return { before: only(before), after: only(after) }
}

async function write(
  tx: Queryable,
  auditContext: AuditContext,
  changes: readonly ProfileChange[],
): Promise<void> {
  const update = sql`update directory_user u set profile = made.profile::jsonb
    from unnest(${changes.map(({ id }) => id)}::uuid[],
      ${changes.map(({ profile }) => JSON.stringify(profile))}::text[]) as made(id, profile)
    where u.id = made.id and u.tenant_id = ${auditContext.tenantId} returning u.id`
  const facts = changes.map(({ fact }) => fact)
  await tx.query(prepared('user.profile-each', auditedEach(auditContext, update, facts)))
}
