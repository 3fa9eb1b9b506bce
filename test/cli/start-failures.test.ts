import { createServer } from 'node:net'
import pg from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { testDatabase } from '../setup/database.ts'
import { doorlist } from './run.ts'

// When `serve` can't start, one line says why and what to do.

vi.setConfig({ testTimeout: 120_000 }) // each command is a process, and other test files run beside it
const house = testDatabase()

function serve(settings: Record<string, string>) {
  const { host, port, user, database } = house.connection
  const DATABASE_URL = `postgres://localhost/${database}?${new URLSearchParams({ host: `${host}`, port: `${port}`, user: `${user}` })}`
  return doorlist(
    { DATABASE_URL, DOORLIST_LOG_LEVEL: 'silent', ...settings, DOORLIST_SECRET_KEY: 'k'.repeat(32) },
    ['serve'],
  )
}

async function takenPort(): Promise<number> {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  onTestFinished(() => void other.close())
  const address = other.address()
  return typeof address === 'object' && address ? address.port : 0
}

test('a port that another program uses is named, with the setting that changes it', async () => {
  const port = await takenPort()
  const { code, stderr } = await serve({ DOORLIST_PORT: `${port}` })
  expect([code, stderr]).toEqual([
    1,
    `doorlist: Port ${port} of 127.0.0.1 is already in use. Stop the other program, or set DOORLIST_PORT.\n`,
  ])
})

test('an address of another machine is named, with the setting that changes it', async () => {
  const { code, stderr } = await serve({ DOORLIST_HOST: '192.0.2.1', DOORLIST_PORT: '0' })
  expect([code, stderr]).toEqual([
    1,
    "doorlist: 192.0.2.1 isn't an address of this machine. Correct DOORLIST_HOST.\n",
  ])
})

test('a certificate file that is missing is named', async () => {
  const { code, stderr } = await serve({
    DOORLIST_PORT: '0',
    DOORLIST_TLS_CERT: '/nowhere/tls.crt',
    DOORLIST_TLS_KEY: '/nowhere/tls.key',
  })
  expect([code, stderr]).toEqual([1, "doorlist: /nowhere/tls.crt can't be read (ENOENT).\n"])
})

test('a database that a newer version has migrated is left alone', async () => {
  const owner = new pg.Client(house.connection)
  await owner.connect()
  await owner.query(`insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01')`)
  await owner.end()
  const { code, stderr } = await serve({ DOORLIST_PORT: '0' })
  expect([code, stderr]).toEqual([
    1,
    'doorlist: A newer version of Doorlist has migrated this database. Start that version, or restore a backup from before the upgrade\n',
  ])
})
