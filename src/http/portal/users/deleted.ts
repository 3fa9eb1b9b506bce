import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type DeletedUser, listDeletedUsers, restoreDeletedUser } from '#directory/users/deleted-users.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { workerOf } from '../worker.ts'
import { DeletedUserPage, DeletedUserQuery, User } from './contract.ts'
import { detailOf } from './routes.ts'

const tags = ['users']
const PAGE = 50
const DAY_MILLISECONDS = 86_400_000

/** Users whom their identity provider deleted, as long as they can be restored. */
export const deletedUserRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db, deletedUserDays } = options

  door.get(
    '/deleted-users',
    {
      config: { role: 'auditor' },
      schema: {
        tags,
        summary: 'Users whom their identity provider deleted, the last ones first',
        querystring: DeletedUserQuery,
        response: { 200: DeletedUserPage },
      },
    },
    async ({
      principal: { tenantId },
      query: { q: search, identityProviderId: idpId, limit = PAGE, after },
    }) => {
      const { users, next } = await listDeletedUsers(db, tenantId, { search, idpId, limit, after })
      return { items: users.map((user) => shown(user, deletedUserDays)), next: next ?? null }
    },
  )

  door.post(
    '/deleted-users/:id/restore',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Restore one with the same id, without groups and second factors',
        params: IdParams,
        response: { 200: User },
      },
    },
    async (request) => {
      const worker = workerOf(options, request)
      await restoreDeletedUser(worker, request.params.id)
      return detailOf(worker, request.params.id)
    },
  )
}

function shown(user: DeletedUser, days: number) {
  const { id, userName, displayName, idpId, identityProvider: name, idpType: type, deletedAt } = user
  return {
    id,
    userName,
    displayName,
    identityProvider: { id: idpId, name, type },
    deletedAt: deletedAt.toISOString(),
    restorableUntil: new Date(deletedAt.getTime() + days * DAY_MILLISECONDS).toISOString(),
  }
}
