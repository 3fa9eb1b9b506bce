import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { languageOf } from '#platform/language.ts'
import { activateUser, listPendingActivations, readEnrollment, resetEnrollment } from '#sign-in/enrollment.ts'
import { passwordLinkMail } from '#sign-in/local/mail-texts.ts'
import { createPasswordLink } from '#sign-in/local/password-links.ts'
import { passwordLinkUrl } from '../../sign-in/password-link-url.ts'
import { type ById, IdParams } from '../contract/common.ts'
import { deliverLink } from '../deliver-link.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { InvitedUser, UserEnrolment, UserInvitation, WaitingUsers } from './enrolment-contract.ts'

const tags = ['enrolment']

/** How far users have enrolled: activate them, reset their enrollment, invite local users. */
export const enrolmentRoutes = routes([
  route(
    'GET /users/waiting',
    {
      tags,
      role: 'auditor',
      summary: 'List users who have enrolled and are pending activation',
      response: { 200: WaitingUsers },
    },
    listPendingActivation,
  ),
  route(
    'GET /users/:id/enrolment',
    {
      tags,
      role: 'auditor',
      summary: 'Get the enrollment state of a user',
      params: IdParams,
      response: { 200: UserEnrolment },
    },
    read,
  ),
  route(
    'POST /users/:id/activate',
    {
      tags,
      role: 'admin',
      summary: 'Activate a user who has enrolled',
      params: IdParams,
      response: { 204: Type.Null() },
    },
    activate,
  ),
  route(
    'POST /users/:id/reset-enrolment',
    {
      tags,
      role: 'admin',
      stepUp: true,
      summary: 'Reset enrollment: remove second factors and remembered devices, and revoke sessions',
      params: IdParams,
      response: { 204: Type.Null() },
    },
    reset,
  ),
  route(
    'POST /users/:id/invitation',
    {
      tags,
      role: 'admin',
      summary: 'Invite a local user to choose a password',
      params: IdParams,
      body: UserInvitation,
      response: { 201: InvitedUser },
    },
    invite,
  ),
])

async function listPendingActivation({ principal }: FastifyRequest, { db }: PortalOptions) {
  const { users, more } = await listPendingActivations(db, principal.tenantId)
  return { items: users.map(withIsoTimes), more }
}

async function read({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  const { enrolledAt, activatedAt, waiting } = await readEnrollment(db, principal.tenantId, params.id)
  return { ...withIsoTimes({ enrolledAt, activatedAt }), waiting }
}

async function activate({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  await activateUser(db, principal.auditContext, params.id)
}

async function reset({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  await resetEnrollment(db, principal.auditContext, params.id)
}

async function invite(
  request: FastifyRequest<ById & { Body: UserInvitation }>,
  { db, publicUrl, mailer }: PortalOptions,
) {
  const { principal, params, body } = request
  const { token, email, ...link } = await db.transaction({ tenantId: principal.tenantId }, (tx) =>
    createPasswordLink(tx, principal.auditContext, params.id, 'invitation'),
  )
  const url = passwordLinkUrl(publicUrl(), token)
  if (body.mail === false || email === null) return { link: { mailed: false, url } }
  const language = languageOf(request.headers['accept-language'])
  const text = passwordLinkMail(language, { kind: 'invitation', ...link, url })
  return { link: await deliverLink(mailer, request.log, { to: email, ...text }, url) }
}
