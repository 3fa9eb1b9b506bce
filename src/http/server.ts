// Everything that is reached over HTTP. Each folder is one door: SCIM for identity providers (scim/), token requests
// (oauth/), sign-in pages for users (sign-in/), the portal's API for administrators (portal/), access checks for proxies
// (gateway/), and health and metrics for operators (operator/). Files in this folder are what all doors share; texts/ has
// the sentences of the plain pages. `service/doors.ts` decides which doors a process opens.
// Start with `buildServer` below, then with the door.ts of a folder.
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { answerClientError } from './client-error.ts'
import { answerOutsideDoors, sendError } from './formats.ts'
import { demandHost, ignoreExpectations } from './http-rules.ts'
import { demandHttps, STRICT_TRANSPORT_SECURITY } from './strict-transport-security.ts'

export interface ServerOptions {
  readonly log: FastifyBaseLogger | undefined
  /** IP addresses of the proxies whose forwarding headers are trusted. */
  readonly trustedProxies: readonly string[]
  /** In PEM; undefined: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  /** Returns the public URL without a trailing slash. It is only called during requests. */
  readonly publicUrl: () => string
}

const HEADERS_MILLISECONDS = 15_000
const REQUEST_MILLISECONDS = 30_000
/** How often Node checks the two time limits above. By default it checks every 30 seconds. */
const CHECK_MILLISECONDS = 2_000

/** A missing Host header is refused by demandHost, in the format of the door. */
const CONNECTIONS = { connectionsCheckingInterval: CHECK_MILLISECONDS, requireHostHeader: false }

/** Builds the HTTP server with the limits of every door. The caller registers the doors and listens. */
export function buildServer({ log, trustedProxies, tls, publicUrl }: ServerOptions): FastifyInstance {
  const server: FastifyInstance = Fastify({
    ...(log ? { loggerInstance: log } : { logger: false }),
    ...(tls ? { https: { ...tls, ...CONNECTIONS } } : { http: CONNECTIONS }),
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: (error, socket) => answerClientError(error, socket, server.isReachedByHttps()),
    genReqId: () => crypto.randomUUID(),
    // All requests share one logger, which is cheaper; log lines about a request carry its id.
    childLoggerFactory: (logger) => logger,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeout: REQUEST_MILLISECONDS,
    bodyLimit: 1_048_576,
    // Identity providers join a base URL and a path, so doubled and trailing slashes are accepted.
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, maxParamLength: 500 },
    // Hooks don't run for a URL that the router can't decode.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      if (server.isReachedByHttps()) reply.raw.setHeader(...STRICT_TRANSPORT_SECURITY)
      return sendError(error, request, reply)
    },
  }) as unknown as FastifyInstance
  demandHost(server)
  ignoreExpectations(server)
  demandHttps(server, publicUrl)
  answerOutsideDoors(server)
  server.server.headersTimeout = HEADERS_MILLISECONDS
  return server
}
