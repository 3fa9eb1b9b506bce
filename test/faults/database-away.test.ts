// The database goes away in every way it can while requests run, and comes back. The service is never started again.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Postgres, startPostgres } from '#platform/postgres/embedded.ts'
import { back, freeze, killBackend } from './faults.ts'
import { openHistory } from './history.ts'
import { makeIdp, openClient } from './idp.ts'
import { checkLedger } from './ledger.ts'
import { makeGroup, writeFor, writeUntil } from './load.ts'
import { dataFolder, startService } from './service.ts'
import { watch } from './watch.ts'

/** The service has this long to be itself again after the database is. */
const RECOVERY_MILLISECONDS = 5_000
/** Longer than a request may wait. */
const AWAY_MILLISECONDS = 6_000
/** Just when the server's own limit for a statement has passed and ours has not: it may be refused or only wait. */
const MOMENT_MILLISECONDS = 2_700

interface Fault {
  readonly name: string
  /** Whether the database is away long enough to be noticed by whoever watches. */
  readonly long: boolean
  readonly rounds: number
  /** Who only waited so long, in milliseconds, felt it, too; otherwise somebody is refused. */
  readonly outlived?: number
  /** Resolves when the database is on its way back. */
  strike(server: Server): Promise<void>
}

interface Server {
  postgres: Postgres
  start(): Promise<void>
}

const FAULTS: Fault[] = [
  {
    name: 'stopped for a while',
    long: true,
    rounds: 1,
    async strike(server) {
      await server.postgres.stop()
      await sleep(3_000)
      await server.start()
    },
  },
  {
    name: 'frozen',
    long: true,
    rounds: 2,
    strike: ({ postgres }) => freeze(postgres.pid, AWAY_MILLISECONDS),
  },
  {
    name: 'frozen for a moment',
    long: false,
    rounds: 2,
    outlived: MOMENT_MILLISECONDS * 0.9,
    strike: ({ postgres }) => freeze(postgres.pid, MOMENT_MILLISECONDS),
  },
  {
    name: 'restarted',
    long: false,
    rounds: 2,
    async strike({ postgres }) {
      const { pid } = postgres
      process.kill(pid, 'SIGINT')
      await vi.waitUntil(() => postgres.pid !== pid, { timeout: 15_000, interval: 20 })
    },
  },
  {
    name: 'killed',
    long: false,
    rounds: 2,
    async strike({ postgres }) {
      const { pid } = postgres
      process.kill(pid, 'SIGKILL')
      await vi.waitUntil(() => postgres.pid !== pid, { timeout: 15_000, interval: 20 })
    },
  },
  {
    name: 'robbed of one of its processes',
    long: false,
    rounds: 2,
    strike: ({ postgres }) => killBackend(postgres.logins.owner),
  },
]

test.each(FAULTS)(
  'a database that is $name: 503, nothing lost or half done, and all is well after',
  async (fault) => {
    const dataDir = dataFolder()
    const server: Server = {
      postgres: await startPostgres({ dataDir }),
      async start() {
        server.postgres = await startPostgres({ dataDir })
      },
    }
    onTestFinished(() => server.postgres.stop())
    const { owner: connection } = server.postgres.logins
    const databaseUrl = `postgres://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.host)}`
    const service = await startService({ dataDir, databaseUrl })
    const idp = await makeIdp(connection)
    const client = openClient(() => service.url, idp)
    const history = openHistory()
    const load = { client, history, groupId: await makeGroup(client), workers: 16 }
    const watching = watch(service.url)
    for (let round = 0; round < fault.rounds; round++) {
      await writeFor(200, load)
      watching.readiness()
      const away = new AbortController()
      const writing = writeUntil(away.signal, load)
      await sleep(100 + Math.random() * 300) // so that it strikes in the middle of every kind of request
      await fault.strike(server)
      await back(connection)
      const returned = performance.now()
      while ((await client.send('GET', '/Users?count=1')).status !== 200) await sleep(50)
      expect(performance.now() - returned).toBeLessThan(RECOVERY_MILLISECONDS)
      away.abort()
      await writing
      if (fault.long) expect(watching.readiness()).toContain(503)
      await vi.waitUntil(() => watching.readiness().at(-1) === 200, { timeout: RECOVERY_MILLISECONDS })

      // As before: more writers than connections, and nobody is turned away.
      const refused = client.statuses.get(503)
      await writeFor(300, load)
      expect(client.statuses.get(503)).toBe(refused)
      expect(await history.check(client, load.groupId)).toEqual([])
      expect(await checkLedger(connection, idp.id)).toEqual([])
    }
    await watching.stop()
    expect(client.violations).toEqual([])
    expect(watching.unhealthy).toEqual([])
    const isFelt = client.statuses.has(503) || client.longest() > (fault.outlived ?? Number.POSITIVE_INFINITY)
    expect(isFelt, 'the fault was felt').toBe(true)
    expect(await service.end('SIGTERM')).toEqual([0, null])
  },
  120_000,
)
