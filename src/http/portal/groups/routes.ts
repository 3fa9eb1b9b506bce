import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { browseGroups } from '#directory/administration/browse-groups.ts'
import { type GroupSummary as Found, MEMBERS_COUNTED } from '#directory/administration/group-summary.ts'
import {
  changeLocalMembers,
  createLocalGroup,
  deleteLocalGroup,
  renameLocalGroup,
} from '#directory/administration/local-groups.ts'
import { type PortalWorker, provisionerOf } from '#directory/administration/local-provisioner.ts'
import { listMembers, showGroup } from '#directory/administration/portal-groups.ts'
import { groupText } from '#directory/groups/group-row.ts'
import { readGroup } from '#directory/groups/groups.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { workerOf } from '../worker.ts'
import {
  Group,
  GroupChange,
  GroupPage,
  GroupQuery,
  type GroupSummary,
  MemberChange,
  MemberPage,
  MemberQuery,
  NewGroup,
} from './contract.ts'

const TAGS = ['groups']
const PAGE = 50

/** Groups (IdP): as identity providers brought them; those of the local one are made here. */
export const groupRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db } = options

  door.get(
    '/groups',
    {
      config: { role: 'auditor' },
      schema: { tags: TAGS, summary: 'Search groups', querystring: GroupQuery, response: { 200: GroupPage } },
    },
    async ({ principal: { tenantId }, query }) => {
      const { q: search, identityProviderId: idpId, sort, order, limit = PAGE, after } = query
      const browse = { search, idpId, sort, descending: order === 'desc', limit, after }
      const { groups, next, total } = await browseGroups(db, tenantId, browse)
      return {
        items: groups.map(summaryOf),
        next: next ?? null,
        total: total.count,
        totalIsAtLeast: total.isAtLeast,
      }
    },
  )

  door.post(
    '/groups',
    {
      config: { role: 'admin' },
      schema: { tags: TAGS, summary: 'Make a local group', body: NewGroup, response: { 201: Group } },
    },
    async (request, reply) => {
      const worker = workerOf(options, request)
      const id = await createLocalGroup(worker, request.body.displayName)
      return reply.code(201).send(await detailOf(worker, id))
    },
  )

  door.get(
    '/groups/:id',
    {
      config: { role: 'auditor' },
      schema: { tags: TAGS, summary: 'One group', params: IdParams, response: { 200: Group } },
    },
    (request) => detailOf(workerOf(options, request), request.params.id),
  )

  door.get(
    '/groups/:id/members',
    {
      config: { role: 'auditor' },
      schema: {
        tags: TAGS,
        summary: 'Members of a group, users and groups',
        params: IdParams,
        querystring: MemberQuery,
        response: { 200: MemberPage },
      },
    },
    async ({ principal: { tenantId }, params, query: { limit = PAGE, after } }) => {
      const { members, next } = await listMembers(db, tenantId, params.id, { limit, after })
      return { items: members, next: next ?? null }
    },
  )

  door.patch(
    '/groups/:id',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Rename a local group',
        params: IdParams,
        body: GroupChange,
        response: { 200: Group },
      },
    },
    async (request) => {
      const worker = workerOf(options, request)
      await renameLocalGroup(worker, request.params.id, request.body.displayName)
      return detailOf(worker, request.params.id)
    },
  )

  door.post(
    '/groups/:id/members',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Add and remove members of a local group',
        params: IdParams,
        body: MemberChange,
        response: { 200: Group },
      },
    },
    async (request) => {
      const worker = workerOf(options, request)
      const { add = [], remove = [] } = request.body
      await changeLocalMembers(worker, request.params.id, { add, remove })
      return detailOf(worker, request.params.id)
    },
  )

  door.delete(
    '/groups/:id',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Delete a local group; its members stay',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await deleteLocalGroup(workerOf(options, request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function summaryOf(group: Found): GroupSummary {
  const { id, displayName, members, createdAt, changedAt } = group
  return {
    id,
    displayName,
    identityProvider: { id: group.idpId, name: group.identityProvider, type: group.idpType },
    members: Math.min(members, MEMBERS_COUNTED),
    hasMoreMembers: members > MEMBERS_COUNTED,
    createdAt: createdAt.toISOString(),
    changedAt: changedAt.toISOString(),
  }
}

async function detailOf(worker: PortalWorker, id: string): Promise<Group> {
  const at = await provisionerOf(worker, 'Group', id)
  const [group, row] = await Promise.all([
    showGroup(worker.db, worker.auditContext.tenantId, id),
    readGroup(at, id, false),
  ])
  const { externalId, memberOf, nested } = group
  return {
    ...summaryOf(group),
    externalId,
    memberOf: [...memberOf],
    nested: [...nested],
    resource: JSON.parse(groupText(row, at.base)),
    isEditable: at.type === 'local',
  }
}
