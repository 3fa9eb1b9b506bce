// `/Groups`: from messages to the directory and back. Members never pass through the resource: they are rows.
import { type GroupRow, groupText, groupVersion } from '#directory/group-row.ts'
import { changeGroup, changeGroupMembers, createGroup, deleteGroup, readGroup } from '#directory/groups.ts'
import { listGroups } from '#directory/list-groups.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import { PAGE_SIZE } from '#protocol/scim/discovery.ts'
import type { Json } from '#protocol/scim/json.ts'
import { type MemberRef, planMembers, readMembers } from '#protocol/scim/membership.ts'
import {
  type ListQuery,
  listResponse,
  parseListQuery,
  parsePatchOp,
  parseSearchRequest,
} from '#protocol/scim/messages.ts'
import { applyPatch } from '#protocol/scim/patch.ts'
import { wants } from '#protocol/scim/projection.ts'
import { type Resource, readResource } from '#protocol/scim/resource.ts'
import { groupSchema } from '#protocol/scim/resource-schema.ts'
import { projected, projectionOf, sendResource, sendText } from './answer.ts'
import { requireBody } from './body.ts'
import type { Dialect } from './dialect.ts'
import { precondition, type ScimHandler, type ScimReply, type ScimRequest } from './request.ts'

function send(at: Provisioner, request: ScimRequest, reply: ScimReply, status: number, row: GroupRow) {
  const text = projected(groupText(row, at.base), groupSchema, projectionOf(request, groupSchema))
  return sendResource(request, reply, status, { text, version: groupVersion(row) })
}

async function answer(at: Provisioner, request: ScimRequest, reply: ScimReply, status: number, id: string) {
  const members = wants(projectionOf(request, groupSchema), 'members')
  return send(at, request, reply, status, await readGroup(at, id, members))
}

function readGroupBody(request: ScimRequest, dialect: Dialect): { resource: Resource; members: MemberRef[] } {
  const body = dialect.rewriteResource(requireBody(request.body), groupSchema)
  const { resource } = readResource(body, groupSchema, dialect.mode)
  return { resource, members: readMembers(membersOf(body)) }
}

/** Attribute names are case-insensitive. @see RFC 7643 §2.1 */
function membersOf(body: Json): Json {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const key = Object.keys(body).find((name) => name.toLowerCase() === 'members')
  return key === undefined ? null : (body[key] ?? null)
}

async function sendPage(at: Provisioner, reply: ScimReply, query: ListQuery) {
  const { total, rows } = await listGroups(at, query)
  const texts = rows.map((row) => projected(groupText(row, at.base), groupSchema, query.projection))
  return sendText(reply, 200, listResponse(texts, { total, startIndex: query.startIndex }))
}

export function groupRoutes(dialect: (request: ScimRequest) => Dialect): Record<string, ScimHandler> {
  return {
    async create(at, request, reply) {
      projectionOf(request, groupSchema)
      const { resource, members } = readGroupBody(request, dialect(request))
      const id = await createGroup(at, resource, members)
      reply.header('location', `${at.base}/Groups/${id}`)
      return answer(at, request, reply, 201, id)
    },

    read: (at, request, reply) => answer(at, request, reply, 200, request.params.id),

    list: (at, request, reply) => sendPage(at, reply, parseListQuery(request.query, groupSchema, PAGE_SIZE)),

    search: (at, request, reply) =>
      sendPage(at, reply, parseSearchRequest(requireBody(request.body), groupSchema, PAGE_SIZE)),

    async replace(at, request, reply) {
      projectionOf(request, groupSchema)
      const { resource, members } = readGroupBody(request, dialect(request))
      await changeGroup(at, request.params.id, {
        precondition: precondition(request),
        decide: () => resource,
        members: { clear: true, add: members, remove: [], removeWhere: [] },
      })
      return answer(at, request, reply, 200, request.params.id)
    },

    // RFC 7644 §3.5.2: 204, or 200 with the resource, which is a must when `attributes` asks for it. A group can be
    // large, so it is sent back only then.
    async patch(at, request, reply) {
      const projection = projectionOf(request, groupSchema)
      await patchGroup(at, request, dialect(request))
      return projection ? answer(at, request, reply, 200, request.params.id) : reply.code(204).send()
    },

    async delete(at, request, reply) {
      await deleteGroup(at, request.params.id, precondition(request))
      return reply.code(204).send()
    },
  }
}

async function patchGroup(at: Provisioner, request: ScimRequest, { rewritePatch, mode }: Dialect) {
  const operations = parsePatchOp(rewritePatch(requireBody(request.body), groupSchema))
  const { rest, members } = planMembers(operations)
  const condition = precondition(request)
  if (rest.length === 0 && members && !condition) return changeGroupMembers(at, request.params.id, members)
  return changeGroup(at, request.params.id, {
    precondition: condition,
    decide: (current) => applyPatch(current, rest, groupSchema, mode).resource,
    members,
  })
}
