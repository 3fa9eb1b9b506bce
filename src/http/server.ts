// Builds the HTTP server; the caller opens the doors. Limits that hold for every door stand here.
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { answerClientError } from './client-error.ts'
import { answerOutsideDoors, sendError } from './formats.ts'
import { demandHost, passOverExpectations } from './http-rules.ts'
import { demandHttps, STRICT_TRANSPORT_SECURITY } from './strict-transport-security.ts'

export interface ServerOptions {
  readonly log: FastifyBaseLogger | undefined
  /** Addresses whose forwarding headers count. */
  readonly trustedProxies: readonly string[]
  /** PEM texts; undefined: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  /** How the service is reached, without a trailing slash; asked at requests only. */
  readonly publicUrl: () => string
}

const HEADERS_MILLISECONDS = 15_000
const REQUEST_MILLISECONDS = 30_000
/** How often connections are held to these two; by its own measure Node would let them run over by half a minute. */
const CHECK_MILLISECONDS = 2_000

/** Without a host a request is refused by demandHost. */
const CONNECTIONS = { connectionsCheckingInterval: CHECK_MILLISECONDS, requireHostHeader: false }

export function buildServer({ log, trustedProxies, tls, publicUrl }: ServerOptions): FastifyInstance {
  const server: FastifyInstance = Fastify({
    ...(log ? { loggerInstance: log } : { logger: false }),
    ...(tls ? { https: { ...tls, ...CONNECTIONS } } : { http: CONNECTIONS }),
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: (error, socket) => answerClientError(error, socket, server.isReachedByHttps()),
    genReqId: () => crypto.randomUUID(),
    // One logger for all requests: lines that belong to one name it by its id.
    childLoggerFactory: (logger) => logger,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeout: REQUEST_MILLISECONDS,
    bodyLimit: 1_048_576,
    // Slashes doubled or trailing are tolerated: connectors put a base URL and a path together by themselves.
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, maxParamLength: 500 },
    // No hook runs for what the router cannot read.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      if (server.isReachedByHttps()) reply.raw.setHeader(...STRICT_TRANSPORT_SECURITY)
      return sendError(error, request, reply)
    },
  }) as unknown as FastifyInstance
  demandHost(server)
  passOverExpectations(server)
  demandHttps(server, publicUrl)
  answerOutsideDoors(server)
  server.server.headersTimeout = HEADERS_MILLISECONDS
  return server
}
