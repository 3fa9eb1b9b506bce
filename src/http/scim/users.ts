// The `/Users` endpoint. @see RFC 7644 §3
import { listUsers } from '#directory/lists/list-users.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import { type ShownUser, shownVersion, userText } from '#directory/users/user-row.ts'
import type { UserRow } from '#directory/users/user-types.ts'
import { changeUser, createUser, deleteUser, readUser } from '#directory/users/users.ts'
import type { Precondition } from '#protocol/scim/messages/etag.ts'
import type { Json } from '#protocol/scim/messages/json.ts'
import { parsePatchOp } from '#protocol/scim/messages/messages.ts'
import { type Written, wants } from '#protocol/scim/messages/projection.ts'
import { applyPatch, type Patched } from '#protocol/scim/patch/patch.ts'
import { requireImmutable } from '#protocol/scim/schema/complete.ts'
import { type Resource, readResource } from '#protocol/scim/values/resource.ts'
import { projected, projectionOf, sendResource } from './answer.ts'
import { requireBody } from './body.ts'
import type { Dialect } from './dialect.ts'
import { type Lists, type PageSource, pageRoutes } from './pages.ts'
import { precondition, type ScimReply, type ScimRequest, type ScimRoutes } from './request.ts'

type DialectOf = (request: ScimRequest) => Dialect

/** Parses the body of a POST or PUT. */
export function readUserBody(body: Json, { mode, rewriteResource, users, remember }: Dialect): Resource {
  const { resource, unknown } = readResource(rewriteResource(body, users), users, mode)
  remember('User', unknown)
  return resource
}

/** Creates the user in a POST body. */
export function postUser(at: Provisioner, dialect: Dialect, body: Json): Promise<UserRow> {
  return createUser(at, readUserBody(body, dialect))
}

/**
 * Replaces a user by a PUT body. If `active` is missing or empty it keeps its value (RFC 7644 §3.5.1); other
 * attributes are cleared.
 */
export async function putUser(
  at: Provisioner,
  dialect: Dialect,
  id: string,
  body: Json,
  condition: Precondition | undefined,
): Promise<UserRow> {
  const resource = readUserBody(body, dialect)
  const row = await changeUser(at, id, condition, (current) => {
    requireImmutable(current, resource, dialect.users)
    return resource
  })
  noteHold(dialect, row)
  return row
}

/** Applies a PATCH to a user. @returns the user and the attributes the PATCH names */
export async function patchUser(
  at: Provisioner,
  dialect: Dialect,
  id: string,
  body: Json,
  condition: Precondition | undefined,
): Promise<{ row: UserRow; written: Written }> {
  const { mode, rewritePatch, users, remember, note } = dialect
  const operations = parsePatchOp(rewritePatch(body, users))
  let patched: Patched | undefined
  const row = await changeUser(at, id, condition, (current) => {
    patched = applyPatch(current, operations, users, mode)
    return patched.resource
  })
  const { unknown = [], named = new Set<string>(), hasTarget = true, activeKept = false } = patched ?? {}
  remember('User', unknown)
  if (!hasTarget) note('patch-left-out', { resourceType: 'User', names: unknown })
  if (activeKept) note('active-kept', {})
  noteHold(dialect, row)
  return { row, written: named }
}

/**
 * Adds a note if an administrator's decision overrides the change, which the identity provider's log shows as
 * successful.
 */
function noteHold({ note }: Dialect, { deleted, disabled, idpActive }: UserRow): void {
  if (deleted) note('user-deleted-in-portal', {})
  else if (disabled && idpActive) note('user-disabled-in-portal', {})
}

export function userRoutes(dialectOf: DialectOf, lists: Lists): ScimRoutes {
  const source: PageSource<ShownUser> = {
    type: 'User',
    schema: ({ users }) => users,
    list: listUsers,
    text: userText,
  }
  return {
    ...pageRoutes(dialectOf, source, lists),

    async create(at, request, reply) {
      const send = sender(dialectOf(request), at, request, reply)
      const row = await postUser(at, dialectOf(request), requireBody(request.body))
      reply.header('location', `${at.base}/Users/${row.id}`)
      return send(201, row, 'all')
    },

    async read(at, request, reply) {
      const projection = projectionOf(request, dialectOf(request).users)
      const send = sender(dialectOf(request), at, request, reply, projection)
      return send(200, await readUser(at, request.params.id, wants(projection, 'groups')))
    },

    async replace(at, request, reply) {
      const send = sender(dialectOf(request), at, request, reply)
      const body = requireBody(request.body)
      const row = await putUser(at, dialectOf(request), request.params.id, body, precondition(request))
      return send(200, row, 'all')
    },

    async patch(at, request, reply) {
      const send = sender(dialectOf(request), at, request, reply)
      const body = requireBody(request.body)
      const { id } = request.params
      const { row, written } = await patchUser(at, dialectOf(request), id, body, precondition(request))
      return send(200, row, written)
    },

    async delete(at, request, reply) {
      await deleteUser(at, request.params.id, precondition(request))
      return reply.code(204).send()
    },
  }
}

/** Parses the projection first, so that an invalid one is refused before anything is written. */
function sender(
  { users }: Dialect,
  at: Provisioner,
  request: ScimRequest,
  reply: ScimReply,
  projection = projectionOf(request, users),
) {
  return (status: number, row: ShownUser, written?: Written) => {
    const text = projected(userText(row, at.base), users, projection, written)
    return sendResource(request, reply, status, { text, version: shownVersion(row) })
  }
}
