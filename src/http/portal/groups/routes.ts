// Groups in the portal: those of identity providers are read-only, local ones are created and changed here. The directory
// decides; this folder translates between it and the API. Start with the table below.
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { browseGroups } from '#directory/administration/browse-groups.ts'
import {
  changeLocalMembers,
  createLocalGroup,
  deleteLocalGroup,
  renameLocalGroup,
} from '#directory/administration/local-groups.ts'
import { listMembers } from '#directory/administration/portal-groups.ts'
import { type ById, IdParams, PAGE_SIZE } from '../contract/common.ts'
import { directoryContextOf } from '../directory-context.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import {
  Group,
  GroupChange,
  GroupPage,
  GroupQuery,
  MemberChange,
  MemberPage,
  MemberQuery,
  NewGroup,
} from './contract.ts'
import { groupSummaryOf, readGroupDetail } from './view.ts'

const tags = ['groups']

export const groupRoutes = routes([
  route(
    'GET /groups',
    {
      tags,
      role: 'auditor',
      summary: 'Search groups',
      querystring: GroupQuery,
      response: { 200: GroupPage },
    },
    search,
  ),
  route(
    'POST /groups',
    { tags, role: 'admin', summary: 'Create a local group', body: NewGroup, response: { 201: Group } },
    create,
  ),
  route(
    'GET /groups/:id',
    { tags, role: 'auditor', summary: 'Get a group', params: IdParams, response: { 200: Group } },
    read,
  ),
  route(
    'GET /groups/:id/members',
    {
      tags,
      role: 'auditor',
      summary: 'List the members of a group: users and groups',
      params: IdParams,
      querystring: MemberQuery,
      response: { 200: MemberPage },
    },
    members,
  ),
  route(
    'PATCH /groups/:id',
    {
      tags,
      role: 'admin',
      summary: 'Rename a local group',
      params: IdParams,
      body: GroupChange,
      response: { 200: Group },
    },
    rename,
  ),
  route(
    'POST /groups/:id/members',
    {
      tags,
      role: 'admin',
      summary: 'Add and remove members of a local group',
      params: IdParams,
      body: MemberChange,
      response: { 200: Group },
    },
    changeMembers,
  ),
  route(
    'DELETE /groups/:id',
    {
      tags,
      role: 'admin',
      summary: 'Delete a local group. Its members are kept',
      params: IdParams,
      response: { 204: Type.Null() },
    },
    remove,
  ),
])

async function search(
  { principal, query }: FastifyRequest<{ Querystring: GroupQuery }>,
  { db }: PortalOptions,
) {
  const { q, identityProviderId: idpId, sort, order, limit = PAGE_SIZE, after } = query
  const page = { sort, descending: order === 'desc', limit, after }
  const found = await browseGroups(db, principal.tenantId, { search: q, idpId, ...page })
  return {
    items: found.groups.map(groupSummaryOf),
    next: found.next ?? null,
    total: found.total.count,
    totalIsAtLeast: found.total.isAtLeast,
  }
}

async function create(request: FastifyRequest<{ Body: NewGroup }>, options: PortalOptions) {
  const context = directoryContextOf(options, request)
  return readGroupDetail(context, await createLocalGroup(context, request.body.displayName))
}

async function read(request: FastifyRequest<ById>, options: PortalOptions) {
  return readGroupDetail(directoryContextOf(options, request), request.params.id)
}

async function members(
  { principal, params, query }: FastifyRequest<ById & { Querystring: MemberQuery }>,
  { db }: PortalOptions,
) {
  const { limit = PAGE_SIZE, after } = query
  const found = await listMembers(db, principal.tenantId, params.id, { limit, after })
  return { items: found.members, next: found.next ?? null }
}

async function rename(request: FastifyRequest<ById & { Body: GroupChange }>, options: PortalOptions) {
  const context = directoryContextOf(options, request)
  await renameLocalGroup(context, request.params.id, request.body.displayName)
  return readGroupDetail(context, request.params.id)
}

async function changeMembers(request: FastifyRequest<ById & { Body: MemberChange }>, options: PortalOptions) {
  const context = directoryContextOf(options, request)
  const { add = [], remove: removed = [] } = request.body
  await changeLocalMembers(context, request.params.id, { add, remove: removed })
  return readGroupDetail(context, request.params.id)
}

async function remove(request: FastifyRequest<ById>, options: PortalOptions) {
  await deleteLocalGroup(directoryContextOf(options, request), request.params.id)
}
