// Builds the HTTP server; the caller opens the doors. Limits that hold for every door stand here.
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { answerClientError } from './client-error.ts'
import { SCIM_PREFIX } from './scim/door.ts'
import { sendScimError } from './scim/errors.ts'

export interface ServerOptions {
  readonly log: FastifyBaseLogger | undefined
  /** Addresses whose forwarding headers count. */
  readonly trustedProxies: readonly string[]
  /** PEM texts; undefined: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
}

const HEADERS_MILLISECONDS = 15_000
const REQUEST_MILLISECONDS = 30_000
/** How often connections are held to these two; by its own measure Node would let them run over by half a minute. */
const CHECK_MILLISECONDS = 2_000

export function buildServer({ log, trustedProxies, tls }: ServerOptions): FastifyInstance {
  const server = Fastify({
    ...(log ? { loggerInstance: log } : { logger: false }),
    ...(tls
      ? { https: { ...tls, connectionsCheckingInterval: CHECK_MILLISECONDS } }
      : { http: { connectionsCheckingInterval: CHECK_MILLISECONDS } }),
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: answerClientError,
    genReqId: () => crypto.randomUUID(),
    // One logger for all requests: lines that belong to one name it by its id.
    childLoggerFactory: (logger) => logger,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeout: REQUEST_MILLISECONDS,
    bodyLimit: 1_048_576,
    // Slashes doubled or trailing are tolerated: connectors put a base URL and a path together by themselves.
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, maxParamLength: 500 },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      if (isScim(request.raw.url)) return sendScimError(error, request, reply)
      return reply.code(error.statusCode ?? 400).send({ error: 'The request is malformed' })
    },
  }) as unknown as FastifyInstance
  server.server.headersTimeout = HEADERS_MILLISECONDS
  return server
}

/** As the router will read it; only for errors that come before there is a route. */
function isScim(url: string | undefined): boolean {
  return (url ?? '').replace(/\/{2,}/g, '/').startsWith(`${SCIM_PREFIX}/`)
}
