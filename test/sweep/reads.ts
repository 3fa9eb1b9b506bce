// Which inputs the routes really read, noted while they run: so that none is missing in the case of a route.
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** By route, such as `GET /sign-in`, inputs such as `query hint`. */
export type Reads = ReadonlyMap<string, ReadonlySet<string>>

/** Call it before the doors are opened. */
export function noteReads(server: FastifyInstance): Reads {
  const reads = new Map<string, Set<string>>()
  server.addHook('preHandler', (request, _reply, done) => {
    const route = `${request.method} ${request.routeOptions.url}`
    const names = reads.get(route) ?? new Set()
    reads.set(route, names)
    watch(request, names)
    done()
  })
  return reads
}

function watch(request: FastifyRequest, names: Set<string>): void {
  const watched = <Value extends object>(place: string, value: Value): Value =>
    new Proxy(value, {
      get(target, name, receiver) {
        if (typeof name === 'string' && name !== 'toJSON' && name !== 'then') names.add(`${place} ${name}`)
        return Reflect.get(target, name, receiver)
      },
    })
  const { headers, query, body, cookies } = request
  if (/urlencoded/.test(headers['content-type'] ?? '') && isObject(body)) request.body = watched('form', body)
  if (isObject(query)) request.query = watched('query', query)
  if (isObject(cookies)) request.cookies = watched('cookie', cookies)
  Object.defineProperty(request, 'headers', { value: watched('header', headers), configurable: true })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
