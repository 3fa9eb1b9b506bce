// Users in the portal. The directory decides what happens to a user; this folder translates between it and the API.
// Start with the table below: searching, viewing, changing and deleting one user. `bulk.ts` changes many users at once,
// `deleted.ts` restores those that the identity provider deleted, `enrolment.ts` and `factors.ts` have what a user enrolled,
// and `identities.ts` the identifiers that are linked to a user.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AuditContext } from '#audit/record.ts'
import { browseUsers, countUsers } from '#directory/administration/browse-users.ts'
import { changeLocalUser, createLocalUser } from '#directory/administration/local-users.ts'
import { deleteUser, disableUser, enableUser, restoreUser } from '#directory/administration/portal-users.ts'
import { userVersion } from '#directory/users/user-row.ts'
import type { Database } from '#platform/database/database.ts'
import { type ById, IdParams, PAGE_SIZE } from '../contract/common.ts'
import { directoryContextOf } from '../directory-context.ts'
import { etagOf, ifMatch } from '../if-match.ts'
import type { PortalOptions } from '../options.ts'
import { type Handler, route, routes } from '../route.ts'
import { NewUser, User, UserChange, UserCount, UserFilter, UserPage, UserQuery } from './contract.ts'
import { readUserDetail } from './detail.ts'
import { directoryFilterOf, userSummaryOf } from './view.ts'

const tags = ['users']

export const userRoutes = routes([
  route(
    'GET /users',
    { tags, role: 'auditor', summary: 'Search users', querystring: UserQuery, response: { 200: UserPage } },
    search,
  ),
  route(
    'GET /users/count',
    {
      tags,
      role: 'auditor',
      summary: 'Count the users that match a filter exactly, to confirm a change of all of them',
      querystring: UserFilter,
      response: { 200: UserCount },
    },
    count,
  ),
  route(
    'POST /users',
    { tags, role: 'admin', summary: 'Create a local user', body: NewUser, response: { 201: User } },
    create,
  ),
  route(
    'GET /users/:id',
    { tags, role: 'auditor', summary: 'Get a user', params: IdParams, response: { 200: User } },
    read,
  ),
  route(
    'PATCH /users/:id',
    {
      tags,
      role: 'admin',
      summary: 'Change a local user. Send the version that you edited in If-Match',
      params: IdParams,
      body: UserChange,
      response: { 200: User },
    },
    change,
  ),
  route(
    'POST /users/:id/disable',
    {
      tags,
      role: 'admin',
      summary: 'Disable a user: the user can’t sign in, and the identity provider sees active: false',
      params: IdParams,
      response: { 200: User },
    },
    afterwardsDetail(disableUser),
  ),
  route(
    'POST /users/:id/enable',
    {
      tags,
      role: 'admin',
      summary: 'Enable a user: whether the user is active is decided by the identity provider again',
      params: IdParams,
      response: { 200: User },
    },
    afterwardsDetail(enableUser),
  ),
  route(
    'POST /users/:id/restore',
    {
      tags,
      role: 'admin',
      summary: 'Restore a user who was deleted in the portal. The user has to enroll again',
      params: IdParams,
      response: { 200: User },
    },
    afterwardsDetail(restoreUser),
  ),
  route(
    'DELETE /users/:id',
    {
      tags,
      role: 'admin',
      summary:
        'Delete a user’s profile. The identity provider sees the user deactivated; a local user is deleted entirely',
      params: IdParams,
      response: { 204: Type.Null() },
    },
    remove,
  ),
])

async function search(
  { principal, query }: FastifyRequest<{ Querystring: UserQuery }>,
  { db }: PortalOptions,
) {
  const { sort, order, limit = PAGE_SIZE, after, ...filter } = query
  const page = { sort, descending: order === 'desc', limit, after }
  const found = await browseUsers(db, principal.tenantId, { ...directoryFilterOf(filter), ...page })
  return {
    items: found.users.map(userSummaryOf),
    next: found.next ?? null,
    total: found.total.count,
    totalIsAtLeast: found.total.isAtLeast,
    sorts: [...found.sorts],
  }
}

async function count(
  { principal, query }: FastifyRequest<{ Querystring: UserFilter }>,
  { db }: PortalOptions,
) {
  const [matching, all] = await Promise.all([
    countUsers(db, principal.tenantId, directoryFilterOf(query)),
    countUsers(db, principal.tenantId, {}),
  ])
  return { matching, all }
}

async function create(request: FastifyRequest<{ Body: NewUser }>, options: PortalOptions) {
  const context = directoryContextOf(options, request)
  return readUserDetail(context, await createLocalUser(context, request.body))
}

async function read(request: FastifyRequest<ById>, options: PortalOptions, reply: FastifyReply) {
  const user = await readUserDetail(directoryContextOf(options, request), request.params.id)
  reply.header('etag', etagOf(user))
  return user
}

async function change(request: FastifyRequest<ById & { Body: UserChange }>, options: PortalOptions) {
  const context = directoryContextOf(options, request)
  const { id } = request.params
  const version = ifMatch(request)
  const isExpected = version === undefined ? undefined : (is: string) => is === userVersion({ version })
  await changeLocalUser(context, id, request.body, isExpected)
  return readUserDetail(context, id)
}

/** Returns the handler that does something to one user and answers with the user as it is then. */
function afterwardsDetail(
  work: (db: Database, auditContext: AuditContext, id: string) => Promise<unknown>,
): Handler<FastifyRequest<ById>, User> {
  return async (request, options) => {
    await work(options.db, request.principal.auditContext, request.params.id)
    return readUserDetail(directoryContextOf(options, request), request.params.id)
  }
}

async function remove({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  await deleteUser(db, principal.auditContext, params.id)
}
