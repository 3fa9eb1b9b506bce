// Replacing and revoking the key that signs Remote-Token, from the command line.
import { expect, test, vi } from 'vitest'
import { testDatabase } from '../setup/database.ts'
import { doorlist } from './run.ts'

vi.setConfig({ testTimeout: 120_000 }) // each command is a process
const house = testDatabase()
const settings = {
  DATABASE_URL: house.url,
  DOORLIST_DATA_DIR: '/nowhere',
  DOORLIST_SECRET_KEY: 'k'.repeat(40),
}
const NOBODY = '01a00000-0000-7000-8000-000000000000'

async function json(...args: string[]) {
  const { code, stdout, stderr } = await doorlist(settings, ['signing-key', ...args, '--json'])
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout)
}

test('a signing key is made, rotated, listed and revoked', async () => {
  expect(await json('list')).toEqual([])
  const [first] = await json('rotate')
  expect(first.state).toBe('signing')
  const rotated = await json('rotate')
  expect(rotated.map(({ state }: { state: string }) => state)).toEqual(['next', 'signing'])
  expect(JSON.stringify(rotated)).not.toMatch(/"d":|PRIVATE/)
  const again = await doorlist(settings, ['signing-key', 'rotate'])
  expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/^[^\n]*published already[^\n]*\n$/) })
  const listed = await doorlist(settings, ['signing-key', 'list'])
  expect(listed.stdout).toMatch(new RegExp(`${first.id} +signing `))
  expect(await json('revoke', first.id)).toMatchObject([{ id: rotated[0].id, state: 'signing' }])
  for (const id of [NOBODY, 'nonsense'])
    expect(await doorlist(settings, ['signing-key', 'revoke', id])).toMatchObject({ code: 1 })
})
