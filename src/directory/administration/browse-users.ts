// The portal's list of users: search, filters, sorting and pages, fast for 100,000 users and more. A condition that
// few users meet is first turned into a list of their ids. One that many users meet is checked row by row along an
// index.
import { Invalid } from '#errors.ts'
import { type Database, inTenant, type Queryable } from '#platform/database/database.ts'
import { join, raw, type Sql, sql } from '#platform/database/sql.ts'
import { caseKey } from '#protocol/scim/values/text.ts'
import { userNameKey } from '#protocol/scim/values/user-name.ts'
import { browsePage } from './browse.ts'
import { type BrowseKey, readPlace, writePlace } from './browse-order.ts'
import { holdsUser, STATUS_CONDITIONS, SUMMARY, type UserStatus, type UserSummary } from './user-summary.ts'

export const USER_SORTS = ['userName', 'displayName', 'created', 'changed'] as const
export type UserSort = (typeof USER_SORTS)[number]

/** Which users to list. An empty filter finds all of them. */
export interface UserFilter {
  readonly idpId?: string | undefined
  /** Part of the userName or displayName, or a whole email address. */
  readonly search?: string | undefined
  readonly status?: UserStatus | undefined
  /** Direct members of this group. */
  readonly groupId?: string | undefined
}

export interface UserBrowse extends UserFilter {
  readonly sort?: UserSort | undefined
  readonly descending?: boolean | undefined
  readonly limit: number
  readonly after?: string | undefined
  /** Leaves out users who were created later. */
  readonly createdUntil?: Date | undefined
}

/** A number of users. With `isAtLeast`, there may be more. */
export interface Total {
  readonly count: number
  readonly isAtLeast: boolean
}

const KEYS: Record<UserSort, BrowseKey> = {
  userName: { name: 'users by userName', column: 'u.user_name_key', type: 'text' },
  displayName: {
    name: 'users by displayName',
    column: 'u.display_name_key',
    type: 'text',
    nullable: true,
  },
  created: { name: 'users by created' },
  // Has no index, because every change would have to update it. The whole list is read instead.
  changed: { name: 'users by changed', column: 'u.changed_at', type: 'timestamptz' },
}

/** A condition that at most this many users meet is turned into a list of their ids. */
const FEW = 5_000

/** In longer lists, sorting by the time of change takes too long. The audit log shows the newest changes at once. */
const MOST_BY_CHANGE = 40_000

export interface BrowsedUsers {
  readonly users: readonly UserSummary[]
  readonly next: string | undefined
  readonly total: Total
  /** The orders in which this list can be sorted. */
  readonly sorts: readonly UserSort[]
}

/**
 * Returns one page of users.
 * @throws {Invalid} if `after` isn't a cursor of this list, or the list is too long for this `sort`
 */
export async function browseUsers(db: Database, tenantId: string, browse: UserBrowse): Promise<BrowsedUsers> {
  const run = inTenant(db, tenantId)
  const narrowed = await narrow(run, tenantId, browse)
  const offered = sortsOf(run, tenantId, narrowed)
  if (browse.sort === 'changed' && !(await offered).includes('changed'))
    throw new Invalid(
      'sort',
      `by the time of change is for lists of at most ${MOST_BY_CHANGE.toLocaleString('en')} users; narrow the list, or look for the newest changes in the audit log`,
    )
  const [found, total, sorts] = await Promise.all([
    pageOf(run, tenantId, browse, narrowed),
    totalOf(run, tenantId, browse, narrowed),
    offered,
  ])
  return { users: await summaries(run, tenantId, found.ids), next: found.next, total, sorts }
}

async function sortsOf(
  db: Queryable,
  tenantId: string,
  { ids, idpIds }: Narrowed,
): Promise<readonly UserSort[]> {
  if (ids) return USER_SORTS
  const [row] = await db.query<{ isLong: boolean }>(
    sql`select count(*) > ${MOST_BY_CHANGE} as "isLong" from (select from directory_user u
      where u.tenant_id = ${tenantId} and u.idp_id = any(${idpIds}::uuid[]) limit ${MOST_BY_CHANGE + 1}) counted`,
  )
  return row?.isLong ? USER_SORTS.filter((sort) => sort !== 'changed') : USER_SORTS
}

/** Returns the ids of one page. */
export async function browseUserIds(
  db: Queryable,
  tenantId: string,
  browse: UserBrowse,
): Promise<{ ids: string[]; next: string | undefined }> {
  return pageOf(db, tenantId, browse, await narrow(db, tenantId, browse))
}

async function pageOf(db: Queryable, tenantId: string, browse: UserBrowse, narrowed: Narrowed) {
  const { sort = 'userName', descending = false, limit } = browse
  const order = { key: KEYS[sort], descending }
  const until = browse.createdUntil ? [sql`u.created_at <= ${browse.createdUntil}`] : []
  const places = await browsePage(db, {
    table: 'directory_user',
    tenantId,
    ...narrowed,
    conditions: [...narrowed.conditions, ...until],
    order,
    after: readPlace(order, browse.after),
    limit: limit + 1, // the extra row shows whether there is another page
  })
  const page = places.slice(0, limit)
  const last = page.at(-1)
  return {
    ids: page.map(({ id }) => id),
    next: places.length > limit && last ? writePlace(order, last) : undefined,
  }
}

/** Returns the summaries of users in the given order. Users deleted in the meantime are left out. */
export async function summaries(
  db: Queryable,
  tenantId: string,
  ids: readonly string[],
): Promise<UserSummary[]> {
  const rows = await db.query<UserSummary>(
    sql`select ${SUMMARY} from directory_user u join identity_provider i on i.id = u.idp_id
      where u.id = any(${ids}::uuid[]) and u.tenant_id = ${tenantId}`,
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/**
 * A filter that is ready to be read: the identity providers, the ids if they are few, and the conditions to check on
 * each row.
 */
interface Narrowed {
  readonly idpIds: readonly string[]
  readonly ids: readonly string[] | undefined
  readonly conditions: readonly Sql[]
  /** Has a condition that many users meet, so there is no exact count. */
  readonly isVague: boolean
}

async function narrow(db: Queryable, tenantId: string, filter: UserFilter): Promise<Narrowed> {
  const idpIds = await providersOf(db, tenantId, filter.idpId)
  const parts = await Promise.all([
    searchPart(db, tenantId, idpIds, filter.search),
    groupPart(db, tenantId, filter.groupId),
    statusPart(db, tenantId, filter.status),
  ])
  const given = parts.filter((part) => part !== undefined)
  const lists = given.flatMap(({ ids }) => (ids ? [ids] : []))
  const vague = given.filter(({ ids }) => !ids)
  return {
    idpIds,
    ids: lists.length > 0 ? common(lists) : undefined,
    // The status may change between the statements, so it is checked again.
    conditions: [...vague.map(({ condition }) => condition), ...statusCondition(filter.status)],
    isVague: vague.some(({ isCounted }) => !isCounted),
  }
}

interface Part {
  /** Undefined if there are too many. */
  readonly ids: readonly string[] | undefined
  readonly condition: Sql
  readonly isCounted?: boolean
}

function common(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = [...lists].sort((a, b) => a.length - b.length)
  const sets = others.map((list) => new Set(list))
  return first.filter((id) => sets.every((set) => set.has(id)))
}

async function providersOf(db: Queryable, tenantId: string, idpId: string | undefined): Promise<string[]> {
  const one = idpId === undefined ? raw('true') : sql`id = ${idpId}`
  const rows = await db.query<{ id: string }>(
    sql`select id from identity_provider where tenant_id = ${tenantId} and ${one} order by id`,
  )
  return rows.map(({ id }) => id)
}

async function searchPart(
  db: Queryable,
  tenantId: string,
  idpIds: readonly string[],
  search: string | undefined,
): Promise<Part | undefined> {
  const key = caseKey(search?.trim() ?? '')
  if (key === '') return undefined
  const name = userNameKey(search?.trim() ?? '')
  const ids = await listIds(
    db,
    sql`select found.id from unnest(${idpIds}::uuid[]) idp(id) cross join lateral (
        select u.id from users_named(${tenantId}, idp.id, ${name}, ${key}, ${FEW + 1}) u(id)
        union select u.id from users_with_email(${tenantId}, idp.id, ${key}) u(id)) found limit ${FEW + 1}`,
  )
  return {
    ids,
    condition: sql`(strpos(u.user_name_key, ${name}) > 0 or strpos(u.display_name_key, ${key}) > 0
      or ${key} = any(u.emails))`,
  }
}

async function groupPart(
  db: Queryable,
  tenantId: string,
  groupId: string | undefined,
): Promise<Part | undefined> {
  if (groupId === undefined) return undefined
  const ids = await listIds(
    db,
    sql`select member_id as id from group_member where group_id = ${groupId} and tenant_id = ${tenantId}
      and member_type = 'User' limit ${FEW + 1}`,
  )
  const condition = sql`exists (select from group_member m where m.group_id = ${groupId} and m.member_id = u.id
    and m.tenant_id = u.tenant_id)`
  return { ids, condition }
}

/**
 * Finds the ids by status. Users who aren't active have their own index. Active users are nearly all of them, so
 * their ids aren't listed.
 */
async function statusPart(
  db: Queryable,
  tenantId: string,
  status: UserStatus | undefined,
): Promise<Part | undefined> {
  if (status === undefined || status === 'active') return undefined
  const ids = await listIds(
    db,
    sql`select u.id from directory_user u where u.tenant_id = ${tenantId} and not u.active
      and ${holdsUser(status)} limit ${FEW + 1}`,
  )
  return { ids, condition: raw('true'), isCounted: true }
}

function statusCondition(status: UserStatus | undefined): Sql[] {
  return status === undefined ? [] : [STATUS_CONDITIONS[status]]
}

async function listIds(db: Queryable, statement: Sql): Promise<string[] | undefined> {
  const rows = await db.query<{ id: string }>(statement)
  return rows.length > FEW ? undefined : rows.map(({ id }) => id)
}

async function totalOf(
  db: Queryable,
  tenantId: string,
  { status }: UserFilter,
  { idpIds, ids, conditions, isVague }: Narrowed,
): Promise<Total> {
  if (ids) {
    const all = [sql`u.id = any(${ids}::uuid[])`, sql`u.idp_id = any(${idpIds}::uuid[])`, ...conditions]
    return { count: await countRows(db, tenantId, all), isAtLeast: false }
  }
  if (isVague) return { count: FEW, isAtLeast: true }
  return { count: await countByStatus(db, tenantId, idpIds, status), isAtLeast: false }
}

async function countRows(db: Queryable, tenantId: string, conditions: readonly Sql[]): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    sql`select count(*)::int as count from directory_user u where u.tenant_id = ${tenantId}
      and ${join(conditions, ' and ')}`,
  )
  return row?.count ?? 0
}

/** Counts users by status, reading only indexes. */
async function countByStatus(
  db: Queryable,
  tenantId: string,
  idpIds: readonly string[],
  status: UserStatus | undefined,
): Promise<number> {
  const own = sql`u.idp_id = any(${idpIds}::uuid[])`
  if (status === undefined) return countRows(db, tenantId, [own])
  const inactive = (condition: Sql) => countRows(db, tenantId, [own, raw('not u.active'), condition])
  if (status !== 'active') return inactive(holdsUser(status))
  const [all, others] = await Promise.all([countRows(db, tenantId, [own]), inactive(raw('true'))])
  return all - others
}

/**
 * Counts exactly how many users a filter finds, however long that takes. Used before an action is applied to all of
 * them.
 */
export async function countUsers(db: Database, tenantId: string, filter: UserFilter): Promise<number> {
  const run = inTenant(db, tenantId)
  const narrowed = await narrow(run, tenantId, filter)
  const { count, isAtLeast } = await totalOf(run, tenantId, filter, narrowed)
  if (!isAtLeast) return count
  const own = sql`u.idp_id = any(${narrowed.idpIds}::uuid[])`
  return countRows(run, tenantId, [own, ...narrowed.conditions])
}
