import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { languageOf } from '#platform/language.ts'
import { activateUser, listPendingActivations, readEnrolment, resetEnrolment } from '#sign-in/enrolment.ts'
import { passwordLinkMail } from '#sign-in/local/mail-texts.ts'
import { createPasswordLink } from '#sign-in/local/password-links.ts'
import { passwordLinkUrl } from '../../sign-in/password-link-url.ts'
import { IdParams } from '../contract/common.ts'
import { handOver } from '../hand-over.ts'
import type { PortalOptions } from '../options.ts'
import { InvitedUser, UserEnrolment, UserInvitation, WaitingUsers } from './enrolment-contract.ts'

const tags = ['enrolment']
const READ = { role: 'auditor' } as const
const CHANGE = { role: 'admin' } as const

/** How people enrolled, and what administrators do about it. */
export const enrolmentRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db, publicUrl } = options

  door.get(
    '/users/waiting',
    {
      config: READ,
      schema: { tags, summary: 'Who enrolled and waits to be activated', response: { 200: WaitingUsers } },
    },
    async ({ principal }) => {
      const { users, more } = await listPendingActivations(db, principal.tenantId)
      return {
        items: users.map(({ enrolledAt, ...user }) => ({ ...user, enrolledAt: enrolledAt.toISOString() })),
        more,
      }
    },
  )

  door.get(
    '/users/:id/enrolment',
    {
      config: READ,
      schema: {
        tags,
        summary: 'How far the enrolment of a user is',
        params: IdParams,
        response: { 200: UserEnrolment },
      },
    },
    async ({ principal, params }) => {
      const { enrolledAt, activatedAt, waiting } = await readEnrolment(db, principal.tenantId, params.id)
      return {
        enrolledAt: enrolledAt?.toISOString() ?? null,
        activatedAt: activatedAt?.toISOString() ?? null,
        waiting,
      }
    },
  )

  door.post(
    '/users/:id/activate',
    {
      config: CHANGE,
      schema: { tags, summary: 'Let in who has enrolled', params: IdParams, response: { 204: Type.Null() } },
    },
    async ({ principal, params }, reply) => {
      await activateUser(db, principal.auditContext, params.id)
      return reply.code(204).send(null)
    },
  )

  door.post(
    '/users/:id/reset-enrolment',
    {
      config: { ...CHANGE, stepUp: true },
      schema: {
        tags,
        summary: 'Take away factors, remembered devices and sessions; the person enrols anew',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ principal, params }, reply) => {
      await resetEnrolment(db, principal.auditContext, params.id)
      return reply.code(204).send(null)
    },
  )

  door.post(
    '/users/:id/invitation',
    {
      config: CHANGE,
      schema: {
        tags,
        summary: 'Invite a user of the local identity provider to choose a password',
        params: IdParams,
        body: UserInvitation,
        response: { 201: InvitedUser },
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request
      const { token, ...link } = await db.transaction({ tenantId: principal.tenantId }, (tx) =>
        createPasswordLink(tx, principal.auditContext, params.id, 'invitation'),
      )
      const url = passwordLinkUrl(publicUrl(), token)
      const mayMail = body.mail !== false && link.email !== null
      const mail = {
        to: link.email ?? '',
        ...passwordLinkMail(languageOf(request.headers['accept-language']), {
          kind: 'invitation',
          ...link,
          url,
        }),
      }
      const handed = mayMail ? await handOver(options, request.log, mail, url) : { mailed: false, url }
      return reply.code(201).send({ link: handed })
    },
  )
}
