// A copy of a data folder, made while the service runs on the original: it still names the original's server in
// `postmaster.pid` and in the lock file of its socket.
import { execFileSync } from 'node:child_process'
import { renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { attachPostgres } from '#platform/postgres/embedded.ts'
import { dataFolder, type ServiceProcess, startService } from '#test/faults/service.ts'
import { doorlist } from './run.ts'

const DETAILS = ['--type', 'oidc', '--issuer', 'https://idp.example', '--client-id', 'doorlist']

interface Listed {
  readonly name: string
  readonly enabled: boolean
}

async function command(dataDir: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await doorlist({ DOORLIST_DATA_DIR: dataDir }, args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

/** Names of the identity providers of a data folder that are enabled. */
async function enabled(dataDir: string): Promise<string[]> {
  const listed = JSON.parse(await command(dataDir, 'idp', 'list', '--json')) as Listed[]
  return listed.filter((idp) => idp.enabled && idp.name !== 'Local').map(({ name }) => name)
}

/** A service that runs on `dataDir`, with one identity provider, and a copy of its data folder. */
async function openCopy(
  name = 'data',
  how = '-a',
): Promise<{ service: ServiceProcess; dataDir: string; copy: string }> {
  const dataDir = join(dirname(dataFolder()), name)
  const service = await startService({ dataDir })
  onTestFinished(() => void service.end('SIGTERM'))
  await command(dataDir, 'idp', 'create', '--name', 'Okta', ...DETAILS)
  const copy = join(dirname(dataDir), 'copy')
  execFileSync('cp', [how, dataDir, copy])
  return { service, dataDir, copy }
}

test('a command on a copy changes the copy and never the original', async () => {
  const { dataDir, copy } = await openCopy()
  await command(copy, 'idp', 'disable', 'Okta')
  expect(await enabled(dataDir)).toEqual(['Okta'])
  expect(await enabled(copy)).toEqual([])
}, 60_000)

test('the service runs on the original and on a copy at the same time, each with its own data', async () => {
  const { service, dataDir, copy } = await openCopy('data', '-r') // root's copy belongs to root
  const second = await startService({ dataDir: copy })
  await command(copy, 'idp', 'disable', 'Okta')
  expect(await enabled(dataDir)).toEqual(['Okta'])
  expect(await second.end('SIGTERM')).toEqual([0, null])
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
  expect(await service.end('SIGTERM')).toEqual([0, null])
}, 60_000)

test('a copy that takes the place of the original, which was moved away while it ran, is not the original', async () => {
  // So long that the socket lies in a folder named after the path.
  const { service, dataDir, copy } = await openCopy('d'.repeat(120))
  const moved = `${dataDir.slice(0, -2)}`
  renameSync(dataDir, moved)
  renameSync(copy, dataDir)
  await command(dataDir, 'idp', 'disable', 'Okta')
  renameSync(dataDir, copy)
  renameSync(moved, dataDir)
  expect(await enabled(dataDir)).toEqual(['Okta'])
  expect(await service.end('SIGTERM')).toEqual([0, null])
}, 60_000)

test('a folder that was moved while its server runs is still reached', async () => {
  const dataDir = dataFolder()
  const service = await startService({ dataDir })
  await command(dataDir, 'idp', 'create', '--name', 'Okta', ...DETAILS)
  const moved = `${dataDir}-moved`
  renameSync(dataDir, moved)
  onTestFinished(() => rmSync(moved, { recursive: true, force: true }))
  expect(await enabled(moved)).toEqual(['Okta'])
  renameSync(moved, dataDir)
  expect(await service.end('SIGTERM')).toEqual([0, null])
  expect(await attachPostgres(dataDir)).toBeUndefined()
}, 60_000)
