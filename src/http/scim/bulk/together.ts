// Carries out several bulk operations in one statement. An operation that it skips gets no outcome: the caller
// repeats it singly, which produces its error.

import type { Provisioner } from '#directory/provisioner.ts'
import { createUsers, deleteUsers } from '#directory/users/bulk-users.ts'
import { userVersion } from '#directory/users/user-row.ts'
import type { BulkOperation, Creation, Deletion, Done } from '#protocol/scim/bulk/bulk.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'
import type { Dialect } from '../dialect.ts'
import { readUserBody } from '../users.ts'

type Together = (
  at: Provisioner,
  dialect: Dialect,
  operations: readonly BulkOperation[],
) => Promise<(Done | undefined)[]>

export const TOGETHER: Record<'create users' | 'delete users', Together> = {
  'create users': (at, dialect, operations) => createTogether(at, dialect, operations as Creation[]),
  'delete users': (at, _dialect, operations) => deleteTogether(at, operations as Deletion[]),
}

async function createTogether(
  at: Provisioner,
  dialect: Dialect,
  creations: readonly Creation[],
): Promise<(Done | undefined)[]> {
  const resources = creations.map(({ data }) => attempt(() => readUserBody(data, dialect)))
  const readable = resources.filter((resource): resource is Resource => resource !== undefined)
  const rows = (await createUsers(at, readable)).values()
  return resources.map((resource) => {
    const row = resource && rows.next().value
    return row && { status: 201, id: row.id, version: userVersion(row) }
  })
}

async function deleteTogether(
  at: Provisioner,
  deletions: readonly Deletion[],
): Promise<(Done | undefined)[]> {
  const gone = await deleteUsers(
    at,
    deletions.map(({ id }) => id),
  )
  // If an id appears twice, only the first deletion succeeds.
  return deletions.map(({ id }) => (gone.delete(id) ? { status: 204, id } : undefined))
}

/** Runs `read`. @returns undefined if it is refused */
export function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof ScimError) return undefined
    throw error
  }
}
