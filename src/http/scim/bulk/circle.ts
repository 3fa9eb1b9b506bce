// Creates resources that refer to each other (group A has member B, and B has member A): first without these
// references, then links them. Either all of them are created or none. @see RFC 7644 §3.7.1
import { deleteGroup } from '#directory/groups/delete-group.ts'
import { deleteUser } from '#directory/users/users.ts'
import type { Creation, Done } from '#protocol/scim/bulk/bulk.ts'
import { cutReferences, resolveIn, unresolved } from '#protocol/scim/bulk/references.ts'
import type { JsonObject } from '#protocol/scim/messages/json.ts'
import { PATCH_OP } from '#protocol/scim/messages/messages.ts'
import type { BulkCaller, Outcome } from './caller.ts'
import { perform } from './operation.ts'

interface Made {
  readonly creation: Creation
  readonly done: Done
  /** The references that are still missing. */
  readonly cut: JsonObject
}

/** Creates the resources and links them. @param ids ids created earlier in the request, by bulkId */
export async function createCircle(
  caller: BulkCaller,
  creations: readonly Creation[],
  ids: ReadonlyMap<string, string>,
): Promise<Outcome[]> {
  const circle = new Set(creations.map(({ bulkId }) => bulkId))
  const made: Made[] = []
  const linked: Done[] = []
  try {
    for (const creation of creations) made.push(await create(caller, creation, circle, ids))
    const known = new Map([...ids, ...made.map(({ creation, done }) => [creation.bulkId, done.id] as const)])
    for (const each of made) linked.push(await link(caller, each, known))
    return linked
  } catch (error) {
    const failed = made.length < creations.length ? made.length : linked.length
    await undo(caller, made)
    const refusal = await caller.refusal(error)
    const lacking = unresolved(creations[failed]?.bulkId ?? '')
    return creations.map((_, index) => (index === failed ? refusal : lacking))
  }
}

async function create(
  caller: BulkCaller,
  creation: Creation,
  circle: ReadonlySet<string>,
  ids: ReadonlyMap<string, string>,
): Promise<Made> {
  const { kept, cut } = cutReferences(creation.data, circle)
  const data = resolveIn(kept, ids)
  const done = await caller.run((at, dialect) => perform(at, dialect, { ...creation, data }))
  return { creation, done, cut }
}

async function link(
  caller: BulkCaller,
  { creation: { endpoint }, done, cut }: Made,
  ids: ReadonlyMap<string, string>,
): Promise<Done> {
  const data = { schemas: [PATCH_OP], Operations: [{ op: 'add', value: resolveIn(cut, ids) }] }
  const change = { method: 'PATCH', endpoint, id: done.id, version: undefined, data } as const
  return { ...(await caller.run((at, dialect) => perform(at, dialect, change))), status: done.status }
}

/**
 * Returns whether this request created the resource. An existing user that provisioning took over must not be
 * deleted.
 */
function isNew({ creation, done }: Made): boolean {
  return creation.endpoint === '/Groups' || done.version === 'W/"1"'
}

async function undo(caller: BulkCaller, made: readonly Made[]): Promise<void> {
  for (const { creation, done } of made.filter(isNew)) {
    const remove = creation.endpoint === '/Users' ? deleteUser : deleteGroup
    await caller
      .run((at) => remove(at, done.id, undefined))
      .catch((error) => caller.warn(error, 'a resource of a circle that failed could not be taken back'))
  }
}
