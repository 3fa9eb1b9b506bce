import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attachPostgres } from '#platform/postgres/embedded.ts'
import { doorlist } from './run.ts'

// The embedded PostgreSQL, started for the length of one command.

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorlist-house-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('commands start the embedded database where it does not run, share it, and stop it after', async () => {
  const settings = { DOORLIST_DATA_DIR: folder }
  const outcomes = await Promise.all([
    doorlist(settings, ['tenant', 'list', '--json']),
    doorlist(settings, ['migrate']),
  ])
  for (const { code, stderr } of outcomes) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(outcomes[0]?.stdout ?? '')).toMatchObject([{ slug: 'default' }])
  expect(await attachPostgres(folder)).toBeUndefined()
}, 60_000)
