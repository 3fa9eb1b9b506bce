import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Json, parseJson } from '#protocol/scim/messages/json.ts'
import { refuse } from '#protocol/scim/refusals/refusals.ts'

/** Bytes of a User, and of a Group, which may bring 100,000 members at once. */
export const USER_BODY = 1_048_576
export const GROUP_BODY = 16_777_216

/** Both media types of SCIM, read by our own bounded parser; nothing else is let in. @see RFC 7644 §3.1, §8.1 */
export function acceptScimBodies(door: FastifyInstance) {
  door.removeAllContentTypeParsers()
  door.addContentTypeParser(
    ['application/scim+json', 'application/json'],
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer): Promise<Json | undefined> => {
      const encoding = request.headers['content-encoding']
      if (encoding !== undefined && encoding !== 'identity') {
        throw refuse('encoding-unsupported')
      }
      request.received = body
      return body.length === 0 ? undefined : parseJson(body)
    },
  )
}

/** The body of a request that must have one. */
export function requireBody(body: unknown): Json {
  if (body === undefined) throw refuse('body-missing')
  return body as Json
}
