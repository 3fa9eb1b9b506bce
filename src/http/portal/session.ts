import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { csrfTokenOf, endSession, findSession, type SignedIn } from '#tenancy/administrator-sessions.ts'
import { signIn } from '#tenancy/administrator-sign-in.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import { Me, SignIn } from './contract/session.ts'
import type { PortalOptions } from './door.ts'
import { clearSessionCookie, sessionTokenOf, setSessionCookie } from './session-cookie.ts'

/** Signing in and out, and who is signed in. */
export const sessionRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.post(
    '/session',
    {
      config: { role: 'open' },
      schema: { tags: ['session'], summary: 'Sign in', body: SignIn, response: { 200: Me } },
    },
    async (request, reply) => {
      const origin = { sourceAddress: request.ip, userAgent: request.headers['user-agent'] }
      const token = await signIn(db, request.body, origin)
      setSessionCookie(request, reply, token)
      const session = await findSession(db, token)
      if (!session) throw new Error('the new session was not found')
      return describe(session, token)
    },
  )

  door.delete(
    '/session',
    {
      config: { role: 'auditor' },
      schema: { tags: ['session'], summary: 'Sign out', response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const { session } = request.principal
      if (session) await endSession(db, session)
      clearSessionCookie(request, reply)
      return reply.code(204).send(null)
    },
  )

  door.get(
    '/me',
    {
      config: { role: 'auditor' },
      schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: Me } },
    },
    async (request) => {
      const { session } = request.principal
      const token = sessionTokenOf(request)
      if (!session || !token) throw new Error('a session is what let this in')
      return describe(session, token)
    },
  )

  async function describe(session: SignedIn, token: string): Promise<Me> {
    const { id, slug, name } = await findTenantById(db, session.tenantId)
    return {
      administrator: {
        id: session.administratorId,
        email: session.email,
        name: session.name,
        role: session.role,
      },
      tenant: { id, slug, name },
      csrfToken: csrfTokenOf(token),
      provenAt: session.provenAt.toISOString(),
    }
  }
}
