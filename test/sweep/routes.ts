// Every route of every door, as the server itself registered it.
import type { FastifyContextConfig, FastifyInstance } from 'fastify'

export interface Route {
  readonly method: string
  /** With its prefix: `/api/v1/users/:id`. */
  readonly pattern: string
  readonly config: FastifyContextConfig
}

export function nameOfRoute({ method, pattern }: Route): string {
  return `${method} ${pattern}`
}

/** Call it before the doors are opened. @returns a list that fills as they are */
export function collectRoutes(server: FastifyInstance): Route[] {
  const routes: Route[] = []
  server.addHook('onRoute', ({ method, url, config = {} }) => {
    // HEAD repeats GET; OPTIONS of SCIM has neither a body nor an answer.
    for (const one of [method].flat())
      if (one !== 'HEAD' && one !== 'OPTIONS') routes.push({ method: one, pattern: url, config })
  })
  return routes
}
