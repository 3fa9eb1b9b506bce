// Finds the group that has a displayName or an externalId that another group is about to get.
import { Unavailable } from '#errors.ts'
import { sql } from '#platform/database/sql.ts'
import { because } from '#protocol/scim/refusals/refusals.ts'
import type { Provisioner } from '../provisioner.ts'
import { unlessTaken, ValueTaken } from '../taken.ts'
import type { GroupColumns } from './group-row.ts'

/** A group that is about to be written. */
export interface WantedGroup {
  readonly id: string
  readonly columns: GroupColumns
}

/** How often a write is attempted while the group in its way is gone each time it is looked up. */
const ATTEMPTS = 3

/**
 * Runs work that writes a group, and repeats it if the group in its way is gone when it is looked up.
 * @throws {ValueTaken}
 * @throws {Unavailable} after the last attempt
 */
export async function whileFree<Result>(at: Provisioner, work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const done = work().then((result) => ({ result }))
    const outcome = await unlessTaken(done, (wanted: WantedGroup) => takenGroup(at, wanted))
    if (outcome) return outcome.result
  }
  throw new Unavailable(because('user-name-in-motion'))
}

async function takenGroup(at: Provisioner, { id, columns }: WantedGroup): Promise<ValueTaken | undefined> {
  const { displayName, uniqueNameKey } = columns
  const externalId = at.uniqueExternalIds ? columns.externalId : null
  const [holder] = await at.db.run<{ id: string; name: string; byName: boolean | null }>(
    at.scope,
    sql`select id, display_name as name, unique_name_key = ${uniqueNameKey} as "byName" from directory_group
      where tenant_id = ${at.tenantId} and idp_id = ${at.idpId} and id <> ${id}
        and (unique_name_key = ${uniqueNameKey} or external_id = ${externalId}::text)
      order by "byName" desc nulls last limit 1`,
  )
  if (!holder) return undefined
  return new ValueTaken(holder.byName ? 'group-name-taken' : 'group-external-id-taken', {
    value: holder.byName ? displayName : (externalId ?? ''),
    holderId: holder.id,
    holderName: holder.name,
  })
}
