import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { browseUsers, countUsers } from '#directory/administration/browse-users.ts'
import { type PortalWorker, provisionerOf } from '#directory/administration/local-provisioner.ts'
import { changeLocalUser, createLocalUser } from '#directory/administration/local-users.ts'
import {
  deleteUser,
  disableUser,
  enableUser,
  restoreUser,
  showUser,
} from '#directory/administration/portal-users.ts'
import { userText, userVersion } from '#directory/users/user-row.ts'
import { readUser } from '#directory/users/users.ts'
import type { Database } from '#platform/database/database.ts'
import { IdParams } from '../contract/common.ts'
import { etagOf, ifMatch } from '../if-match.ts'
import type { PortalOptions } from '../options.ts'
import { workerOf } from '../worker.ts'
import { NewUser, User, UserChange, UserCount, UserFilter, UserPage, UserQuery } from './contract.ts'
import { filterOf, userSummaryOf } from './view.ts'

const TAGS = ['users']
const PAGE = 50

/** People, as identity providers brought them, and what administrators say of them. */
export const userRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db } = options

  door.get(
    '/users',
    {
      config: { role: 'auditor' },
      schema: { tags: TAGS, summary: 'Search users', querystring: UserQuery, response: { 200: UserPage } },
    },
    async ({ principal: { tenantId }, query }) => {
      const { sort, order, limit = PAGE, after, ...filter } = query
      const browse = { ...filterOf(filter), sort, descending: order === 'desc', limit, after }
      const { users, next, total, sorts } = await browseUsers(db, tenantId, browse)
      return {
        items: users.map(userSummaryOf),
        next: next ?? null,
        total: total.count,
        totalIsAtLeast: total.isAtLeast,
        sorts: [...sorts],
      }
    },
  )

  door.get(
    '/users/count',
    {
      config: { role: 'auditor' },
      schema: {
        tags: TAGS,
        summary: 'How many users a filter finds, exactly: to be told before all of them are changed',
        querystring: UserFilter,
        response: { 200: UserCount },
      },
    },
    async ({ principal: { tenantId }, query }) => {
      const [matching, all] = await Promise.all([
        countUsers(db, tenantId, filterOf(query)),
        countUsers(db, tenantId, {}),
      ])
      return { matching, all }
    },
  )

  door.post(
    '/users',
    {
      config: { role: 'admin' },
      schema: { tags: TAGS, summary: 'Make a local user', body: NewUser, response: { 201: User } },
    },
    async (request, reply) => {
      const worker = workerOf(options, request)
      const id = await createLocalUser(worker, request.body)
      return reply.code(201).send(await detailOf(worker, id))
    },
  )

  door.get(
    '/users/:id',
    {
      config: { role: 'auditor' },
      schema: { tags: TAGS, summary: 'One user', params: IdParams, response: { 200: User } },
    },
    async (request, reply) => {
      const user = await detailOf(workerOf(options, request), request.params.id)
      reply.header('etag', etagOf(user))
      return user
    },
  )

  door.patch(
    '/users/:id',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Change a local user; the version that was edited goes into If-Match',
        params: IdParams,
        body: UserChange,
        response: { 200: User },
      },
    },
    async (request) => {
      const worker = workerOf(options, request)
      const version = ifMatch(request)
      const wanted = version === undefined ? undefined : (is: string) => is === userVersion({ version })
      await changeLocalUser(worker, request.params.id, request.body, wanted)
      return detailOf(worker, request.params.id)
    },
  )

  door.post(
    '/users/:id/disable',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Hold a user: no sign-in, and the identity provider sees active: false',
        params: IdParams,
        response: { 200: User },
      },
    },
    async (request) => {
      await disableUser(db, request.principal.auditContext, request.params.id)
      return detailOf(workerOf(options, request), request.params.id)
    },
  )

  door.post(
    '/users/:id/enable',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Lift the hold; whether the user is active is the identity provider’s word again',
        params: IdParams,
        response: { 200: User },
      },
    },
    async (request) => {
      await enableUser(db, request.principal.auditContext, request.params.id)
      return detailOf(workerOf(options, request), request.params.id)
    },
  )

  door.post(
    '/users/:id/restore',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Restore a user who was deleted in the portal; the user enrolls anew',
        params: IdParams,
        response: { 200: User },
      },
    },
    async (request) => {
      await restoreUser(db, request.principal.auditContext, request.params.id)
      return detailOf(workerOf(options, request), request.params.id)
    },
  )

  door.delete(
    '/users/:id',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Remove the profile; the identity provider sees the user deactivated. A local user is gone',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ principal: { auditContext }, params }, reply) => {
      await deleteUser(db, auditContext, params.id)
      return reply.code(204).send(null)
    },
  )
}

export async function detailOf(worker: PortalWorker & { readonly db: Database }, id: string): Promise<User> {
  const { tenantId } = worker.auditContext
  const at = await provisionerOf(worker, 'User', id)
  const [user, row] = await Promise.all([showUser(worker.db, tenantId, id), readUser(at, id)])
  const { externalId, version, profile, groups } = user
  return {
    ...userSummaryOf(user),
    externalId,
    version,
    profile,
    groups,
    resource: JSON.parse(userText(row, at.base)),
    isEditable: at.type === 'local',
  }
}
