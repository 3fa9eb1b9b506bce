// Users and groups of one identity provider may share an externalId, unless an administrator forbids it or sign-in
// finds users by it. This file has what the statements for both have in common, and makes externalIds unique when the
// settings require it. Migration 0055 explains how rows store this.
import { Conflict } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import { echo } from '#protocol/scim/messages/secrets.ts'
import type { Provisioner } from './provisioner.ts'

type Table = 'directory_user' | 'directory_group'
type Owner = Pick<Provisioner, 'tenantId' | 'idpId' | 'uniqueExternalIds' | 'uniqueUserExternalIds'>

interface Written {
  readonly id: Sql
  readonly externalId: Sql
}

/**
 * Returns the value of `external_id_repeat` for a new row: its id if another row has the externalId and may share it,
 * else null.
 * @param mayRepeat if false, the value is always null and the unique index decides
 */
export function repeatOf(table: Table, owner: Owner, { id, externalId }: Written, mayRepeat = true): Sql {
  const isUnique = table === 'directory_user' ? owner.uniqueUserExternalIds : owner.uniqueExternalIds
  return sql`case when ${mayRepeat && !isUnique}::boolean and exists (select from ${raw(table)} h
    where h.tenant_id = ${owner.tenantId} and h.idp_id = ${owner.idpId} and h.external_id = ${externalId}::text
      and h.id <> ${id}::uuid) then ${id}::uuid end`
}

/** Like repeatOf, for a changed row `u`: the value stays the same as long as the externalId does. */
export function repeatAfter(table: Table, owner: Owner, written: Written): Sql {
  return sql`case when u.external_id is not distinct from ${written.externalId}::text then u.external_id_repeat
    else ${repeatOf(table, owner, written)} end`
}

interface Holder {
  readonly id: string
  readonly name: string
}

/** Two users or two groups that have the same externalId. */
export interface SharedExternalId {
  readonly type: 'User' | 'Group'
  readonly externalId: string
  readonly holders: readonly [Holder, Holder]
}

/** Thrown when externalIds must be unique but some are shared. */
export class SharedExternalIds extends Conflict {
  /** Up to 20 of them. */
  readonly shared: readonly SharedExternalId[]
  constructor(attribute: 'uniqueExternalIds' | 'matching', { shared, isAll }: Shared) {
    const list = shared.map(({ type, externalId, holders: [one, other] }) => {
      const who = type === 'User' ? 'users' : 'groups'
      return `"${externalId}" (${who} "${one.name}" and "${other.name}")`
    })
    super(
      attribute,
      `External IDs can't be unique yet, because some are shared: ${list.join(', ')}${isAll ? '' : ' and more'}. Give each its own external ID in the identity provider first.`,
    )
    this.shared = shared
  }
}

interface Shared {
  readonly shared: readonly SharedExternalId[]
  readonly isAll: boolean
}

const LISTED = 20

/**
 * Makes externalIds unique if the changed settings require it. Runs in the transaction that changes the identity
 * provider and has locked its row.
 * @throws {SharedExternalIds} naming users or groups that share one
 */
export async function requireUniqueExternalIds(
  tx: TenantTx,
  before: IdentityProvider,
  after: IdentityProvider,
): Promise<void> {
  const turnedOn = after.uniqueExternalIds && !before.uniqueExternalIds
  const attribute = turnedOn ? 'uniqueExternalIds' : 'matching'
  if (findsByExternalId(after) || turnedOn) await requireUnique(tx, 'directory_user', after.id, attribute)
  if (turnedOn) await requireUnique(tx, 'directory_group', after.id, attribute)
}

function findsByExternalId({ matching }: IdentityProvider): boolean {
  return matching?.target === 'externalId'
}

async function requireUnique(
  tx: TenantTx,
  table: Table,
  idpId: string,
  attribute: 'uniqueExternalIds' | 'matching',
): Promise<void> {
  const found = await sharedIn(tx, table, idpId)
  if (found.length > 0)
    throw new SharedExternalIds(attribute, { shared: found.slice(0, LISTED), isAll: found.length <= LISTED })
  await tx.query(
    sql`update ${raw(table)} set external_id_repeat = null
      where idp_id = ${idpId} and tenant_id = ${tx.tenantId} and external_id_repeat is not null`,
  )
}

async function sharedIn(tx: TenantTx, table: Table, idpId: string): Promise<SharedExternalId[]> {
  const type = table === 'directory_user' ? 'User' : 'Group'
  const name = raw(table === 'directory_user' ? 'user_name' : 'display_name')
  const rows = await tx.query<{
    externalId: string
    id: string
    name: string
    firstId: string
    first: string
  }>(
    sql`select u.external_id as "externalId", u.id, u.${name} as name, o.id as "firstId", o.${name} as first
      from ${raw(table)} u cross join lateral (select h.id, h.${name} from ${raw(table)} h
        where h.idp_id = u.idp_id and h.tenant_id = u.tenant_id and h.external_id = u.external_id and h.id <> u.id
        order by h.external_id_repeat nulls first limit 1) o
      where u.idp_id = ${idpId} and u.tenant_id = ${tx.tenantId} and u.external_id_repeat is not null
      order by u.id limit ${LISTED + 1}`,
  )
  return rows.map(({ externalId, id, name: own, firstId, first }) => ({
    type,
    externalId: echo(externalId),
    holders: [
      { id: firstId, name: echo(first) },
      { id, name: echo(own) },
    ],
  }))
}
