import type { FastifyRequest } from 'fastify'
import {
  type DeletedUser as DirectoryDeletedUser,
  listDeletedUsers,
  restoreDeletedUser,
} from '#directory/users/deleted-users.ts'
import { type ById, IdParams, PAGE_SIZE } from '../contract/common.ts'
import { directoryContextOf } from '../directory-context.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { type DeletedUser, DeletedUserPage, DeletedUserQuery, User } from './contract.ts'
import { readUserDetail } from './detail.ts'
import { providerRefOf } from './view.ts'

const tags = ['users']
const DAY_MILLISECONDS = 86_400_000

/** Users whom their identity provider deleted, as long as they can be restored. */
export const deletedUserRoutes = routes([
  route(
    'GET /deleted-users',
    {
      tags,
      role: 'auditor',
      summary: 'List users whom their identity provider deleted, newest deletion first',
      querystring: DeletedUserQuery,
      response: { 200: DeletedUserPage },
    },
    list,
  ),
  route(
    'POST /deleted-users/:id/restore',
    {
      tags,
      role: 'admin',
      summary: 'Restore a deleted user under the same id, without groups and second factors',
      params: IdParams,
      response: { 200: User },
    },
    restore,
  ),
])

async function list(
  { principal, query }: FastifyRequest<{ Querystring: DeletedUserQuery }>,
  { db, deletedUserDays }: PortalOptions,
) {
  const { q: search, identityProviderId: idpId, limit = PAGE_SIZE, after } = query
  const { users, next } = await listDeletedUsers(db, principal.tenantId, { search, idpId, limit, after })
  return { items: users.map((user) => deletedUserOf(user, deletedUserDays)), next: next ?? null }
}

async function restore(request: FastifyRequest<ById>, options: PortalOptions) {
  const context = directoryContextOf(options, request)
  await restoreDeletedUser(context, request.params.id)
  return readUserDetail(context, request.params.id)
}

function deletedUserOf(user: DirectoryDeletedUser, days: number): DeletedUser {
  const { id, userName, displayName, deletedAt } = user
  return {
    id,
    userName,
    displayName,
    identityProvider: providerRefOf(user),
    deletedAt: deletedAt.toISOString(),
    restorableUntil: new Date(deletedAt.getTime() + days * DAY_MILLISECONDS).toISOString(),
  }
}
