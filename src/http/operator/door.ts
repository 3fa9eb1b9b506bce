// The operator door, for monitoring: `/healthz` (the process is alive), `/readyz` (every door of it can do its work) and
// `/metrics` (Prometheus). Start with `operatorDoor`; readiness.ts has the check of each door.

import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { digestOf } from '#platform/crypto/scoped-tokens.ts'
import type { Database } from '#platform/database/database.ts'
import type { Metrics } from '#platform/metrics.ts'
import { setDataHeaders } from '../data-headers.ts'
import { PORTAL_PATHS } from '../portal/paths.ts'
import { SIGN_IN_PATHS } from '../sign-in/paths.ts'
import { type DoorName, openReadiness } from './readiness.ts'

export interface OperatorDoorOptions {
  readonly db: Database
  /** The other doors of this process. */
  readonly doors: readonly DoorName[]
  /** Sentences about settings that are less safe than they could be. */
  readonly warnings?: readonly string[]
  /** Returns false while the service starts or shuts down. */
  readonly serving: () => boolean
  /** The metrics and their bearer token. Undefined: `/metrics` is disabled. */
  readonly metrics?: { readonly token: string; readonly source: Metrics } | undefined
}

export const operatorDoor: FastifyPluginAsync<OperatorDoorOptions> = async (
  door,
  { db, doors, warnings = [], serving, metrics },
) => {
  const look = openReadiness(db, doors)
  door.addHook('onRequest', async (_request, reply) => {
    setDataHeaders(reply)
  })
  door.get('/healthz', async () => ({ status: 'alive' }))

  door.get('/readyz', async (_request, reply) => {
    const { database, doors: found } = await look()
    const ready = serving() && [database, ...Object.values(found)].every((state) => state === 'ready')
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'unavailable', database, serving: serving(), doors: found, warnings })
  })

  if (metrics) openMetrics(door, metrics.token, metrics.source)
}

function openMetrics(door: FastifyInstance, token: string, source: Metrics) {
  const expected = digestOf(`Bearer ${token}`)
  door.get('/metrics', async (request, reply) => {
    const known = timingSafeEqual(digestOf(request.headers.authorization ?? ''), expected)
    if (!known)
      return reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'Bearer token required' })
    return reply.type(source.contentType).send(await source.text())
  })
}

/** Counts and times every response. Call it on the server before its doors are registered. */
export function measureRequests(server: FastifyInstance, source: Metrics) {
  server.addHook('onResponse', (request, reply, done) => {
    source.answered({
      door: doorOf(request.url),
      method: request.method,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
    })
    done()
  })
}

/** Returns the first segment of a known path. All unknown paths share one label, so that clients can't create labels. */
function doorOf(url: string): string {
  const [, first = ''] = url.split(/[/?]/, 2)
  if (!DOORS.has(first)) return 'other'
  return first === '' ? 'home' : first
}

const DOORS: ReadonlySet<string> = new Set([
  'scim',
  'oauth',
  'gateway',
  '.doorlist',
  ...SIGN_IN_PATHS,
  ...PORTAL_PATHS,
  'healthz',
  'readyz',
  'metrics',
])
