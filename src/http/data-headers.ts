import type { FastifyReply } from 'fastify'

export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** Sets the headers of responses that are data, not pages: browsers must not sniff their type, cache, run or frame them. */
export function setDataHeaders(reply: FastifyReply): FastifyReply {
  return reply
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .header('content-security-policy', DATA_POLICY)
}
