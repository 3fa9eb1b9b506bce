import type { FastifyReply } from 'fastify'

export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** Sets the headers of answers that are data and not pages: a browser neither guesses their type nor keeps, runs or frames them. */
export function setDataHeaders(reply: FastifyReply): FastifyReply {
  return reply
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .header('content-security-policy', DATA_POLICY)
}
