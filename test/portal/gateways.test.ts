import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Unavailable } from '#errors.ts'
import { purgeGateways } from '#gateways/list.ts'
import { openPresence, type Presence } from '#gateways/presence.ts'
import { openSystemLog, type SystemLog } from '#logs/system.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { ensureDefaultTenant } from '#tenancy/tenants.ts'
import { type House, openHouse } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'

/** Heartbeats come when the test says so. */
const NEVER = 1_000_000
const LOST_MILLISECONDS = 60

let house: House
let root: ApiClient
let systemLog: SystemLog
beforeEach(async () => {
  house = await openHouse()
  root = await house.administrator((await ensureDefaultTenant(house.db)).id, 'auditor')
  systemLog = openSystemLog(house.db, 'test')
})
afterEach(async () => {
  await systemLog.close()
  await house.close()
})

/** Only one that is given a short patience looks for others that are silent. */
function start(name: string, lostMilliseconds = NEVER, db: Database = house.db): Promise<Presence> {
  const gateway = { name, version: '1.2.3', address: 'http://127.0.0.1:1', role: 'all' }
  return openPresence(db, {
    gateway,
    systemLog,
    beatMilliseconds: NEVER,
    lostMilliseconds,
  })
}

const look = async () => (await root.get('/gateways')).json
const states = async () =>
  Object.fromEntries((await look()).gateways.map((g: { name: string; state: string }) => [g.name, g.state]))
async function told(): Promise<string[]> {
  await systemLog.flush()
  const { items } = (await root.get('/system-events')).json
  return items.map((event: { action: string; objectName: string }) => `${event.action} ${event.objectName}`)
}

test('a process that serves is listed, with what it is', async () => {
  await start('gw-1')
  expect((await look()).gateways).toEqual([
    {
      name: 'gw-1',
      state: 'up',
      version: '1.2.3',
      address: 'http://127.0.0.1:1',
      role: 'all',
      startedAt: expect.any(String),
      lastSeenAt: expect.any(String),
    },
  ])
})

test('one that falls silent is noticed by another, and one that comes back closes its window', async () => {
  const [silent, watcher] = [await start('silent'), await start('watcher', LOST_MILLISECONDS)]
  await sleep(LOST_MILLISECONDS + 20)
  await watcher.beat()
  expect(await states()).toEqual({ silent: 'lost', watcher: 'up' })
  expect((await look()).absences).toMatchObject([{ gateway: 'silent', cause: 'lost', until: null }])
  await watcher.beat()
  expect(await told()).toEqual(['gateway-lost silent'])

  await sleep(5)
  await silent.beat()
  expect(await states()).toEqual({ silent: 'up', watcher: 'up' })
  const [window] = (await look()).absences
  expect(Date.parse(window.until)).toBeGreaterThan(Date.parse(window.since))
  expect(await told()).toEqual(['gateway-recovered silent', 'gateway-lost silent'])
})

test('one that stops as it was told to is not lost, and starts again without a word', async () => {
  const [polite, watcher] = [await start('polite'), await start('watcher', LOST_MILLISECONDS)]
  await polite.stop()
  await sleep(LOST_MILLISECONDS + 20)
  await watcher.beat()
  expect(await states()).toEqual({ polite: 'stopped', watcher: 'up' })
  await start('polite')
  expect(await states()).toEqual({ polite: 'up', watcher: 'up' })
  expect((await look()).absences).toMatchObject([{ cause: 'stopped', until: expect.any(String) }])
  expect(await told()).toEqual([])
})

test('one that was killed and started again before anybody noticed leaves its window', async () => {
  await start('killed')
  await sleep(5)
  await start('killed')
  expect((await look()).absences).toMatchObject([
    { gateway: 'killed', cause: 'lost', until: expect.any(String) },
  ])
  expect(await told()).toEqual(['gateway-recovered killed'])
})

test('two processes of one name tell themselves apart', async () => {
  const [first] = [await start('twin'), await start('twin')]
  await first.beat()
  expect(Object.keys(await states())).toEqual(['twin', expect.stringMatching(/^twin-[0-9a-f]{4}$/)])
})

test('a database that is away is told of with its true time when it is back, and nobody is taken for lost', async () => {
  let away = false
  const refusing: Pick<Database, 'run'> = {
    run: (scope, statement) =>
      away ? Promise.reject(new Unavailable('away')) : house.db.run(scope, statement),
  }
  const db = { ...house.db, ...refusing }
  const log = systemLog
  systemLog = openSystemLog(db, 'test')
  const [gateway] = [await start('gw-1', LOST_MILLISECONDS, db), await start('gw-2')]
  away = true
  await gateway.beat()
  const since = Date.now()
  await expect(systemLog.flush()).rejects.toThrow(Unavailable)
  await sleep(LOST_MILLISECONDS + 20)
  away = false
  await gateway.beat()
  expect(await told()).toEqual(['database-back PostgreSQL', 'database-away PostgreSQL'])
  const [, event] = (await root.get('/system-events')).json.items
  expect(Math.abs(Date.parse(event.at) - since)).toBeLessThan(LOST_MILLISECONDS)
  expect((await look()).absences).toMatchObject([
    { gateway: 'gw-1', cause: 'database', until: expect.any(String) },
  ])
  expect((await states())['gw-2']).toBe('up')
  await log.close()
})

test('one that is gone for a day is forgotten', async () => {
  const gone = await start('gone')
  await start('here')
  await gone.stop()
  await house.db.run(
    SYSTEM,
    sql`update gateway set stopped_at = now() - interval '25 hours' where name = 'gone'`,
  )
  await purgeGateways(house.db)
  expect(await states()).toEqual({ here: 'up' })
})
