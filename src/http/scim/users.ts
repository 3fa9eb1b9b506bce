// `/Users`: from messages to the directory and back. @see RFC 7644 §3
import { listUsers } from '#directory/list-users.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import { type UserRow, userText, userVersion } from '#directory/user-row.ts'
import { changeUser, createUser, deleteUser, readUser } from '#directory/users.ts'
import { PAGE_SIZE } from '#protocol/scim/discovery.ts'
import {
  type ListQuery,
  listResponse,
  parseListQuery,
  parsePatchOp,
  parseSearchRequest,
} from '#protocol/scim/messages.ts'
import { applyPatch } from '#protocol/scim/patch.ts'
import { wants } from '#protocol/scim/projection.ts'
import { readResource } from '#protocol/scim/resource.ts'
import { userSchema } from '#protocol/scim/resource-schema.ts'
import { projected, projectionOf, sendResource, sendText } from './answer.ts'
import { requireBody } from './body.ts'
import type { Dialect } from './dialect.ts'
import { precondition, type ScimHandler, type ScimReply, type ScimRequest } from './request.ts'

function send(at: Provisioner, request: ScimRequest, reply: ScimReply, status: number, row: UserRow) {
  const text = projected(userText(row, at.base), userSchema, projectionOf(request, userSchema))
  return sendResource(request, reply, status, { text, version: userVersion(row) })
}

async function sendPage(at: Provisioner, reply: ScimReply, query: ListQuery) {
  const { total, rows } = await listUsers(at, query)
  const texts = rows.map((row) => projected(userText(row, at.base), userSchema, query.projection))
  return sendText(reply, 200, listResponse(texts, { total, startIndex: query.startIndex }))
}

export function userRoutes(dialect: (request: ScimRequest) => Dialect): Record<string, ScimHandler> {
  return {
    async create(at, request, reply) {
      projectionOf(request, userSchema) // refused before anything is written
      const { mode, rewriteResource } = dialect(request)
      const { resource } = readResource(
        rewriteResource(requireBody(request.body), userSchema),
        userSchema,
        mode,
      )
      const row = await createUser(at, resource)
      reply.header('location', `${at.base}/Users/${row.id}`)
      return send(at, request, reply, 201, row)
    },

    async read(at, request, reply) {
      const projection = projectionOf(request, userSchema)
      return send(at, request, reply, 200, await readUser(at, request.params.id, wants(projection, 'groups')))
    },

    list: (at, request, reply) => sendPage(at, reply, parseListQuery(request.query, userSchema, PAGE_SIZE)),

    search: (at, request, reply) =>
      sendPage(at, reply, parseSearchRequest(requireBody(request.body), userSchema, PAGE_SIZE)),

    async replace(at, request, reply) {
      projectionOf(request, userSchema)
      const { mode, rewriteResource } = dialect(request)
      const { resource } = readResource(
        rewriteResource(requireBody(request.body), userSchema),
        userSchema,
        mode,
      )
      // RFC 7644 §3.5.1 lets an omitted attribute keep its value; an omitted `active` does, all others are cleared.
      const row = await changeUser(at, request.params.id, precondition(request), (current) =>
        resource.active === undefined ? { ...resource, active: current.active ?? true } : resource,
      )
      return send(at, request, reply, 200, row)
    },

    async patch(at, request, reply) {
      projectionOf(request, userSchema)
      const { rewritePatch, mode } = dialect(request)
      const operations = parsePatchOp(rewritePatch(requireBody(request.body), userSchema))
      const row = await changeUser(
        at,
        request.params.id,
        precondition(request),
        (current) => applyPatch(current, operations, userSchema, mode).resource,
      )
      return send(at, request, reply, 200, row)
    },

    async delete(at, request, reply) {
      await deleteUser(at, request.params.id, precondition(request))
      return reply.code(204).send()
    },
  }
}
