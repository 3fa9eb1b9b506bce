// `/Bulk`, entered by the front door. What the messages mean and in which order operations are done is tested where it is
// decided, in src/protocol/scim/bulk*.test.ts. @see RFC 7644 §3.7
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'

import { changeIdentityProvider, setEnabled } from '#identity-providers/change.ts'

import { sql } from '#platform/database/sql.ts'
import { openHouse, type ProvidedIdp } from '#test/harness.ts'
import { ask, expectScimError, GROUP, patchOf, USER } from './refusal.ts'

const house = await openHouse()
afterAll(() => house.close())

const BULK_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function bulk(idp: ProvidedIdp, Operations: unknown[], more: object = {}) {
  return idp.post('/Bulk', { schemas: [BULK_REQUEST], Operations, ...more })
}

function postUser(userName: string, more: object = {}) {
  return { method: 'POST', path: '/Users', bulkId: userName, data: { schemas: [USER], userName, ...more } }
}

function postGroup(displayName: string, ...members: string[]) {
  const data = { schemas: [GROUP], displayName, members: members.map((value) => ({ value })) }
  return { method: 'POST', path: '/Groups', bulkId: displayName, data }
}

type Answered = { status: string; location: string; version: string; response?: { detail: string } }

/** Sends it and answers its operations. */
async function operationsOf(idp: ProvidedIdp, Operations: unknown[], more: object = {}): Promise<Answered[]> {
  const response = await bulk(idp, Operations, more)
  expect(response.status, response.text).toBe(200)
  expect(response.json.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:BulkResponse'])
  return response.json.Operations
}

const statusesOf = (operations: Answered[]) => operations.map(({ status }) => status)
const idOf = (operation: Answered | undefined) => operation?.location.split('/').at(-1) ?? ''
const pathOf = (idp: ProvidedIdp, operation: Answered | undefined) =>
  operation?.location.slice(idp.endpoint.length) ?? ''

async function names(idp: ProvidedIdp, type: 'Users' | 'Groups'): Promise<string[]> {
  const { json } = await idp.get(`/${type}?count=1000`)
  return (json.Resources as { userName?: string; displayName: string }[])
    .map((each) => each.userName ?? each.displayName)
    .sort()
}

test('what is published is what is enforced', async () => {
  const idp = await house.identityProvider()
  const { json } = await idp.get('/ServiceProviderConfig')
  expect(json.bulk).toEqual({ supported: true, maxOperations: 1_000, maxPayloadSize: 1_048_576 })

  const operation = { method: 'GET', path: '/Users' }
  const tooMany = await bulk(idp, Array(1_001).fill(operation))
  expectScimError(tooMany, { status: 413, says: [/maxOperations \(1000\)/] })
  expect((await bulk(idp, Array(1_000).fill(operation))).json.Operations).toHaveLength(1_000)

  const tooLarge = `{"schemas":["${BULK_REQUEST}"],"Operations":[${' '.repeat(1_048_576)}]}`
  for (const chunked of [false, true]) {
    const response = await ask(idp, { path: '/Bulk', body: tooLarge, chunked })
    expectScimError(response, { status: 413, says: [/maxPayloadSize \(1048576\)/] })
  }
  expectScimError(await idp.get('/Bulk'), { status: 405 })
})

test('every method is done, and answered with what one needs to go on', async () => {
  const idp = await house.identityProvider()
  const [ada, bob, crew] = await operationsOf(idp, [postUser('ada'), postUser('bob'), postGroup('crew')])
  const user = await idp.get(pathOf(idp, ada))
  expect(ada).toEqual({
    location: `${idp.endpoint}/Users/${user.json.id}`,
    method: 'POST',
    bulkId: 'ada',
    version: user.headers.etag,
    status: '201',
  })
  const operations = await operationsOf(idp, [
    { method: 'PUT', path: pathOf(idp, ada), data: { schemas: [USER], userName: 'ada', title: 'Countess' } },
    { method: 'PATCH', path: pathOf(idp, bob), data: patchOf({ op: 'add', path: 'title', value: 'Dr' }) },
    {
      method: 'PATCH',
      path: pathOf(idp, crew),
      data: patchOf({ op: 'add', path: 'members', value: [{ value: idOf(ada) }] }),
    },
    { method: 'PUT', path: pathOf(idp, crew), data: { schemas: [GROUP], displayName: 'staff' } },
    { method: 'DELETE', path: pathOf(idp, bob), bulkId: 'mine' },
    { method: 'DELETE', path: pathOf(idp, crew) },
  ])
  expect(statusesOf(operations)).toEqual(['200', '200', '204', '200', '204', '204'])
  expect(operations[4]).toEqual({ location: bob?.location, method: 'DELETE', bulkId: 'mine', status: '204' })
  expect(operations[0]?.version).toBe((await idp.get(pathOf(idp, ada))).headers.etag)
  expect(await names(idp, 'Users')).toEqual(['ada'])
  expect(await names(idp, 'Groups')).toEqual([])
})

test('bulkIds stand for ids wherever a resource is named, also one that comes later', async () => {
  const idp = await house.identityProvider()
  const operations = await operationsOf(idp, [
    postGroup('crew', 'bulkId:ada', 'bulkId:bob'),
    postUser('bob', { schemas: [USER, ENTERPRISE], [ENTERPRISE]: { manager: { value: 'bulkId:ada' } } }),
    {
      method: 'PATCH',
      path: '/Groups/bulkId:crew',
      data: patchOf({ op: 'remove', path: 'members[value eq "bulkId:bob"]' }),
    },
    postUser('ada'),
    { method: 'PATCH', path: '/Users/bulkId:ada', data: patchOf({ op: 'add', path: 'title', value: 'Dr' }) },
  ])
  expect(statusesOf(operations)).toEqual(['201', '201', '204', '201', '200'])
  const [crew, bob, , ada] = await Promise.all(operations.map((each) => idp.get(pathOf(idp, each))))
  expect(crew?.json.members).toMatchObject([{ value: ada?.json.id, type: 'User' }])
  expect(bob?.json[ENTERPRISE].manager.value).toBe(ada?.json.id)
  expect(ada?.json.title).toBe('Dr')
})

test('groups that hold each other are created, and then linked', async () => {
  const idp = await house.identityProvider()
  const operations = await operationsOf(idp, [
    postGroup('a', 'bulkId:b', 'bulkId:ada'),
    postGroup('b', 'bulkId:a'),
    postUser('ada'),
  ])
  expect(statusesOf(operations)).toEqual(['201', '201', '201'])
  const [a, b, ada] = await Promise.all(operations.map((each) => idp.get(pathOf(idp, each))))
  const members = (a?.json.members ?? []).map(({ value }: { value: string }) => value).sort()
  expect(members).toEqual([ada?.json.id, b?.json.id].sort())
  expect(b?.json.members).toMatchObject([{ value: a?.json.id, type: 'Group' }])
  expect(operations[0]?.version).toBe(a?.headers.etag)
})

test('people who manage each other are created, and then linked', async () => {
  const idp = await house.identityProvider()
  const managedBy = (bulkId: string) => ({
    schemas: [USER, ENTERPRISE],
    [ENTERPRISE]: { department: 'X', manager: { value: `bulkId:${bulkId}` } },
  })
  const operations = await operationsOf(idp, [
    postUser('ada', managedBy('bob')),
    postUser('bob', managedBy('ada')),
  ])
  expect(statusesOf(operations)).toEqual(['201', '201'])
  const [ada, bob] = await Promise.all(operations.map((each) => idp.get(pathOf(idp, each))))
  expect(ada?.json[ENTERPRISE]).toMatchObject({ department: 'X', manager: { value: bob?.json.id } })
  expect(bob?.json[ENTERPRISE]).toMatchObject({ department: 'X', manager: { value: ada?.json.id } })
})

test('of a circle that cannot be closed nothing stays, and the others are done', async () => {
  const idp = await house.identityProvider()
  await operationsOf(idp, [postGroup('b')])
  const operations = await operationsOf(idp, [
    postGroup('a', 'bulkId:other'),
    { ...postGroup('b', 'bulkId:a'), bulkId: 'other' },
    postGroup('c'),
  ])
  expect(statusesOf(operations)).toEqual(['409', '409', '201'])
  expect(operations[0]).not.toHaveProperty('location')
  expect(operations[0]?.response?.detail).toMatch(/bulkId "other"/)
  expect(operations[1]?.response?.detail).toMatch(/displayName ".*" is taken/)
  expect(await names(idp, 'Groups')).toEqual(['b', 'c'])
})

test('a bulkId of nothing, or of what failed, fails those that refer to it with 409', async () => {
  const idp = await house.identityProvider()
  const operations = await operationsOf(idp, [
    postGroup('none', 'bulkId:nobody'),
    postUser('bad', { userName: '' }),
    postGroup('failed', 'bulkId:bad'),
    { method: 'DELETE', path: '/Users/bulkId:bad' },
    postGroup('good'),
  ])
  expect(statusesOf(operations)).toEqual(['409', '400', '409', '409', '201'])
  expect(operations[3]).not.toHaveProperty('location')
  expect(await names(idp, 'Groups')).toEqual(['good'])
})

test('a version is a precondition', async () => {
  const idp = await house.identityProvider()
  const [ada, crew] = await operationsOf(idp, [postUser('ada'), postGroup('crew')])
  const rename = (operation: Answered | undefined, version: string | undefined) => ({
    method: 'PATCH',
    path: pathOf(idp, operation),
    version,
    data: patchOf({ op: 'replace', path: 'displayName', value: randomUUID() }),
  })
  const operations = await operationsOf(idp, [
    rename(ada, ada?.version),
    rename(ada, ada?.version),
    rename(crew, crew?.version.slice(2)), // a strong tag is compared weakly too
    rename(crew, crew?.version),
    rename(ada, '*'),
    rename(ada, 'no tag'),
    { method: 'DELETE', path: pathOf(idp, ada), version: ada?.version },
    { method: 'DELETE', path: pathOf(idp, crew), version: crew?.version },
  ])
  expect(statusesOf(operations)).toEqual(['200', '412', '204', '412', '200', '400', '412', '412'])
  expect(operations[1]).toMatchObject({ location: ada?.location, response: { status: '412' } })
})

test('it goes on after failures, and stops after as many as the client accepts', async () => {
  const idp = await house.identityProvider()
  const failing = (userName: string) => postUser(userName, { active: 'maybe' })
  const five = [failing('1'), postUser('2'), failing('3'), postUser('4'), failing('5')]
  expect(statusesOf(await operationsOf(idp, five))).toEqual(['400', '201', '400', '201', '400'])
  const again = [postUser('new'), ...five, postUser('late')]
  const stopped = await operationsOf(idp, again, { failOnErrors: 3 })
  expect(statusesOf(stopped)).toEqual(['201', '400', '409', '400'])
  expect(await names(idp, 'Users')).toEqual(['2', '4', 'new'])
  expect(statusesOf(await operationsOf(idp, [failing('x'), postUser('y')], { failOnErrors: 1 }))).toEqual([
    '400',
  ])
})

test('a hundred and more users are created at once; the ones that are taken say by whom', async () => {
  const idp = await house.identityProvider()
  await changeIdentityProvider(house.db, idp.operator, idp.id, { uniqueExternalIds: true })
  const { json: ada } = await idp.post('/Users', { schemas: [USER], userName: 'ada', externalId: 'e-ada' })
  const many = Array.from({ length: 250 }, (_, i) =>
    postUser(`user-${i}`, {
      externalId: `e-${i}`,
      emails: [{ value: `u${i}@example.com` }, { value: `"{${i},}"@x` }],
    }),
  )
  const operations = await operationsOf(idp, [
    ...many.slice(0, 20),
    { ...postUser('ADA'), bulkId: 'same name' },
    { ...postUser('other', { externalId: 'e-ada' }), bulkId: 'same externalId' },
    { ...postUser('user-3'), bulkId: 'twice' },
    { ...postUser('another', { externalId: 'e-4' }), bulkId: 'twice by externalId' },
    ...many.slice(20),
  ])
  const failed = operations.filter(({ status }) => status !== '201')
  expect(failed.map(({ response }) => response?.detail.replace(/[\da-f-]{36}/, 'id'))).toEqual([
    'userName "ADA" is taken by the user "ada" (id id), who is active.',
    'externalId "e-ada" is taken by the user "ada" (id id), who is active.',
    'userName "user-3" is taken by the user "user-3" (id id), who is active.',
    'externalId "e-4" is taken by the user "user-4" (id id), who is active.',
  ])
  expect(failed[0]).toMatchObject({ status: '409', response: { scimType: 'uniqueness' } })
  expect(failed[0]?.response?.detail).toContain(ada.id)
  expect(await names(idp, 'Users')).toHaveLength(251)

  const { json } = await idp.get(pathOf(idp, operations[7]))
  const single = await idp.post('/Users', { ...many[7]?.data, userName: 'single', externalId: 'single' })
  expect(json).toEqual({
    ...single.json,
    id: json.id,
    userName: 'user-7',
    externalId: 'e-7',
    meta: { ...json.meta, version: single.json.meta.version },
  })
  for (const email of ['u249@example.com', '"{249,}"@x']) {
    const filter = encodeURIComponent(`emails.value eq ${JSON.stringify(email)}`)
    expect((await idp.get(`/Users?filter=${filter}`)).json.totalResults).toBe(1)
  }
})

test('users are deleted at once, each one once', async () => {
  const idp = await house.identityProvider()
  const users = await operationsOf(
    idp,
    ['a', 'b', 'c'].map((name) => postUser(name)),
  )
  await operationsOf(idp, [postGroup('crew', ...users.map(idOf))])
  const [a, b] = users.map((each) => ({ method: 'DELETE', path: pathOf(idp, each) }))
  const strange = ['nobody', randomUUID()].map((id) => ({ method: 'DELETE', path: `/Users/${id}` }))
  expect(statusesOf(await operationsOf(idp, [a, b, a, ...strange]))).toEqual([
    '204',
    '204',
    '404',
    '404',
    '404',
  ])
  expect(await names(idp, 'Users')).toEqual(['c'])
  const { json } = await idp.get('/Groups')
  expect(json.Resources[0].members).toMatchObject([{ value: idOf(users[2]), type: 'User' }])
})

test('the log tells of each operation by itself, as of single requests', async () => {
  const told = async (idp: ProvidedIdp) => {
    const events = await idp.events()
    return events
      .map(({ change, ...event }) => ({
        ...event,
        change: (change ?? '').replace(/[\da-f]{8}-[\da-f-]{27}/g, 'id'),
      }))
      .map((event) => JSON.stringify(event))
      .sort()
  }
  const one = await house.identityProvider()
  for (const userName of ['a', 'b', 'a']) await one.post('/Users', { schemas: [USER], userName })
  for (const { id } of (await one.get('/Users')).json.Resources) await one.delete(`/Users/${id}`)

  const other = await house.identityProvider()
  const users = [postUser('a'), postUser('b'), { ...postUser('a'), bulkId: 'c' }]
  const [a, b] = (await operationsOf(other, users)).slice(0, 2).map((each) => ({
    method: 'DELETE',
    path: pathOf(other, each),
  }))
  await operationsOf(other, [a, b])
  expect(await told(other)).toEqual(await told(one))
  expect(await other.events()).toHaveLength(5)
})

test('a user that signed in first is taken over, and stays when a circle around it fails', async () => {
  const idp = await house.identityProvider()
  const [ada, bob] = await operationsOf(idp, [postUser('ada'), postUser('bob')])
  await idp.delete(pathOf(idp, bob))
  // Until there is sign-in, that is how such a user looks.
  await house.db.run(
    { tenantId: idp.tenantId },
    sql`update directory_user set provisioned = false where id = ${idOf(ada)}`,
  )
  const circle = (more: object) => [
    postUser('ada', { schemas: [USER, ENTERPRISE], [ENTERPRISE]: { manager: { value: 'bulkId:bob' } } }),
    postUser('bob', {
      schemas: [USER, ENTERPRISE],
      [ENTERPRISE]: { manager: { value: 'bulkId:ada' } },
      ...more,
    }),
  ]
  expect(statusesOf(await operationsOf(idp, circle({ active: 'maybe' })))).toEqual(['409', '400'])
  expect(await names(idp, 'Users')).toEqual(['ada'])
})

/** Sends it, and does something while its second operation, a change of Ada, waits for a lock. */
async function meanwhile(idp: ProvidedIdp, act: () => Promise<unknown>): Promise<Answered[]> {
  const [ada] = await operationsOf(idp, [postUser('ada')])
  const title = patchOf({ op: 'add', path: 'title', value: 'Dr' })
  const operations = [
    postUser('before'),
    { method: 'PATCH', path: pathOf(idp, ada), data: title },
    postUser('after'),
  ]
  let answer: Promise<Answered[]> | undefined
  await house.db.transaction({ tenantId: idp.tenantId }, async (tx) => {
    await tx.query(sql`select from directory_user where id = ${idOf(ada)} for update`)
    answer = operationsOf(idp, operations)
    await pause(300)
    await act()
  })
  return answer ?? []
}

test('every operation is done by the rights that hold when its turn comes', async () => {
  const idp = await house.identityProvider()
  const operations = await meanwhile(idp, () => setEnabled(house.db, idp.operator, idp.id, false))
  expect(statusesOf(operations)).toEqual(['201', '200', '403'])
  await setEnabled(house.db, idp.operator, idp.id, true)
  expect(await names(idp, 'Users')).toEqual(['ada', 'before'])
})

test('a change of the identity provider that leaves the rights as they are lets it go on, and repeats nothing', async () => {
  const idp = await house.identityProvider()
  const operations = await meanwhile(idp, async () => {
    await setEnabled(house.db, idp.operator, idp.id, false)
    await setEnabled(house.db, idp.operator, idp.id, true)
  })
  expect(statusesOf(operations)).toEqual(['201', '200', '201'])
  expect((await idp.events()).filter(({ objectType }) => objectType === 'User')).toHaveLength(4)
})

test('where nothing could be done any more, the whole request is refused', async () => {
  const idp = await house.identityProvider()
  await setEnabled(house.db, idp.operator, idp.id, false)
  expectScimError(await bulk(idp, [postUser('bob')]), { status: 403 })
})

test('a bulk request in a bulk request, or out of the endpoint, is not carried out', async () => {
  const idp = await house.identityProvider()
  const other = await house.identityProvider()
  const inner = { schemas: [BULK_REQUEST], Operations: [postUser('inner')] }
  const operations = await operationsOf(idp, [
    { method: 'POST', path: '/Bulk', bulkId: 'b', data: inner },
    {
      method: 'POST',
      path: `/../${other.id}/Users`,
      bulkId: 'c',
      data: { schemas: [USER], userName: 'inner' },
    },
  ])
  expect(statusesOf(operations)).toEqual(['400', '400'])
  expect([...(await names(idp, 'Users')), ...(await names(other, 'Users'))]).toEqual([])
})

test('bulk requests with the same users at the same moment create each one once', async () => {
  const idp = await house.identityProvider()
  const users = Array.from({ length: 60 }, (_, i) => postUser(`user-${i}`, { externalId: `e-${i}` }))
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => operationsOf(idp, i % 2 === 0 ? users : users.toReversed())),
  )
  const statuses = answers.flatMap(statusesOf)
  expect(statuses.filter((status) => status === '201')).toHaveLength(60)
  expect(statuses.filter((status) => status === '409')).toHaveLength(7 * 60)
  const events = await idp.events()
  expect(events.filter(({ result }) => result === 'success')).toHaveLength(60)
})
