// Carries out one bulk operation, exactly like the corresponding single request.

import { deleteGroup } from '#directory/groups/delete-group.ts'
import { groupVersion } from '#directory/groups/group-row.ts'
import { readGroup } from '#directory/groups/groups.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import { shownVersion } from '#directory/users/user-row.ts'
import { deleteUser } from '#directory/users/users.ts'
import type { BulkOperation, Done } from '#protocol/scim/bulk/bulk.ts'
import { ifMatch } from '#protocol/scim/messages/etag.ts'
import type { Dialect } from '../dialect.ts'
import { patchGroup, postGroup, putGroup } from '../groups.ts'
import { patchUser, postUser, putUser } from '../users.ts'

/** Carries out an operation. @param operation without unresolved bulkId references */
export function perform(at: Provisioner, dialect: Dialect, operation: BulkOperation): Promise<Done> {
  return operation.endpoint === '/Users'
    ? performOnUser(at, dialect, operation)
    : performOnGroup(at, dialect, operation)
}

async function performOnUser(at: Provisioner, dialect: Dialect, operation: BulkOperation): Promise<Done> {
  if (operation.method === 'POST') {
    const row = await postUser(at, dialect, operation.data)
    return { status: 201, id: row.id, version: shownVersion(row) }
  }
  const { id, version } = operation
  const condition = ifMatch(version)
  if (operation.method === 'DELETE') {
    await deleteUser(at, id, condition)
    return { status: 204, id }
  }
  const row =
    operation.method === 'PUT'
      ? await putUser(at, dialect, id, operation.data, condition)
      : (await patchUser(at, dialect, id, operation.data, condition)).row
  return { status: 200, id, version: shownVersion(row) }
}

async function performOnGroup(at: Provisioner, dialect: Dialect, operation: BulkOperation): Promise<Done> {
  if (operation.method === 'POST') {
    return groupDone(at, 201, await postGroup(at, dialect, operation.data))
  }
  const { id, version } = operation
  const condition = ifMatch(version)
  if (operation.method === 'DELETE') {
    await deleteGroup(at, id, condition)
    return { status: 204, id }
  }
  if (operation.method === 'PUT') {
    await putGroup(at, dialect, id, operation.data, condition)
    return groupDone(at, 200, id)
  }
  await patchGroup(at, dialect, id, operation.data, condition)
  return groupDone(at, 204, id)
}

async function groupDone(at: Provisioner, status: number, id: string): Promise<Done> {
  return { status, id, version: groupVersion(await readGroup(at, id, false)) }
}
