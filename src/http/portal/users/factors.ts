import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listFactors, listSessions, revokeSession, revokeSessions } from '#sign-in/factors/factor-list.ts'
import { forgetUserDevices, removeUserFactor } from '#sign-in/factors/remove-factor.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import {
  EndedSessions,
  UserFactorParams,
  UserFactors,
  UserSessionParams,
  UserSessions,
} from './enrolment-contract.ts'

const tags = ['enrolment']
const READ = { role: 'auditor' } as const
const CHANGE = { role: 'admin' } as const
/** Without their factors somebody else may enrol in their place. */
const PROVEN = { ...CHANGE, stepUp: true } as const

/** Second factors, remembered browsers and sessions of users; what administrators take away of them. */
export const userFactorRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.get(
    '/users/:id/factors',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Second factors of a user',
        params: IdParams,
        response: { 200: UserFactors },
      },
    },
    async ({ principal, params }) => {
      const { totp, passkeys, addresses, ...counts } = await listFactors(db, principal.tenantId, params.id)
      return {
        ...counts,
        totp: totp && timesOf(totp),
        passkeys: passkeys.map((passkey) => ({ ...passkey, ...timesOf(passkey) })),
        addresses: addresses.map(({ method, createdAt }) => ({ method, createdAt: createdAt.toISOString() })),
      }
    },
  )

  door.delete(
    '/users/:id/factors/:factor',
    {
      config: PROVEN,
      schema: {
        tags,
        summary: 'Remove one second factor, and forget remembered browsers',
        params: UserFactorParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ principal, params }, reply) => {
      await removeUserFactor(db, principal.auditContext, params.id, params.factor)
      return reply.code(204).send(null)
    },
  )

  door.delete(
    '/users/:id/devices',
    {
      config: CHANGE,
      schema: {
        tags,
        summary: 'Forget the browsers that are remembered',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ principal, params }, reply) => {
      await forgetUserDevices(db, principal.auditContext, params.id)
      return reply.code(204).send(null)
    },
  )

  door.get(
    '/users/:id/sessions',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Sessions of a user, newest first',
        params: IdParams,
        response: { 200: UserSessions },
      },
    },
    async ({ principal, params }) => ({
      items: (await listSessions(db, principal.tenantId, params.id)).map((session) => ({
        ...session,
        createdAt: session.createdAt.toISOString(),
        lastSeenAt: session.lastSeenAt.toISOString(),
        factorAt: session.factorAt?.toISOString() ?? null,
      })),
    }),
  )

  door.delete(
    '/users/:id/sessions',
    {
      config: CHANGE,
      schema: {
        tags,
        summary: 'End every session of a user',
        params: IdParams,
        response: { 200: EndedSessions },
      },
    },
    async ({ principal, params }) => ({ ended: await revokeSessions(db, principal.auditContext, params.id) }),
  )

  door.delete(
    '/users/:id/sessions/:sessionId',
    {
      config: CHANGE,
      schema: {
        tags,
        summary: 'End a session of a user',
        params: UserSessionParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ principal, params }, reply) => {
      await revokeSession(db, principal.auditContext, params.id, params.sessionId)
      return reply.code(204).send(null)
    },
  )
}

function timesOf({ createdAt, lastUsedAt }: { readonly createdAt: Date; readonly lastUsedAt: Date | null }) {
  return { createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null }
}
