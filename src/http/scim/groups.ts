// The `/Groups` endpoint. Members are stored as rows, so they are kept apart from the resource.

import { changeGroup, changeGroupMembers } from '#directory/groups/change-group.ts'
import { deleteGroup } from '#directory/groups/delete-group.ts'
import { type GroupRow, groupPieces, groupText, groupVersion } from '#directory/groups/group-row.ts'
import { createGroup, readGroup, readWholeGroup } from '#directory/groups/groups.ts'
import { listGroups } from '#directory/lists/list-groups.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import type { Precondition } from '#protocol/scim/messages/etag.ts'
import type { Json } from '#protocol/scim/messages/json.ts'
import { parsePatchOp } from '#protocol/scim/messages/messages.ts'
import { type Written, wants } from '#protocol/scim/messages/projection.ts'
import { type MemberRef, planMembers, readMembers } from '#protocol/scim/patch/membership.ts'
import { applyPatch, type Patched } from '#protocol/scim/patch/patch.ts'
import { requireImmutable } from '#protocol/scim/schema/complete.ts'
import { type Resource, readResource } from '#protocol/scim/values/resource.ts'
import { projected, projectionOf, sendResource } from './answer.ts'
import { requireBody } from './body.ts'
import type { Dialect } from './dialect.ts'
import { type Lists, type PageSource, pageRoutes } from './pages.ts'
import { precondition, type ScimReply, type ScimRequest, type ScimRoutes } from './request.ts'

type DialectOf = (request: ScimRequest) => Dialect

function readGroupBody(body: Json, dialect: Dialect): { resource: Resource; members: MemberRef[] } {
  const rewritten = dialect.rewriteResource(body, dialect.groups)
  const { resource, unknown } = readResource(rewritten, dialect.groups, dialect.mode)
  dialect.remember('Group', unknown)
  return { resource, members: readMembers(membersOf(rewritten), dialect.mode) }
}

/** Returns the members of a body. Attribute names are case-insensitive. @see RFC 7643 §2.1 */
function membersOf(body: Json): Json {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const key = Object.keys(body).find((name) => name.toLowerCase() === 'members')
  return key === undefined ? null : (body[key] ?? null)
}

/** Creates the group in a POST body. @returns its id */
export function postGroup(at: Provisioner, dialect: Dialect, body: Json): Promise<string> {
  const { resource, members } = readGroupBody(body, dialect)
  return createGroup(at, resource, members)
}

/** Replaces a group and its members by a PUT body. */
export function putGroup(
  at: Provisioner,
  dialect: Dialect,
  id: string,
  body: Json,
  condition: Precondition | undefined,
): Promise<void> {
  const { resource, members } = readGroupBody(body, dialect)
  const replaced = { clear: true, add: members, remove: [], removeWhere: [] }
  const decide = (current: Resource) => {
    requireImmutable(current, resource, dialect.groups)
    return resource
  }
  return changeGroup(at, id, { precondition: condition, decide, members: replaced })
}

const NOTHING: Written = new Set()

/** Applies a PATCH to a group. @returns the attributes it names, without members */
export async function patchGroup(
  at: Provisioner,
  { mode, rewritePatch, groups, remember, note }: Dialect,
  id: string,
  body: Json,
  condition: Precondition | undefined,
): Promise<Written> {
  const { rest, members } = planMembers(parsePatchOp(rewritePatch(body, groups)), mode)
  if (rest.length === 0 && members && !condition) {
    await changeGroupMembers(at, id, members)
    return NOTHING
  }
  let patched: Patched | undefined
  const decide = (current: Resource) => {
    patched = applyPatch(current, rest, groups, mode)
    return patched.resource
  }
  await changeGroup(at, id, { precondition: condition, decide, members })
  const { unknown = [], named = NOTHING, hasTarget = true } = patched ?? {}
  remember('Group', unknown)
  if (!hasTarget && !members) note('patch-left-out', { resourceType: 'Group', names: unknown })
  return named
}

export function groupRoutes(dialectOf: DialectOf, lists: Lists): ScimRoutes {
  const source: PageSource<GroupRow> = {
    type: 'Group',
    schema: ({ groups }) => groups,
    list: listGroups,
    text: groupText,
  }
  return {
    ...pageRoutes(dialectOf, source, lists),

    async create(at, request, reply) {
      const answer = answerer(dialectOf(request), at, request, reply)
      const id = await postGroup(at, dialectOf(request), requireBody(request.body))
      reply.header('location', `${at.base}/Groups/${id}`)
      return answer(201, id, 'all')
    },

    read: (at, request, reply) => answerer(dialectOf(request), at, request, reply)(200, request.params.id),

    async replace(at, request, reply) {
      const answer = answerer(dialectOf(request), at, request, reply)
      const { id } = request.params
      await putGroup(at, dialectOf(request), id, requireBody(request.body), precondition(request))
      return answer(200, id, 'all')
    },

    // RFC 7644 §3.5.2 allows 204, but requires 200 with the resource if `attributes` is given. A group can be large,
    // so it is returned only then.
    async patch(at, request, reply) {
      const projection = projectionOf(request, dialectOf(request).groups)
      const answer = answerer(dialectOf(request), at, request, reply)
      const { id } = request.params
      const body = requireBody(request.body)
      const written = await patchGroup(at, dialectOf(request), id, body, precondition(request))
      return projection ? answer(200, id, written) : reply.code(204).send()
    },

    async delete(at, request, reply) {
      await deleteGroup(at, request.params.id, precondition(request))
      return reply.code(204).send()
    },
  }
}

/** Parses the projection first, so that an invalid one is refused before anything is written. */
function answerer({ groups }: Dialect, asked: Provisioner, request: ScimRequest, reply: ScimReply) {
  const projection = projectionOf(request, groups)
  return async (status: number, id: string, written?: Written) => {
    const at = answering(asked)
    if (!projection && !groups.hasUnasked) {
      const { row, stretches } = await readWholeGroup(at, id)
      const text = stretches.length > 1 ? groupPieces(row, stretches, at.base) : groupText(row, at.base)
      return sendResource(request, reply, status, { text, version: groupVersion(row), steady: false })
    }
    const members = wants(projection, 'members')
    const row = await readGroup(at, id, members)
    const text = projected(groupText(row, at.base), groups, projection, written)
    // Deleting a member changes its groups without a new version, so the version doesn't cover `members`.
    return sendResource(request, reply, status, {
      text,
      version: groupVersion(row),
      steady: !members,
    })
  }
}

const ANSWER_MILLISECONDS = 3_500

/** Allows extra time to read the result, because a large change may have used up the time of the request. */
function answering(at: Provisioner): Provisioner {
  const { giveUpAt = 0 } = at.scope
  return {
    ...at,
    scope: { ...at.scope, giveUpAt: Math.max(giveUpAt, performance.now() + ANSWER_MILLISECONDS) },
  }
}
