// What Node answers by itself with an empty body is answered in the format of the door instead.
import type { FastifyInstance } from 'fastify'

class NoHost extends Error {
  readonly statusCode = 400
}

/** A request of HTTP/1.1 names its host. @see RFC 9112 §3.2 */
export function demandHost(server: FastifyInstance): void {
  server.addHook('onRequest', ({ raw }, _reply, done) => {
    const isMissing = raw.headers.host === undefined && raw.httpVersion === '1.1'
    done(isMissing ? new NoHost() : undefined)
  })
}

/** An expectation that nobody here knows is passed over, as it may be. @see RFC 9110 §10.1.1 */
export function passOverExpectations(server: FastifyInstance): void {
  server.server.on('checkExpectation', (request, response) => server.routing(request, response))
}
