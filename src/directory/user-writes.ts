// How users are written: the change and its event by one statement, either of one user, or of all whose requests came in
// together. Of each of those the event names its own request, and what their statement leaves out is written alone.
import { randomUUIDv7 } from 'node:crypto'
import { audited, auditedEach, type Change, type Fact } from '#audit/record.ts'
import { gathering } from '#platform/gather.ts'
import { prepared, raw, type Sql, sql } from '#platform/sql.ts'
import type { Resource } from '#protocol/scim/resource.ts'
import type { Provisioner } from './provisioner.ts'
import { type Hold, NO_HOLD, type UserColumns, type UserRow, userColumns } from './user-row.ts'

export interface NewUser {
  readonly id: string
  readonly resource: Resource
  readonly columns: UserColumns
}

export interface UserUpdate {
  readonly id: string
  /** That was read; at any other one nothing is written. */
  readonly version: string
  readonly columns: UserColumns
  readonly hold: Hold
  readonly action: 'create' | 'update'
  readonly change: Change
}

/** What only the database knows of a row that was just written. */
export type Stamps = Pick<UserRow, 'id' | 'version' | 'createdAt' | 'changedAt'>

/** Undefined: nothing was written, since a name is taken or the user has another version. */
export interface UserWrites {
  create(at: Provisioner, user: NewUser): Promise<Stamps | undefined>
  update(at: Provisioner, user: UserUpdate): Promise<Stamps | undefined>
}

/** @param given what the identity provider says; no `active` means true */
export function newUser(at: Provisioner, given: Resource): NewUser {
  const id = randomUUIDv7()
  const resource = { ...given, active: given.active !== false }
  return { id, resource, columns: userColumns(id, resource, NO_HOLD, at.mapping) }
}

export const ALONE: UserWrites = {
  async create(at, user) {
    const statement = audited(at.witness, insertUser(at, user), creation(user))
    return (await at.db.run<Stamps>(at.scope, prepared('user.create', statement)))[0]
  },
  async update(at, user) {
    return (await at.db.run<Stamps>(at.scope, prepared('user.change', updateStatement(at, user))))[0]
  },
}

/** Rows of one statement; more of them are not written any faster. */
const MOST = 100

/**
 * Writes together what comes in together: what a statement and its commit cost is shared then. A user that comes by itself
 * is written as ever.
 */
export function openUserWrites(): UserWrites {
  const creations = gathering<Asked<NewUser>, Stamps | undefined>({
    most: MOST,
    together: createEach,
    alone: ({ at, user }) => ALONE.create(at, user),
  })
  const updates = gathering<Asked<UserUpdate>, Stamps | undefined>({
    most: MOST,
    together: updateEach,
    alone: ({ at, user }) => ALONE.update(at, user),
  })
  return {
    create: (at, user) => creations(senderOf(at), { at, user }),
    update: (at, user) => updates(senderOf(at), { at, user }),
  }
}

/** Requests of one sender differ in nothing but what their events say of the request. */
function senderOf({ tenantId, scope, witness }: Provisioner): string {
  return `${tenantId} ${scope.idp?.id} ${scope.idp?.epoch} ${witness.actor.id}`
}

/** A user with the request that it came by. */
interface Asked<User> {
  readonly at: Provisioner
  readonly user: User
}

type Outcomes = (Stamps | undefined)[]

/**
 * Creates users, each for itself: a userName or externalId that is taken, also by an earlier one of the list, keeps out
 * that one only.
 * @param asked of one sender
 * @returns for each of the list what was written, if it was
 */
export function createEach(asked: readonly Asked<NewUser>[]): Promise<Outcomes> {
  return writeEach(asked, firstOfEachName(asked), creation, 'user.create-each', insertUsers)
}

function updateEach(asked: readonly Asked<UserUpdate>[]): Promise<Outcomes> {
  return writeEach(asked, firstOfEachId(asked), updating, 'user.change-each', updateUsers)
}

async function writeEach<User extends { readonly id: string }>(
  asked: readonly Asked<User>[],
  chosen: readonly Asked<User>[],
  factOf: (user: User) => Fact,
  name: string,
  write: (at: Provisioner, users: readonly User[]) => Sql,
): Promise<Outcomes> {
  const [first] = chosen
  if (!first) return []
  const { db, scope, witness } = first.at
  const facts = chosen.map(({ at, user }) => ({ ...factOf(user), by: at.witness.actor }))
  const change = write(
    first.at,
    chosen.map(({ user }) => user),
  )
  const rows = await db.run<Stamps>(scope, prepared(name, auditedEach(witness, change, facts)))
  const written = new Map(rows.map((row) => [row.id, row]))
  const wrote = new Set(chosen)
  return asked.map((each) => (wrote.has(each) ? written.get(each.user.id) : undefined))
}

/** All in one order for everyone, so that parallel writers do not wait for each other in a circle. */
function firstOfEachName(asked: readonly Asked<NewUser>[]): Asked<NewUser>[] {
  const taken = new Set<string>()
  const first = asked.filter(({ user: { columns } }) => {
    const { userNameKey, externalId } = columns
    const keys = [`n${userNameKey}`, ...(externalId === null ? [] : [`e${externalId}`])]
    if (keys.some((key) => taken.has(key))) return false
    for (const key of keys) taken.add(key)
    return true
  })
  return first.sort((a, b) => (a.user.columns.userNameKey < b.user.columns.userNameKey ? -1 : 1))
}

/** Of several changes of one version of a user one can be made. */
function firstOfEachId(asked: readonly Asked<UserUpdate>[]): Asked<UserUpdate>[] {
  const first = new Map(asked.toReversed().map((each) => [each.user.id, each]))
  return [...first.values()].sort((a, b) => (a.user.id < b.user.id ? -1 : 1))
}

function creation({ id, columns, resource }: NewUser): Fact {
  const change = { after: resource }
  return { action: 'create', objectType: 'User', objectId: id, objectName: columns.userName, change }
}

function updating({ id, columns, action, change }: UserUpdate): Fact {
  return { action, objectType: 'User', objectId: id, objectName: columns.userName, change }
}

const COLUMNS =
  raw(`id, tenant_id, idp_id, user_name, user_name_key, external_id, display_name, display_name_key, emails,
      active, idp_active, resource, profile`)
const STAMPS = raw(
  'u.id, u.version::text as version, u.created_at::text as "createdAt", u.changed_at::text as "changedAt"',
)

function insertUser(at: Provisioner, { id, columns: user }: NewUser): Sql {
  return sql`insert into directory_user as u (${COLUMNS})
    values (${id}, ${at.tenantId}, ${at.idpId}, ${user.userName}, ${user.userNameKey}, ${user.externalId},
      ${user.displayName}, ${user.displayNameKey}, ${user.emails}::text[], ${user.active}, ${user.idpActive},
      ${user.resource}, ${user.profile})
    on conflict do nothing
    returning ${STAMPS}`
}

function insertUsers(at: Provisioner, users: readonly NewUser[]): Sql {
  return sql`insert into directory_user as u (${COLUMNS})
    select given.id, ${at.tenantId}::uuid, ${at.idpId}::uuid, given.user_name, given.user_name_key, given.external_id,
      given.display_name, given.display_name_key, given.emails::text[], given.active, given.idp_active, given.resource,
      given.profile::jsonb
    from unnest(${arraysOf(users)}) as given(${GIVEN})
    on conflict do nothing
    returning ${STAMPS}`
}

/** Under its own version, which is the one that was read. */
export function updateStatement(at: Provisioner, update: UserUpdate): Sql {
  const { id, version, columns: user, hold } = update
  const change = sql`update directory_user u set user_name = ${user.userName}, user_name_key = ${user.userNameKey},
      external_id = ${user.externalId}, display_name = ${user.displayName}, display_name_key = ${user.displayNameKey},
      emails = ${user.emails}::text[], active = ${user.active}, idp_active = ${user.idpActive}, resource = ${user.resource},
      profile = ${user.profile}::jsonb, deleted_at = case when ${hold.deleted} then deleted_at end, provisioned = true,
      version = version + 1, changed_at = greatest(u.changed_at, now())
    where u.id = ${id} and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId} and u.version = ${version}
    returning ${STAMPS}`
  return audited(at.witness, change, updating(update))
}

/** Row by row, in the order that is given. */
function updateUsers(at: Provisioner, users: readonly UserUpdate[]): Sql {
  return sql`update directory_user u set user_name = given.user_name, user_name_key = given.user_name_key,
      external_id = given.external_id, display_name = given.display_name, display_name_key = given.display_name_key,
      emails = given.emails::text[], active = given.active, idp_active = given.idp_active, resource = given.resource,
      profile = given.profile::jsonb, deleted_at = case when given.deleted then deleted_at end, provisioned = true,
      version = u.version + 1, changed_at = greatest(u.changed_at, now())
    from unnest(${arraysOf(users)}, ${users.map(({ version }) => version)}::bigint[],
      ${users.map(({ hold }) => hold.deleted)}::boolean[]) as given(${GIVEN}, version, deleted)
    where u.id = given.id and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId} and u.version = given.version
    returning ${STAMPS}`
}

const GIVEN =
  raw(`id, user_name, user_name_key, external_id, display_name, display_name_key, emails, active, idp_active,
      resource, profile`)

/** The columns of `GIVEN`. */
function arraysOf(users: readonly (NewUser | UserUpdate)[]): Sql {
  const each = <Column>(pick: (columns: UserColumns) => Column) => users.map(({ columns }) => pick(columns))
  return sql`${users.map(({ id }) => id)}::uuid[], ${each((user) => user.userName)}::text[],
      ${each((user) => user.userNameKey)}::text[], ${each((user) => user.externalId)}::text[],
      ${each((user) => user.displayName)}::text[], ${each((user) => user.displayNameKey)}::text[],
      ${each((user) => arrayText(user.emails))}::text[], ${each((user) => user.active)}::boolean[],
      ${each((user) => user.idpActive)}::boolean[], ${each((user) => user.resource)}::text[],
      ${each((user) => user.profile)}::text[]`
}

/** As PostgreSQL writes an array of text: an array of arrays cannot hold some of different lengths. */
function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
