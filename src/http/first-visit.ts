// Doors whose code is loaded when somebody first comes to them. The portal and signing in bring a thousand modules (SAML,
// WebAuthn, X.509, JSON Schema): a node that only takes SCIM requests neither waits for them when it starts nor holds them
// in memory. The first visitor after a start waits about a second.
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'

interface LateDoor {
  /** First parts of the paths that come here, each with everything below it; '' is the root alone. */
  readonly paths: readonly string[]
  /** Makes a server that never listens. */
  readonly make: () => FastifyInstance
  /** Loads what the door is, and opens it in that server. */
  readonly open: (door: FastifyInstance) => Promise<unknown>
}

/** To be called before the server listens; what was opened is closed with it. */
export function openAtFirstVisit(server: FastifyInstance, late: LateDoor): void {
  let opening: Promise<FastifyInstance> | undefined
  server.addHook('onClose', async () => (await opening?.catch(() => undefined))?.close())
  // Before the body is read: it is the other server's.
  const onRequest: onRequestAsyncHookHandler = async (request, reply) => {
    opening ??= opened(late)
    const door = await opening.catch((error) => {
      opening = undefined // the next visitor tries again
      throw error
    })
    reply.hijack()
    door.routing(request.raw, reply.raw)
  }
  const handler = () => undefined
  for (const url of late.paths.flatMap((path) => (path === '' ? ['/'] : [`/${path}`, `/${path}/*`])))
    server.route({ method: server.supportedMethods, url, onRequest, handler })
}

async function opened({ paths, make, open }: LateDoor): Promise<FastifyInstance> {
  const door = make()
  door.addHook('onRoute', ({ url }) => {
    if (!paths.includes(url.split('/', 2)[1] ?? '')) throw new Error(`nobody is led to ${url}; see its paths`)
  })
  await open(door)
  await door.ready()
  return door
}
