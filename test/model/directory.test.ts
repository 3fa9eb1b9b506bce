// Sequences of requests to two identity providers through two processes, against a model in memory. What fails is
// shrunk; fast-check prints the seed to repeat it with.
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { commands, idsIn, type Model } from './directory-commands.ts'
import { type DirectoryModel, emptyDirectory, groupsOf } from './directory-model.ts'
import { loggedChanges, strayMemberships } from './directory-rows.ts'
import { NODES, openPair, type Provider } from './two-processes.ts'

const pair = await openPair()
afterAll(() => pair.close())

interface Shown {
  readonly id: string
  readonly members?: readonly { readonly value: string; readonly type: string }[]
  readonly groups?: readonly { readonly value: string; readonly display: string; readonly type: string }[]
}

async function expectDirectory(provider: Provider, directory: DirectoryModel): Promise<void> {
  for (const node of NODES) {
    const users = (await provider.send(node, 'GET', '/Users')).json
    expect(users.totalResults).toBe(directory.users.size)
    expect(idsIn(users)).toEqual([...directory.users.keys()].sort())
    for (const shown of (users.Resources ?? []) as Shown[]) {
      expect(shown).toMatchObject(JSON.parse(JSON.stringify(directory.users.get(shown.id))))
      const { direct, all } = groupsOf(directory, shown.id)
      expect((shown.groups ?? []).map(({ value }) => value).sort()).toEqual(all)
      for (const { value, display, type } of shown.groups ?? []) {
        expect(display).toBe(directory.groups.get(value)?.displayName)
        expect(type).toBe(direct.has(value) ? 'direct' : 'indirect')
      }
    }
    const groups = (await provider.send(node, 'GET', '/Groups')).json
    expect(groups.totalResults).toBe(directory.groups.size)
    expect(idsIn(groups)).toEqual([...directory.groups.keys()].sort())
    for (const shown of (groups.Resources ?? []) as Shown[]) {
      const group = directory.groups.get(shown.id)
      expect(shown).toMatchObject({ displayName: group?.displayName })
      const members = [...(group?.members ?? [])].sort()
      expect((shown.members ?? []).map(({ value }) => value).sort()).toEqual(members)
      for (const { value, type } of shown.members ?? [])
        expect(type).toBe(directory.users.has(value) ? 'User' : 'Group')
    }
  }
}

async function expectLog(provider: Provider, directory: DirectoryModel): Promise<void> {
  const logged = new Map<string, string[]>()
  for (const { objectId, action } of await loggedChanges(pair.house.db, provider.idp.id))
    logged.set(objectId, [...(logged.get(objectId) ?? []), action])
  expect(logged).toEqual(directory.events)
}

test('two directories are what the requests made of them, and the log has one event for each change', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: 'max' }), async (sequence) => {
      // In one of them users may share an externalId.
      const unique = await pair.provider('model', { uniqueExternalIds: true })
      const real = [unique, await pair.provider('model')] as const
      const model: Model = [emptyDirectory(true), emptyDirectory(false)]
      await fc.asyncModelRun(() => ({ model, real }), sequence)
      for (const place of NODES) {
        await expectDirectory(real[place], model[place])
        await expectLog(real[place], model[place])
      }
      expect(await strayMemberships(pair.house.db)).toEqual([])
    }),
    { numRuns: Number(process.env.MODEL_RUNS ?? 20), interruptAfterTimeLimit: 40_000, endOnFailure: false },
  )
})
