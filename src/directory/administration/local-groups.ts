// Groups of the tenant's local identity provider, which are created and edited in the portal.
import type { Json } from '#protocol/scim/messages/json.ts'
import { readResource } from '#protocol/scim/values/resource.ts'
import { changeGroup, changeGroupMembers } from '../groups/change-group.ts'
import { deleteGroup } from '../groups/delete-group.ts'
import { createGroup } from '../groups/groups.ts'
import { inFormWords, localProvisioner, masterOf, type PortalWorker } from './local-provisioner.ts'

const FIELDS = { 'members.value': 'add' }

/** Creates a group without members. @returns its id @throws {Invalid} @throws {Conflict} */
export async function createLocalGroup(worker: PortalWorker, displayName: string): Promise<string> {
  const at = await localProvisioner(worker)
  return inFormWords(FIELDS, async () => {
    const { resource } = readResource({ displayName }, at.schemas.groups, 'lenient')
    return createGroup(at, resource, [])
  })
}

/**
 * Renames a group.
 * @throws {NotFound}
 * @throws {Refused} if it isn't a local group
 * @throws {Invalid}
 * @throws {Conflict}
 */
export async function renameLocalGroup(worker: PortalWorker, id: string, displayName: string): Promise<void> {
  const at = await masterOf(worker, 'Group', id)
  const renamed = (current: Record<string, Json>) =>
    readResource({ ...current, displayName }, at.schemas.groups, 'lenient').resource
  await inFormWords(FIELDS, () =>
    changeGroup(at, id, { precondition: undefined, decide: renamed, members: undefined }),
  )
}

/** Deletes a group, but not its members. @throws {NotFound} @throws {Refused} if it isn't a local group */
export async function deleteLocalGroup(worker: PortalWorker, id: string): Promise<void> {
  const at = await masterOf(worker, 'Group', id)
  await deleteGroup(at, id, undefined)
}

/**
 * Adds and removes members of a group.
 * @param add ids of local users and groups
 * @throws {NotFound}
 * @throws {Refused} if it isn't a local group
 * @throws {Invalid} if a member to add isn't a local user or group
 */
export async function changeLocalMembers(
  worker: PortalWorker,
  id: string,
  { add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] },
): Promise<void> {
  const at = await masterOf(worker, 'Group', id)
  const members = add.map((value) => ({ value, type: undefined }))
  const change = { clear: false, removeWhere: [], remove: [...remove], add: members }
  await inFormWords(FIELDS, () => changeGroupMembers(at, id, change))
}
