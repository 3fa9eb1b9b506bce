import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { countLinks } from '#identity-providers/identification.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { inTenant } from '#platform/database/database.ts'
import { listConflictsOfProvider, listConflictsOfUser } from '#sign-in/identity/conflicts.ts'
import { listIdentifierKinds } from '#sign-in/identity/identifier-kinds.ts'
import { listLinkedIdentities, unlinkUser } from '#sign-in/identity/links.ts'
import { countSessions } from '#sign-in/sessions/sessions.ts'
import { type ById, IdParams } from '../contract/common.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { Identification, UserIdentities } from './identity-contract.ts'

/** Which identifiers are linked to users, and the sign-ins that were refused because of a conflict. */
export const userIdentityRoutes = routes([
  route(
    'GET /users/:id/identities',
    {
      tags: ['users'],
      role: 'auditor',
      summary: 'Get the identity linked to a user, and refused sign-ins that concern the user',
      params: IdParams,
      response: { 200: UserIdentities },
    },
    read,
  ),
  route(
    'DELETE /users/:id/identities',
    {
      tags: ['users'],
      role: 'admin',
      stepUp: true,
      summary:
        'Unlink the identity of a user and revoke the sessions. The next sign-in is matched by the rule again',
      params: IdParams,
      response: { 204: Type.Null() },
    },
    unlink,
  ),
  route(
    'GET /identity-providers/:id/identification',
    {
      tags: ['identity providers'],
      role: 'auditor',
      summary: 'Get the identifiers that the identity provider sends, linked users, and refused sign-ins',
      params: IdParams,
      response: { 200: Identification },
    },
    readIdentification,
  ),
])

async function read({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  const [linked, conflicts] = await Promise.all([
    listLinkedIdentities(db, principal.tenantId, params.id),
    listConflictsOfUser(db, principal.tenantId, params.id),
  ])
  return { items: linked.map(withIsoTimes), conflicts: conflicts.map(withIsoTimes) }
}

async function unlink({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  await unlinkUser(db, principal.auditContext, params.id)
}

async function readIdentification(
  { principal: { tenantId }, params }: FastifyRequest<ById>,
  { db }: PortalOptions,
) {
  const { id } = await getIdentityProvider(db, tenantId, params.id)
  const [arrived, linkedUsers, sessions, conflicts] = await Promise.all([
    listIdentifierKinds(db, tenantId, id),
    countLinks(inTenant(db, tenantId), tenantId, id),
    countSessions(db, tenantId, id),
    listConflictsOfProvider(db, tenantId, id),
  ])
  return {
    arrived: arrived.map(withIsoTimes),
    linkedUsers,
    sessions,
    conflicts: conflicts.map(withIsoTimes),
  }
}
