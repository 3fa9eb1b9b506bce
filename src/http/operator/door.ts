// For operators and what watches the service: is the process alive, does it serve everything, how does it do.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Database } from '#platform/database/database.ts'
import type { Metrics } from '#platform/metrics.ts'
import { setDataHeaders } from '../data-headers.ts'
import { PORTAL_PATHS } from '../portal/paths.ts'
import { SIGN_IN_PATHS } from '../sign-in/paths.ts'
import { type DoorName, openReadiness } from './readiness.ts'

export interface OperatorDoorOptions {
  readonly db: Database
  /** The doors of this process, other than this one. */
  readonly doors: readonly DoorName[]
  /** What is less safe than it could be, for operators. */
  readonly warnings?: readonly string[]
  /** False while the service starts or drains. */
  readonly serving: () => boolean
  /** Metrics, and the bearer token that opens them. Undefined: `/metrics` is closed. */
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
      return reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'A token is needed' })
    return reply.type(source.contentType).send(await source.text())
  })
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Tells the metrics of every answer; to be called on the server before its doors are opened. */
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

/** The first part of a path; anything else that a stranger may ask for is one label. */
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
