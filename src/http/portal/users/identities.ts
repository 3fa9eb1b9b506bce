import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { countLinks } from '#identity-providers/identification.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { inTenant } from '#platform/database/database.ts'
import {
  type IdentityConflict,
  listConflictsOfProvider,
  listConflictsOfUser,
} from '#sign-in/identity/conflicts.ts'
import { listIdentifierKinds } from '#sign-in/identity/identifier-kinds.ts'
import { listLinkedIdentities, unlinkUser } from '#sign-in/identity/links.ts'
import { countSessions } from '#sign-in/sessions/sessions.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { type IdentityConflict as ConflictView, Identification, UserIdentities } from './identity-contract.ts'

/** Which identifiers are linked to users, and the sign-ins that were refused because of one. */
export const userIdentityRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.get(
    '/users/:id/identities',
    {
      config: { role: 'auditor' },
      schema: {
        tags: ['users'],
        summary: 'The identity that is linked to a user, and refused sign-ins that concern the user',
        params: IdParams,
        response: { 200: UserIdentities },
      },
    },
    async ({ principal: { tenantId }, params: { id } }) => {
      const [linked, conflicts] = await Promise.all([
        listLinkedIdentities(db, tenantId, id),
        listConflictsOfUser(db, tenantId, id),
      ])
      const items = linked.map(({ linkedAt, ...link }) => ({ ...link, linkedAt: linkedAt.toISOString() }))
      return { items, conflicts: conflicts.map(viewOf) }
    },
  )

  door.delete(
    '/users/:id/identities',
    {
      config: { role: 'admin', stepUp: true },
      schema: {
        tags: ['users'],
        summary:
          'Unlink the identity of a user, and end sessions; the next sign-in is matched by the rule again',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ principal: { auditContext }, params: { id } }, reply) => {
      await unlinkUser(db, auditContext, id)
      return reply.code(204).send(null)
    },
  )

  door.get(
    '/identity-providers/:id/identification',
    {
      config: { role: 'auditor' },
      schema: {
        tags: ['identity providers'],
        summary:
          'Which identifiers it sends, how many users are linked, and sign-ins that were refused for it',
        params: IdParams,
        response: { 200: Identification },
      },
    },
    async ({ principal: { tenantId }, params }) => {
      const { id } = await getIdentityProvider(db, tenantId, params.id)
      const [arrived, linkedUsers, sessions, conflicts] = await Promise.all([
        listIdentifierKinds(db, tenantId, id),
        countLinks(inTenant(db, tenantId), tenantId, id),
        countSessions(db, tenantId, id),
        listConflictsOfProvider(db, tenantId, id),
      ])
      return {
        arrived: arrived.map(({ kind, lastAt }) => ({ kind, lastAt: lastAt.toISOString() })),
        linkedUsers,
        sessions,
        conflicts: conflicts.map(viewOf),
      }
    },
  )
}

function viewOf({ firstAt, lastAt, ...conflict }: IdentityConflict): ConflictView {
  return { ...conflict, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() }
}
