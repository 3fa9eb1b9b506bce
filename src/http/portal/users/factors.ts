import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { listFactors, listSessions, revokeSession, revokeSessions } from '#sign-in/factors/factor-list.ts'
import { forgetUserDevices, removeUserFactor } from '#sign-in/factors/remove-factor.ts'
import { type ById, IdParams } from '../contract/common.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import {
  EndedSessions,
  UserFactorParams,
  UserFactors,
  UserSessionParams,
  UserSessions,
} from './enrolment-contract.ts'

const tags = ['enrolment']

/** Second factors, remembered devices and sessions of users: view them and take them away. */
export const userFactorRoutes = routes([
  route(
    'GET /users/:id/factors',
    {
      tags,
      role: 'auditor',
      summary: 'List the second factors of a user',
      params: IdParams,
      response: { 200: UserFactors },
    },
    list,
  ),
  route(
    'DELETE /users/:id/factors/:factor',
    {
      tags,
      role: 'admin',
      // Whoever knows the password could enroll a factor of their own in place of the removed one.
      stepUp: true,
      summary: 'Remove a second factor and all remembered devices',
      params: UserFactorParams,
      response: { 204: Type.Null() },
    },
    removeFactor,
  ),
  route(
    'DELETE /users/:id/devices',
    {
      tags,
      role: 'admin',
      summary: 'Remove all remembered devices of a user',
      params: IdParams,
      response: { 204: Type.Null() },
    },
    removeDevices,
  ),
  route(
    'GET /users/:id/sessions',
    {
      tags,
      role: 'auditor',
      summary: 'List the sessions of a user, newest first',
      params: IdParams,
      response: { 200: UserSessions },
    },
    sessions,
  ),
  route(
    'DELETE /users/:id/sessions',
    {
      tags,
      role: 'admin',
      summary: 'Revoke all sessions of a user',
      params: IdParams,
      response: { 200: EndedSessions },
    },
    revokeAll,
  ),
  route(
    'DELETE /users/:id/sessions/:sessionId',
    {
      tags,
      role: 'admin',
      summary: 'Revoke a session of a user',
      params: UserSessionParams,
      response: { 204: Type.Null() },
    },
    revokeOne,
  ),
])

async function list({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  const { totp, passkeys, addresses, ...counts } = await listFactors(db, principal.tenantId, params.id)
  return {
    ...counts,
    totp: totp && withIsoTimes(totp),
    passkeys: passkeys.map(withIsoTimes),
    addresses: addresses.map(withIsoTimes),
  }
}

async function removeFactor(
  { principal, params }: FastifyRequest<{ Params: Static<typeof UserFactorParams> }>,
  { db }: PortalOptions,
) {
  await removeUserFactor(db, principal.auditContext, params.id, params.factor)
}

async function removeDevices({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  await forgetUserDevices(db, principal.auditContext, params.id)
}

async function sessions({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  return { items: (await listSessions(db, principal.tenantId, params.id)).map(withIsoTimes) }
}

async function revokeAll({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  return { ended: await revokeSessions(db, principal.auditContext, params.id) }
}

async function revokeOne(
  { principal, params }: FastifyRequest<{ Params: Static<typeof UserSessionParams> }>,
  { db }: PortalOptions,
) {
  await revokeSession(db, principal.auditContext, params.id, params.sessionId)
}
