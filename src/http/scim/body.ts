import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Json, parseJson } from '#protocol/scim/messages/json.ts'
import { refuse } from '#protocol/scim/refusals/refusals.ts'

/** Body limits in bytes. A Group may contain 100,000 members. */
export const USER_BODY = 1_048_576
export const GROUP_BODY = 16_777_216

/** Accepts the two media types of SCIM, parsed by our own bounded parser, and no other. @see RFC 7644 §3.1, §8.1 */
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

/** Returns the body of a request that must have one. @throws {ScimError} */
export function requireBody(body: unknown): Json {
  if (body === undefined) throw refuse('body-missing')
  return body as Json
}
