import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  type Invitation,
  invite,
  listInvitations,
  renewInvitation,
  revokeInvitation,
} from '#administrators/invitations.ts'
import { invitationMail } from '#administrators/mail-texts.ts'
import { languageOf } from '#platform/language.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import { IdParams } from '../contract/common.ts'
import { handOver } from '../hand-over.ts'
import type { PortalOptions } from '../options.ts'
import { Invitations, IssuedInvitation, NewInvitation } from './contract.ts'

const tags = ['administrators']
const CHANGE = { role: 'owner', stepUp: true } as const

/** Invitations of further administrators. */
export const invitationRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db, publicUrl } = options

  door.get(
    '/invitations',
    {
      config: { role: 'auditor' },
      schema: { tags, summary: 'List the invitations', response: { 200: Invitations } },
    },
    async ({ principal }) => ({ items: (await listInvitations(db, principal.tenantId)).map(toWire) }),
  )

  door.post(
    '/invitations',
    {
      config: CHANGE,
      schema: {
        tags,
        summary: 'Invite an administrator',
        body: NewInvitation,
        response: { 201: IssuedInvitation },
      },
    },
    async (request, reply) => {
      const { invitation, token } = await invite(db, request.principal.auditContext, request.body)
      return reply.code(201).send(await send(request, invitation, token))
    },
  )

  door.post(
    '/invitations/:id/renew',
    {
      config: CHANGE,
      schema: {
        tags,
        summary: 'Send an invitation again; the link from before is void',
        params: IdParams,
        response: { 200: IssuedInvitation },
      },
    },
    async (request) => {
      const { invitation, token } = await renewInvitation(
        db,
        request.principal.auditContext,
        request.params.id,
      )
      return send(request, invitation, token)
    },
  )

  door.delete(
    '/invitations/:id',
    {
      config: CHANGE,
      schema: { tags, summary: 'Revoke an invitation', params: IdParams, response: { 204: Type.Null() } },
    },
    async ({ principal, params }, reply) => {
      await revokeInvitation(db, principal.auditContext, params.id)
      return reply.code(204).send(null)
    },
  )

  async function send(request: FastifyRequest, invitation: Invitation, token: string) {
    const { name: tenantName } = await findTenantById(db, request.principal.tenantId)
    const url = `${publicUrl()}/admin/invitation/${token}`
    const { email: to, role, invitedBy } = invitation
    const mail = {
      to,
      ...invitationMail(languageOf(request.headers['accept-language']), { tenantName, invitedBy, role, url }),
    }
    return { invitation: toWire(invitation), link: await handOver(options, request.log, mail, url) }
  }
}

function toWire(invitation: Invitation) {
  return {
    ...invitation,
    createdAt: invitation.createdAt.toISOString(),
    expiresAt: invitation.expiresAt.toISOString(),
  }
}
