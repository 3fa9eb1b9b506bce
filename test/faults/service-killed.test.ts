// The service is killed with -9 at random moments under write load, and started again on the same data folder.
import { expect, test } from 'vitest'
import { attachPostgres } from '#platform/postgres/embedded.ts'
import { openHistory } from './history.ts'
import { makeIdp, openClient } from './idp.ts'
import { checkLedger } from './ledger.ts'
import { makeGroup, writeUntil } from './load.ts'
import { dataFolder, startService } from './service.ts'

const ROUNDS = 20
const LONGEST_LOAD_MILLISECONDS = 400

test('killed at any moment under load, the service loses no acknowledged write and does no half ones', async () => {
  const dataDir = dataFolder()
  let service = await startService({ dataDir })
  const logins = await attachPostgres(dataDir)
  if (!logins) throw new Error('the embedded PostgreSQL does not run')
  const idp = await makeIdp(logins.serving)
  const client = openClient(() => service.url, idp, { vanishes: true })
  const history = openHistory()
  const groupId = await makeGroup(client)
  for (let round = 0; round < ROUNDS; round++) {
    const load = new AbortController()
    const writing = writeUntil(load.signal, { client, history, groupId })
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LOAD_MILLISECONDS))
    load.abort()
    await service.end('SIGKILL')
    await writing
    service = await startService({ dataDir })
    expect(await history.check(client, groupId)).toEqual([])
  }
  expect(client.violations).toEqual([])
  expect(await checkLedger(logins.owner, idp.id)).toEqual([])
  expect(history.acknowledged()).toBeGreaterThan(ROUNDS)
  expect(client.statuses.get(0), 'writes that were cut off').toBeGreaterThan(0)
  expect(await service.end('SIGTERM')).toEqual([0, null])
}, 240_000)
