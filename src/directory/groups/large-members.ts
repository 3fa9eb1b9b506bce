// Changes that name thousands of members, or empty a group. They are done in one transaction, in steps that each stay
// far below the time limit of statements. PostgreSQL finds the differences, so that an unchanged group costs only a
// read.
import type { Scope, TenantTx } from '#platform/database/database.ts'
import { type Sql, sql } from '#platform/database/sql.ts'
import type { MemberChange } from '#protocol/scim/patch/membership.ts'
import type { Provisioner } from '../provisioner.ts'
import { isUuid } from '../uuid.ts'
import { memberCondition } from './group-attributes.ts'
import { addMembers, KEPT, type MemberOutcome, requireIds } from './members.ts'

/** A change that names more members than this is done in steps. */
const LARGE = 2_000
/** The same limit for a replaced list. One statement would compare every new member with every existing one. */
const LARGE_REPLACED = 50
const STEP = 10_000
/** Far more than the largest body or the largest group needs on any machine we know. */
const BUDGET_MILLISECONDS = 60_000

/**
 * Returns whether a change is done in steps. A change that names few members may still be too costly for one
 * statement.
 */
export function isLarge({ clear, add, remove }: MemberChange): boolean {
  return add.length + remove.length > (clear ? LARGE_REPLACED : LARGE)
}

/** Returns a scope for a change that may take long. Each of its statements is still canceled after some seconds. */
export function unhurried(scope: Scope): Scope {
  return {
    ...scope,
    budgetMilliseconds: BUDGET_MILLISECONDS,
    giveUpAt: performance.now() + BUDGET_MILLISECONDS,
  }
}

/** Changes members in steps. @throws {ScimError} 400 invalidValue naming the members that don't exist */
export async function moveManyMembers(
  tx: TenantTx,
  at: Provisioner,
  groupId: string,
  change: MemberChange,
): Promise<MemberOutcome> {
  const group = { tx, at, groupId }
  const adding = requireIds(change.add)
  const { come, gone } = await netDifference(group, change, adding)
  const removed = gone === 'all' ? await emptyGroup(group) : await removeEach(group, gone)
  const added: string[] = []
  for (const step of steps(come)) added.push(...(await addMembers(tx, at, groupId, step)))
  return { ...removed, added: added.slice(0, KEPT), addedCount: added.length }
}

interface Group {
  readonly tx: TenantTx
  readonly at: Provisioner
  readonly groupId: string
}

type Removed = Pick<MemberOutcome, 'removed' | 'removedCount'>

function* steps(ids: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += STEP) yield ids.slice(from, from + STEP)
}

interface Difference {
  readonly come: readonly string[]
  readonly gone: readonly string[] | 'all'
}

/**
 * Finds the members to add and to remove. If the change names all of them, it isn't compared with the existing
 * members, who may be many more.
 */
async function netDifference(
  group: Group,
  { clear, remove, removeWhere }: MemberChange,
  adding: readonly string[],
): Promise<Difference> {
  if (clear && adding.length === 0) return { come: [], gone: 'all' }
  const listed = remove.filter(isUuid)
  if (!clear && removeWhere.length === 0) return { come: [...new Set(adding)].sort(), gone: listed }
  const { come, gone } = await compared(
    group,
    adding,
    clear ? sql`true` : anyOf(removeWhere.map((filter) => memberCondition(filter, group.at))),
  )
  return { come, gone: [...listed, ...gone] }
}

function anyOf(conditions: readonly Sql[]): Sql {
  return conditions.reduce((all, one) => sql`${all} or ${one}`)
}

/**
 * Compares the existing members with those to add in one pass, with a hash table: it costs their sum, not their
 * product.
 * @param selected the members to remove, unless they are to be added
 */
async function compared(
  { tx, at, groupId }: Group,
  adding: readonly string[],
  selected: Sql,
): Promise<{ come: string[]; gone: string[] }> {
  await tx.query(sql`select set_config('work_mem', '64MB', true)`)
  const [row] = await tx.query<{ come: string[] | null; gone: string[] | null }>(
    sql`select array_agg(id::text order by id) filter (where not is_there) as come,
        array_agg(id::text order by id) filter (where not is_wanted and is_selected) as gone
      from (select id, bool_or(is_wanted) as is_wanted, bool_or(is_there) as is_there, bool_or(is_selected) as is_selected
        from (
          select unnest(string_to_array(${adding.join(',')}, ',')::uuid[]) as id, true as is_wanted, false as is_there,
            false as is_selected
          union all
          select m.member_id, false, true, ${selected} from group_member m
          where m.group_id = ${groupId} and m.tenant_id = ${at.tenantId}) both_sides
        group by id) ids
      where is_wanted <> is_there`,
  )
  return { come: row?.come ?? [], gone: row?.gone ?? [] }
}

async function removeEach({ tx, at, groupId }: Group, ids: readonly string[]): Promise<Removed> {
  const removed: string[] = []
  let removedCount = 0
  for (const step of steps(ids)) {
    const rows = await tx.query<{ id: string }>(
      sql`delete from group_member m where m.group_id = ${groupId} and m.tenant_id = ${at.tenantId}
        and m.member_id = any(string_to_array(${step.join(',')}, ',')::uuid[]) returning m.member_id as id`,
    )
    removedCount += rows.length
    if (removed.length < KEPT) removed.push(...rows.slice(0, KEPT - removed.length).map(({ id }) => id))
  }
  return { removed, removedCount }
}

/** Deletes all members in key order. Each step begins after the previous one, so it doesn't read dead rows again. */
async function emptyGroup({ tx, at, groupId }: Group): Promise<Removed> {
  const removed: string[] = []
  let removedCount = 0
  let last = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const [row] = await tx.query<{ count: number; last: string | null; first: string[] | null }>(
      sql`with step as materialized (select m.member_id as id from group_member m
          where m.group_id = ${groupId} and m.tenant_id = ${at.tenantId} and m.member_id > ${last}
          order by m.member_id limit ${STEP}),
        gone as (delete from group_member m where m.group_id = ${groupId} and m.tenant_id = ${at.tenantId}
          and m.member_id = any(array(select id from step)) returning m.member_id as id)
        select count(*)::int as count, (select id from step order by id desc limit 1) as last,
          (array_agg(id order by id))[1:${KEPT - removed.length}] as first from gone`,
    )
    removedCount += row?.count ?? 0
    removed.push(...(row?.first ?? []))
    if (!row?.last) return { removed, removedCount }
    last = row.last
  }
}
