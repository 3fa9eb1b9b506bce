// Finds the user who has a userName or an externalId that another user is about to get.

import type { Queryable } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { HolderState } from '#protocol/scim/refusals/resource.ts'
import type { Provisioner } from '../provisioner.ts'
import { ValueTaken } from '../taken.ts'
import type { UserColumns } from './user-types.ts'

export interface Holder {
  readonly id: string
  readonly version: string
  readonly provisioned: boolean
  readonly userName: string
  /** The holder has the userName; otherwise it has the externalId. */
  readonly byName: boolean
  readonly idpActive: boolean
  readonly disabled: boolean
  readonly deleted: boolean
}

export type UniqueColumns = Pick<UserColumns, 'userName' | 'userNameKey' | 'externalId'>
type Owner = Pick<Provisioner, 'tenantId' | 'idpId' | 'uniqueUserExternalIds'>

/**
 * Returns the user who has the values, or undefined if they are free.
 * @param id of the user who is about to get them
 */
export async function findHolder(
  q: Queryable,
  at: Owner,
  id: string,
  { userNameKey, externalId }: UniqueColumns,
): Promise<Holder | undefined> {
  const [holder] = await q.query<Holder>(
    sql`select id, version::text, provisioned, user_name as "userName", user_name_key = ${userNameKey} as "byName",
        idp_active as "idpActive", disabled_at is not null as disabled, deleted_at is not null as deleted
      from directory_user where tenant_id = ${at.tenantId} and idp_id = ${at.idpId} and id <> ${id}
        and (user_name_key = ${userNameKey} or external_id = ${at.uniqueUserExternalIds ? externalId : null}::text)
      order by "byName" desc limit 1`,
  )
  return holder
}

export function takenBy(holder: Holder, wanted: UniqueColumns): ValueTaken {
  return new ValueTaken(holder.byName ? 'user-name-taken' : 'external-id-taken', {
    value: holder.byName ? wanted.userName : (wanted.externalId ?? ''),
    holderId: holder.id,
    holderName: holder.userName,
    holderState: stateOf(holder),
  })
}

function stateOf({ idpActive, disabled, deleted }: Holder): HolderState {
  if (deleted) return 'deleted-in-portal'
  if (!idpActive) return 'deactivated'
  return disabled ? 'disabled' : 'active'
}

interface Wanted {
  readonly id: string
  readonly columns: UniqueColumns
}

export function holderOf(at: Provisioner, { id, columns }: Wanted): Promise<Holder | undefined> {
  return findHolder({ query: (statement) => at.db.run(at.scope, statement) }, at, id, columns)
}

/** Returns the look-up that `unlessTaken` needs. */
export function takenUser(at: Provisioner) {
  return async (wanted: Wanted): Promise<ValueTaken | undefined> => {
    const holder = await holderOf(at, wanted)
    return holder && takenBy(holder, wanted.columns)
  }
}
