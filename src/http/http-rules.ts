// Rules of HTTP that Node enforces with an empty response. Here they are enforced in the format of the door.
import type { FastifyInstance } from 'fastify'

class MissingHost extends Error {
  readonly statusCode = 400
}

/** Refuses HTTP/1.1 requests without a Host header. @see RFC 9112 §3.2 */
export function demandHost(server: FastifyInstance): void {
  server.addHook('onRequest', ({ raw }, _reply, done) => {
    const isMissing = raw.headers.host === undefined && raw.httpVersion === '1.1'
    done(isMissing ? new MissingHost() : undefined)
  })
}

/** Ignores unknown expectations in the Expect header, as the RFC allows. @see RFC 9110 §10.1.1 */
export function ignoreExpectations(server: FastifyInstance): void {
  server.server.on('checkExpectation', (request, response) => server.routing(request, response))
}
