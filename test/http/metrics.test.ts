import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { readConfig } from '#config.ts'
import { measureRequests, operatorDoor } from '#http/operator/door.ts'
import { startService } from '#main.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { testDatabase } from '#test/setup/database.ts'

const database = testDatabase()

const db = { ping: async () => {} } as never
const TOKEN = 'a-token-for-metrics'

test('metrics open with their token alone, and count answers by door, method and outcome', async () => {
  const server = Fastify()
  const source = createMetrics()
  measureRequests(server, source)
  await server.register(operatorDoor, {
    db,
    doors: [],
    serving: () => true,
    metrics: { token: TOKEN, source },
  })
  await server.inject('/healthz')
  await server.inject('/whatever-a-stranger-asks')
  for (const authorization of ['', 'Bearer wrong', `Basic ${TOKEN}`]) {
    expect((await server.inject({ url: '/metrics', headers: { authorization } })).statusCode).toBe(401)
  }
  const answer = await server.inject({ url: '/metrics', headers: { authorization: `Bearer ${TOKEN}` } })
  expect(answer.statusCode).toBe(200)
  expect(answer.body).toMatch(
    /doorlist_http_request_duration_seconds_count\{door="healthz",method="GET",status="2xx"\} 1/,
  )
  expect(answer.body).toMatch(/door="other",method="GET",status="4xx"\} 1/)
  expect(answer.body).not.toContain('stranger')
  await server.close()
})

test('without a token there are no metrics to be had', async () => {
  const server = Fastify()
  await server.register(operatorDoor, { db, doors: [], serving: () => true })
  expect((await server.inject('/metrics')).statusCode).toBe(404)
  await server.close()
})

test('what the log of requests did is told', async () => {
  const source = createMetrics()
  source.watchRequestLog(() => ({ written: 3, passedOver: 2, dropped: 1, waiting: 4 }))
  const text = await source.text()
  for (const line of [
    'total{fate="written"} 3',
    'total{fate="passed_over"} 2',
    'total{fate="dropped"} 1',
    'waiting 4',
  ])
    expect(text).toContain(line)
})

test('every door of a service is counted by its name, also those that are loaded at the first visit', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'doorlist-metrics-'))
  const settings = {
    DATABASE_URL: database.url,
    DOORLIST_DATA_DIR: folder,
    DOORLIST_PORT: '0',
    DOORLIST_METRICS_TOKEN: TOKEN,
  }
  const service = await startService(readConfig(settings), createLog('silent'))
  try {
    const paths = [
      '/scim/v2/x',
      '/sign-in?x=1',
      '/',
      '/oidc/x/callback',
      '/saml/x/metadata',
      '/gateway/verify',
    ]
    for (const path of [...paths, '/.doorlist/start', '/admin', '/api/v1/me', '/nowhere'])
      await (await fetch(service.url + path, { redirect: 'manual' })).text()
    const asked = await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })
    const counted = (await asked.text()).matchAll(/duration_seconds_count\{door="([^"]+)"/g)
    const doors = ['scim', 'sign-in', 'home', 'oidc', 'saml', 'gateway', '.doorlist', 'admin', 'api', 'other']
    expect(new Set([...counted].map(([, door]) => door))).toEqual(new Set(doors))
  } finally {
    await service.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
