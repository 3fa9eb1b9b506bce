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
import { type ById, IdParams } from '../contract/common.ts'
import { deliverLink } from '../deliver-link.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { Invitations, IssuedInvitation, NewInvitation } from './contract.ts'

const tags = ['administrators']

export const invitationRoutes = routes([
  route(
    'GET /invitations',
    { tags, role: 'auditor', summary: 'List the invitations', response: { 200: Invitations } },
    list,
  ),
  route(
    'POST /invitations',
    {
      tags,
      role: 'owner',
      stepUp: true,
      summary: 'Invite an administrator',
      body: NewInvitation,
      response: { 201: IssuedInvitation },
    },
    create,
  ),
  route(
    'POST /invitations/:id/renew',
    {
      tags,
      role: 'owner',
      stepUp: true,
      summary: 'Send an invitation again. The previous link stops working',
      params: IdParams,
      response: { 200: IssuedInvitation },
    },
    renew,
  ),
  route(
    'DELETE /invitations/:id',
    {
      tags,
      role: 'owner',
      stepUp: true,
      summary: 'Revoke an invitation',
      params: IdParams,
      response: { 204: Type.Null() },
    },
    revoke,
  ),
])

async function list({ principal }: FastifyRequest, { db }: PortalOptions) {
  return { items: (await listInvitations(db, principal.tenantId)).map(withIsoTimes) }
}

async function create(request: FastifyRequest<{ Body: NewInvitation }>, options: PortalOptions) {
  const { invitation, token } = await invite(options.db, request.principal.auditContext, request.body)
  return deliver(request, options, invitation, token)
}

async function renew(request: FastifyRequest<ById>, options: PortalOptions) {
  const { auditContext } = request.principal
  const { invitation, token } = await renewInvitation(options.db, auditContext, request.params.id)
  return deliver(request, options, invitation, token)
}

async function revoke({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  await revokeInvitation(db, principal.auditContext, params.id)
}

async function deliver(
  request: FastifyRequest,
  { db, mailer, publicUrl }: PortalOptions,
  invitation: Invitation,
  token: string,
) {
  const { name: tenantName } = await findTenantById(db, request.principal.tenantId)
  const url = `${publicUrl()}/admin/invitation/${token}`
  const { email: to, role, invitedBy } = invitation
  const language = languageOf(request.headers['accept-language'])
  const mail = { to, ...invitationMail(language, { tenantName, invitedBy, role, url }) }
  return { invitation: withIsoTimes(invitation), link: await deliverLink(mailer, request.log, mail, url) }
}
