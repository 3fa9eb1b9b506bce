// The version of a group names its content: whoever holds one can rely on it. @see RFC 7644 §3.14
import { afterAll, expect, test } from 'vitest'
import { patchOp } from './group-race.ts'
import { type Node, openPair, type Provider, type Reply } from './two-processes.ts'

const pair = await openPair()
afterAll(() => pair.close())

async function make(provider: Provider, path: string, body: object): Promise<string> {
  return (await provider.send(0, 'POST', path, body)).json.id
}

const user = (userName: string) => ({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName })
const group = (displayName: string, ...ids: string[]) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
  displayName,
  members: ids.map((value) => ({ value })),
})

/** Reads a group again and again until `done`. @returns contents by version */
async function watch(
  provider: Provider,
  path: string,
  done: Promise<unknown>,
): Promise<Map<string, Set<string>>> {
  const seen = new Map<string, Set<string>>()
  let over = false
  const end = done.finally(() => (over = true))
  const look = (reply: Reply) => {
    const { displayName, members = [] } = reply.json
    const content = `${displayName}: ${members.map(({ value }: { value: string }) => value).sort()}`
    seen.set(reply.etag ?? '', new Set(seen.get(reply.etag ?? '')).add(content))
  }
  const watcher = async (node: Node) => {
    while (!over) look(await provider.send(node, 'GET', path))
  }
  await Promise.all([watcher(0), watcher(1), watcher(0), watcher(1)])
  await end
  look(await provider.send(0, 'GET', path))
  return seen
}

function ambiguous(seen: Map<string, Set<string>>): string[] {
  return [...seen].filter(([, contents]) => contents.size > 1).map(([version]) => version)
}

test('a group that 20 writers rename at once never shows two contents under one version', async () => {
  const provider = await pair.provider()
  const path = `/Groups/${await make(provider, '/Groups', group('start'))}`
  const writers = Array.from({ length: 40 }, (_, place) =>
    provider.send(
      (place % 2) as Node,
      'PATCH',
      path,
      patchOp({ op: 'replace', path: 'displayName', value: `name ${place}` }),
    ),
  )
  expect(ambiguous(await watch(provider, path, Promise.all(writers)))).toEqual([])
})

test.for(['/Users', '/Groups'] as const)(
  'a group whose member is deleted in %s has a new version',
  async (path) => {
    const provider = await pair.provider()
    const body = path === '/Users' ? user('ada') : group('nested')
    const member = await make(provider, path, body)
    const holder = `/Groups/${await make(provider, '/Groups', group('holder', member))}`
    const before = await provider.send(0, 'GET', holder)
    await provider.send(1, 'DELETE', `${path}/${member}`)
    const after = await provider.send(0, 'GET', holder, undefined, { 'if-none-match': before.etag ?? '' })
    expect(after.status).toBe(200)
    expect(after.json.members).toEqual([])
    expect(after.etag).not.toBe(before.etag)
  },
)
