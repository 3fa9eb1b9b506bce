// Declares the routes of the API as tables: an entry names method and path, the role that may use it, its schemas and the
// handler. TypeScript checks that the handler takes the request and returns the body that the schemas describe.
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { Role } from '#administrators/administrators.ts'
import type { PortalOptions } from './options.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** The answer of a route: its status, and the schema of the body or the OpenAPI description of a download. */
type ResponseSchemas = Readonly<Record<number, TSchema | { readonly content: object }>>

interface RouteDefinition {
  readonly tags: readonly string[]
  /** What the OpenAPI document says about the route. */
  readonly summary: string
  /** The lowest role that may use the route; `open` needs no sign-in. */
  readonly role: Role | 'open'
  /** Refuses API keys, because the route is about the administrator's own account or session. */
  readonly person?: boolean
  /** Demands a recent proof of identity from a signed-in administrator. */
  readonly stepUp?: boolean
  /** In bytes; the default of the API is in door.ts. */
  readonly bodyLimit?: number
  readonly params?: TSchema
  readonly querystring?: TSchema
  readonly body?: TSchema
  /** One status with the schema of its body. A handler of status 204 returns nothing. */
  readonly response: ResponseSchemas
}

type StaticOf<Schema> = Schema extends TSchema ? Static<Schema> : unknown

type RequestOf<Definition extends RouteDefinition> = FastifyRequest<{
  Params: StaticOf<Definition['params']>
  Querystring: StaticOf<Definition['querystring']>
  Body: StaticOf<Definition['body']>
}>

type AnswerOf<Response> = Response[keyof Response] extends infer Schema
  ? Schema extends TSchema
    ? Static<Schema> extends null
      ? // biome-ignore lint/suspicious/noConfusingVoidType: a handler without an answer returns nothing
        void
      : Static<Schema>
    : FastifyReply
  : never

/** A handler: it returns the body of the answer, or the reply of a download, and throws the errors of #errors.ts. */
export type Handler<Request, Answer> = (
  request: Request,
  options: PortalOptions,
  reply: FastifyReply,
) => Promise<Answer>

interface Route {
  readonly method: Method
  readonly path: string
  readonly definition: RouteDefinition
  readonly handler: Handler<never, unknown>
}

/**
 * Declares one route.
 * @param address method and path below the prefix of the API, such as `GET /users/:id`
 */
export function route<const Definition extends RouteDefinition>(
  address: `${Method} /${string}`,
  definition: Definition,
  handler: Handler<RequestOf<Definition>, AnswerOf<Definition['response']>>,
): Route {
  const [method, path] = address.split(' ') as [Method, string]
  return { method, path, definition, handler }
}

/** Returns the Fastify plugin that serves a table of routes. */
export function routes(table: readonly Route[]): FastifyPluginAsync<PortalOptions> {
  return async (door, options) => {
    for (const { method, path: url, definition, handler } of table) {
      const { role, person, stepUp, bodyLimit, ...schema } = definition
      const status = Number(Object.keys(definition.response)[0])
      door.route({
        method,
        url,
        config: { role, ...(person && { person }), ...(stepUp && { stepUp }) },
        ...(bodyLimit !== undefined && { bodyLimit }),
        schema,
        handler: async (request, reply) => {
          reply.code(status)
          const answer = await handler(request as never, options, reply)
          // A download sends its own response. Awaiting the reply that it returns yields undefined once it is sent.
          return reply.sent ? undefined : (answer ?? reply.send(null))
        },
      })
    }
  }
}
