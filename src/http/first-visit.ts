// Loads a door on its first request. The portal and the sign-in pages need a thousand modules (SAML, WebAuthn, X.509, JSON
// Schema): a node that only serves SCIM starts faster and uses less memory without them. The first request after a start
// waits about a second.
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'

interface LazyDoor {
  /** First segments of the paths of this door, each with everything below it; '' is only the root. */
  readonly paths: readonly string[]
  /** Creates the server of this door, which never listens itself. */
  readonly make: () => FastifyInstance
  /** Loads the code of the door and registers it in that server. */
  readonly open: (door: FastifyInstance) => Promise<unknown>
}

/** Registers the paths of a lazy door. Call it before the server listens; closing the server closes the door too. */
export function openAtFirstVisit(server: FastifyInstance, lazy: LazyDoor): void {
  let opening: Promise<FastifyInstance> | undefined
  server.addHook('onClose', async () => (await opening?.catch(() => undefined))?.close())
  // The other server reads the body, so the request is passed on before that.
  const onRequest: onRequestAsyncHookHandler = async (request, reply) => {
    opening ??= openDoor(lazy)
    const door = await opening.catch((error) => {
      opening = undefined // the next request tries again
      throw error
    })
    reply.hijack()
    door.routing(request.raw, reply.raw)
  }
  const handler = () => undefined
  for (const url of lazy.paths.flatMap((path) => (path === '' ? ['/'] : [`/${path}`, `/${path}/*`])))
    server.route({ method: server.supportedMethods, url, onRequest, handler })
}

async function openDoor({ paths, make, open }: LazyDoor): Promise<FastifyInstance> {
  const door = make()
  door.addHook('onRoute', ({ url }) => {
    if (!paths.includes(url.split('/', 2)[1] ?? ''))
      throw new Error(`${url} is not reachable: add its first segment to the paths of the door`)
  })
  await open(door)
  await door.ready()
  return door
}
