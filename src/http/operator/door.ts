// For operators and what watches the service: is the process alive, does it serve everything, how does it do.
import type { FastifyPluginAsync } from 'fastify'
import type { Database } from '#platform/database.ts'

export interface OperatorDoorOptions {
  readonly db: Database
  /** False while the service starts or drains. */
  readonly serving: () => boolean
}

export const operatorDoor: FastifyPluginAsync<OperatorDoorOptions> = async (door, { db, serving }) => {
  door.get('/healthz', async () => ({ status: 'alive' }))

  door.get('/readyz', async (_request, reply) => {
    const database = await db.ping().then(
      () => 'ready',
      () => 'unavailable',
    )
    const ready = database === 'ready' && serving()
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'unavailable', database, serving: serving() })
  })
}
