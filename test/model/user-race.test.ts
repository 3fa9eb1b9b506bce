// Parallel writers on users, through two processes: unique names stay unique, and no attribute is lost.
import { createHash } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { loggedChanges } from './directory-rows.ts'
import { patchOp } from './group-race.ts'
import { type Node, openPair, type Provider, type Reply } from './two-processes.ts'

const pair = await openPair()
afterAll(() => pair.close())

const USER = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] }

/** All at once, every second one through the other process. */
function together(
  provider: Provider,
  count: number,
  request: (place: number) => [method: string, path: string, body?: object, headers?: Record<string, string>],
): Promise<Reply[]> {
  return Promise.all(
    Array.from({ length: count }, (_, place) => provider.send((place % 2) as Node, ...request(place))),
  )
}

function counted(replies: readonly Reply[]): Record<number, number> {
  const count: Record<number, number> = {}
  for (const { status } of replies) count[status] = (count[status] ?? 0) + 1
  return count
}

async function actions(provider: Provider): Promise<string[]> {
  return (await loggedChanges(pair.house.db, provider.idp.id)).map(({ action }) => action)
}

async function listed(provider: Provider): Promise<{ id: string; userName: string }[]> {
  const { json } = await provider.send(1, 'GET', '/Users')
  expect(json.totalResults).toBe(json.Resources?.length ?? 0)
  return json.Resources ?? []
}

test('of 50 creates of one userName at once exactly one succeeds, in each identity provider', async () => {
  const both = [await pair.provider('creates'), await pair.provider('creates')]
  const spelled = (place: number) => (place % 3 ? 'ada@example.com' : 'Ada@Example.COM')
  await Promise.all(
    both.map(async (provider) => {
      const replies = await together(provider, 50, (place) => [
        'POST',
        '/Users',
        { ...USER, userName: spelled(place) },
      ])
      expect(counted(replies)).toEqual({ 201: 1, 409: 49 })
      expect(await listed(provider)).toHaveLength(1)
      expect(await actions(provider)).toEqual(['create'])
    }),
  )
})

test('of 50 creates of one externalId at once exactly one succeeds where it is unique, and all where it may be shared', async () => {
  const shared = await pair.provider()
  const created = await together(shared, 50, (place) => [
    'POST',
    '/Users',
    { ...USER, userName: `user ${place}`, externalId: 'the same' },
  ])
  expect(counted(created)).toEqual({ 201: 50 })
  const provider = await pair.provider(undefined, { uniqueExternalIds: true })
  const replies = await together(provider, 50, (place) => [
    'POST',
    '/Users',
    { ...USER, userName: `user ${place}`, externalId: 'the same' },
  ])
  expect(counted(replies)).toEqual({ 201: 1, 409: 49 })
  expect(await listed(provider)).toHaveLength(1)
  expect(await actions(provider)).toEqual(['create'])
})

test('of 20 users that take one userName or externalId by PATCH at once, one gets it', async () => {
  const provider = await pair.provider(undefined, { uniqueExternalIds: true })
  const made = await together(provider, 20, (place) => [
    'POST',
    '/Users',
    { ...USER, userName: `user ${place}` },
  ])
  for (const path of ['userName', 'externalId']) {
    const replies = await together(provider, 20, (place) => [
      'PATCH',
      `/Users/${made[place]?.json.id}`,
      patchOp({ op: 'replace', path, value: 'coveted' }),
    ])
    expect(counted(replies)).toEqual({ 200: 1, 409: 19 })
  }
  expect(await actions(provider)).toHaveLength(22)
})

test('one name that is created and deleted by many at once is never refused with a 5xx', async () => {
  const provider = await pair.provider()
  const deletes: Promise<Reply>[] = []
  const creates = await Promise.all(
    Array.from({ length: 60 }, async (_, place) => {
      const node = (place % 2) as Node
      const reply = await provider.send(node, 'POST', '/Users', { ...USER, userName: 'phoenix' })
      if (reply.status === 201) deletes.push(provider.send(node, 'DELETE', `/Users/${reply.json.id}`))
      return reply
    }),
  )
  const gone = counted(await Promise.all(deletes))
  const { 201: born = 0, 409: refused = 0, ...rest } = counted(creates)
  expect({ rest, all: born + refused, gone }).toEqual({ rest: {}, all: 60, gone: { 204: born } })
  expect(await listed(provider)).toEqual([])
  expect((await actions(provider)).sort()).toEqual([
    ...Array(born).fill('create'),
    ...Array(born).fill('delete'),
  ])
})

test('a user that signed in before it was provisioned is adopted by exactly one of 20 creates', async () => {
  const provider = await pair.provider()
  const id = crypto.randomUUID()
  const { id: idpId, tenantId } = provider.idp
  await pair.house.db.run(
    SYSTEM,
    sql`insert into directory_user (id, tenant_id, idp_id, user_name, user_name_key, active, idp_active, provisioned, resource)
      values (${id}, ${tenantId}, ${idpId}, 'early', 'early', true, true, false,
        ${JSON.stringify({ schemas: USER.schemas, id, userName: 'early', active: true })})`,
  )
  const replies = await together(provider, 20, (place) => [
    'POST',
    '/Users',
    { ...USER, userName: 'early', title: `title ${place}` },
  ])
  expect(counted(replies)).toEqual({ 201: 1, 409: 19 })
  expect(await actions(provider)).toEqual(['create'])
  const winner = replies.find(({ status }) => status === 201)
  expect(await listed(provider)).toMatchObject([{ id, title: winner?.json.title }])
})

const ATTRIBUTES = [
  ...[
    'displayName',
    'nickName',
    'profileUrl',
    'title',
    'userType',
    'preferredLanguage',
    'locale',
    'timezone',
  ],
  ...['externalId', 'name.givenName', 'name.familyName', 'name.middleName', 'name.honorificPrefix'],
  ...['department', 'division', 'costCenter', 'organization', 'employeeNumber'].map(
    (name) => `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:${name}`,
  ),
  'emails[type eq "work"].value',
  'emails[type eq "home"].value',
]

test('of 20 PATCHes of different attributes of one user none is lost, and each has one event and one version', async () => {
  const provider = await pair.provider()
  const { json: ada } = await provider.send(0, 'POST', '/Users', {
    ...USER,
    userName: 'ada',
    emails: [
      { type: 'work', value: 'before' },
      { type: 'home', value: 'before' },
    ],
  })
  const path = `/Users/${ada.id}`
  const replies = await together(provider, ATTRIBUTES.length, (place) => [
    'PATCH',
    path,
    patchOp({ op: 'replace', path: ATTRIBUTES[place], value: 'after' }),
  ])
  expect(counted(replies)).toEqual({ 200: 20 })
  expect(new Set([ada.meta.version, ...replies.map(({ etag }) => etag)]).size).toBe(21)
  const { json } = await provider.send(1, 'GET', path)
  const text = JSON.stringify(json)
  expect(text).not.toContain('before')
  expect(text.match(/"after"/g)).toHaveLength(20)
  expect(await actions(provider)).toEqual(['create', ...Array(20).fill('update')])
})

test('20 PUTs at once end in one of them whole, and versions never come twice', async () => {
  const provider = await pair.provider()
  const { json: ada } = await provider.send(0, 'POST', '/Users', { ...USER, userName: 'ada' })
  const replies = await together(provider, 20, (place) => [
    'PUT',
    `/Users/${ada.id}`,
    { ...USER, userName: 'ada', title: `title ${place}`, nickName: `title ${place}` },
  ])
  expect(counted(replies)).toEqual({ 200: 20 })
  expect(new Set(replies.map(({ etag }) => etag)).size).toBe(20)
  const { json } = await provider.send(1, 'GET', `/Users/${ada.id}`)
  expect(json.title).toBe(json.nickName)
  const newest = replies.map(({ etag }) => Number(etag?.replace(/\D/g, ''))).toSorted((a, b) => b - a)[0]
  expect(replies.find(({ json: put }) => put.title === json.title)?.etag).toBe(`W/"${newest}"`)
  expect(await actions(provider)).toHaveLength(21)
})

test('of 20 changes that name the same version exactly one happens', async () => {
  const provider = await pair.provider()
  const { json: ada, etag } = await provider.send(0, 'POST', '/Users', { ...USER, userName: 'ada' })
  const ifMatch = { 'if-match': etag ?? '' }
  const replies = await together(provider, 20, (place) => [
    'PATCH',
    `/Users/${ada.id}`,
    patchOp({ op: 'replace', path: 'title', value: `title ${place}` }),
    ifMatch,
  ])
  expect(counted(replies)).toEqual({ 200: 1, 412: 19 })
  expect(await actions(provider)).toEqual(['create', 'update'])
})

test('lastModified of a user never goes back', async () => {
  const provider = await pair.provider()
  const { json: ada } = await provider.send(0, 'POST', '/Users', { ...USER, userName: 'ada' })
  const replies = await together(provider, 30, (place) => [
    'PATCH',
    `/Users/${ada.id}`,
    patchOp({ op: 'replace', path: 'title', value: `title ${place}` }),
  ])
  const byVersion = replies.toSorted(
    (a, b) => Number(a.etag?.replace(/\D/g, '')) - Number(b.etag?.replace(/\D/g, '')),
  )
  const times = byVersion.map(({ json }) => json.meta.lastModified)
  expect(times).toEqual([...times].sort())
})

test('every request sent twice, shuffled, has one effect and one event', async () => {
  const provider = await pair.provider()
  const people = Array.from({ length: 10 }, (_, place) => `user ${place}`)
  const twice = [...people, ...people].toSorted((a, b) => digest(a).localeCompare(digest(b)))
  const created = await together(provider, 20, (place) => [
    'POST',
    '/Users',
    { ...USER, userName: twice[place], externalId: twice[place] },
  ])
  expect(counted(created)).toEqual({ 201: 10, 409: 10 })
  const ids = created.filter(({ status }) => status === 201).map(({ json }) => `/Users/${json.id}`)
  const paths = [...ids, ...ids.toReversed()]
  const patch = patchOp({ op: 'replace', path: 'active', value: false })
  expect(counted(await together(provider, 20, (place) => ['PATCH', paths[place] ?? '', patch]))).toEqual({
    200: 20,
  })
  const gone = await together(provider, 20, (place) => ['DELETE', paths[place] ?? ''])
  expect(counted(gone)).toEqual({ 204: 10, 404: 10 })
  expect(await actions(provider)).toEqual(
    ['create', 'update', 'delete'].flatMap((action) => Array(10).fill(action)),
  )
})

/** Orders texts as if by chance, the same way each time. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
