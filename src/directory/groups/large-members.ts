// Changes of members that name thousands, or empty a group: in one transaction, in steps that each stay far below the
// limit on statements. What differs is found by PostgreSQL, so that an unchanged group costs a read and nothing more.
import type { Scope, TenantTx } from '#platform/database/database.ts'
import { type Sql, sql } from '#platform/database/sql.ts'
import type { MemberChange } from '#protocol/scim/patch/membership.ts'
import type { Provisioner } from '../provisioner.ts'
import { isUuid } from '../uuid.ts'
import { memberCondition } from './group-attributes.ts'
import { addMembers, KEPT, type MemberOutcome, requireIds } from './members.ts'

/** Members that a change may name before it is done in steps. */
const LARGE = 2_000
/** A replaced list is compared with the members that are there: one statement would look at each pair of them. */
const LARGE_REPLACED = 50
const STEP = 10_000
/** What a body can name, or a group can hold, is done in a fraction of this on any machine we know. */
const BUDGET_MILLISECONDS = 60_000

/** Whether a change is done in steps. One that names few may still touch many: then a single statement is too costly. */
export function isLarge({ clear, add, remove }: MemberChange): boolean {
  return add.length + remove.length > (clear ? LARGE_REPLACED : LARGE)
}

/** The scope of a change that may take long for its size; every statement in it is still cut off after seconds. */
export function unhurried(scope: Scope): Scope {
  return {
    ...scope,
    budgetMilliseconds: BUDGET_MILLISECONDS,
    giveUpAt: performance.now() + BUDGET_MILLISECONDS,
  }
}

/** @throws {ScimError} 400 invalidValue naming the members that do not exist */
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

/** What names all that it touches is not compared with the members that are there: the group may be far larger. */
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
 * One pass over the members that are there and those to add, in a hash table: it costs their sum, not their product.
 * @param selected which members go unless they are to be added
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

/** Deletes along the key, each step behind the one before: its dead rows are not passed over again. */
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
