// Finds out what happened to operations when the database's response was lost. Their audit events prove that they
// were carried out. Without an event the outcome is unknown, because the statement may still be running. It is then
// reported as unknown, never as failed.
import { objectsOfRequest } from '#audit/events-of-request.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import { userVersion } from '#directory/users/user-row.ts'
import { Unavailable } from '#errors.ts'
import { isUndone } from '#platform/database/errors.ts'
import type { BulkOperation, Done } from '#protocol/scim/bulk/bulk.ts'
import type { ScimError } from '#protocol/scim/messages/error.ts'
import { isObject } from '#protocol/scim/messages/json.ts'
import { refuse } from '#protocol/scim/refusals/refusals.ts'

/** Returns whether a statement that failed with this error may have been carried out. */
export function isUnknown(error: unknown): boolean {
  return error instanceof Unavailable && !isUndone(error)
}

export function unknownOutcome(): ScimError {
  return refuse('bulk-outcome-unknown')
}

/**
 * Looks for the audit events of operations that shared a statement.
 * @param since when the request arrived, by the clock of this process
 * @returns the completed operations by position in the list; none while the database is unavailable
 */
export async function findDone(
  at: Provisioner,
  operations: readonly BulkOperation[],
  since: Date,
): Promise<Map<number, Done>> {
  const { tenantId, auditContext } = at
  const request = { tenantId, requestId: auditContext.actor.requestId ?? '', since }
  const names = operations.map(nameOf)
  const action = operations[0]?.method === 'DELETE' ? 'delete' : 'create'
  const tx = {
    query: <Row extends object>(sql: Parameters<typeof at.db.run>[1]) => at.db.run<Row>(at.scope, sql),
  }
  const found = await objectsOfRequest(tx, request, { action, objectType: 'User', names }).catch(() => [])
  const ids = new Map(
    found.flatMap(({ objectId, objectName }) => [
      [objectName, objectId],
      [objectId, objectId],
    ]),
  )
  const done = new Map<number, Done>()
  names.forEach((name, place) => {
    const id = ids.get(name)
    // If two operations have the same name, the first one was carried out.
    if (id === undefined || names.indexOf(name) !== place) return
    done.set(place, action === 'delete' ? { status: 204, id } : { status: 201, id, version: FIRST_VERSION })
  })
  return done
}

const FIRST_VERSION = userVersion({ version: '1' })

/** Returns the name in an operation's audit event: the user name for a creation, the id for a deletion. */
function nameOf(operation: BulkOperation): string {
  if (operation.method === 'DELETE') return operation.id
  const data = 'data' in operation ? operation.data : null
  const userName = isObject(data)
    ? Object.entries(data).find(([key]) => key.toLowerCase() === 'username')?.[1]
    : undefined
  return typeof userName === 'string' ? userName : ''
}
