// Members of groups: which member an operation means, in the order of the operations, and what answers show of members.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { GROUP, patchOf, USER } from './refusal.ts'

const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

let house: House
let idp: ProvidedIdp
let count = 0
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
})
afterAll(() => house?.close())

async function user(displayName = 'Somebody'): Promise<string> {
  const body = { schemas: [USER], userName: `user-${++count}`, displayName }
  return (await idp.post('/Users', body)).json.id
}

async function group(...members: string[]): Promise<string> {
  const body = {
    schemas: [GROUP],
    displayName: `Group ${++count}`,
    members: members.map((value) => ({ value })),
  }
  const { status, json } = await idp.post('/Groups', body)
  expect(status).toBe(201)
  return json.id
}

async function membersOf(id: string): Promise<string[]> {
  const { members } = (await idp.get(`/Groups/${id}`)).json
  return members.map(({ value }: { value: string }) => value).sort()
}

async function patched(id: string, ...operations: object[]): Promise<string[]> {
  const { status, text } = await idp.patch(`/Groups/${id}`, patchOf(...operations))
  expect(status, text).toBe(204)
  return membersOf(id)
}

const add = (...ids: string[]) => ({ op: 'add', path: 'members', value: ids.map((value) => ({ value })) })
const remove = (filter: string) => ({ op: 'remove', path: `members[${filter}]` })

test('ids are compared letter by letter', async () => {
  const id = await user()
  const crew = await group(id)
  const upper = id.toUpperCase()
  expect(upper).not.toBe(id)
  const active = patchOf({ op: 'replace', path: 'active', value: false })
  for (const answer of [
    await idp.get(`/Users/${upper}`),
    await idp.put(`/Users/${upper}`, { schemas: [USER], userName: 'x' }),
    await idp.patch(`/Users/${upper}`, active),
    await idp.delete(`/Users/${upper}`),
    await idp.get(`/Groups/${crew.toUpperCase()}`),
    await idp.patch(`/Groups/${crew.toUpperCase()}`, patchOf(add(id))),
    await idp.delete(`/Groups/${crew.toUpperCase()}`),
  ])
    expect(answer.status).toBe(404)
  const Operations = [{ method: 'DELETE', path: `/Users/${upper}` }]
  const bulk = await idp.post('/Bulk', { schemas: [BULK], Operations })
  expect(bulk.json.Operations[0].status).toBe('404')
  for (const [path, filter] of [
    ['/Users', `id eq "${upper}"`],
    ['/Users', `groups.value eq "${crew.toUpperCase()}"`],
    ['/Groups', `members.value eq "${upper}"`],
    ['/Groups', `members[value eq "${upper}"]`],
    ['/Groups', `members eq "${upper}"`],
  ])
    expect((await idp.get(`${path}?filter=${encodeURIComponent(filter ?? '')}`)).json.totalResults).toBe(0)
  expect((await idp.get(`/Users?filter=${encodeURIComponent(`id eq "${id}"`)}`)).json.totalResults).toBe(1)
  expect(await membersOf(crew)).toEqual([id])
})

test('a member is meant by the very letters of its id', async () => {
  const id = await user()
  const crew = await group()
  const upper = id.toUpperCase()
  const refused = await idp.patch(`/Groups/${crew}`, patchOf(add(upper)))
  expect(refused).toMatchObject({ status: 400, json: { scimType: 'invalidValue' } })
  expect(await patched(crew, remove(`value eq "${upper}"`), add(id))).toEqual([id])
  expect(await patched(crew, add(id), remove(`value eq "${upper}"`))).toEqual([id])
  expect(await patched(crew, remove(`value eq "${upper}"`))).toEqual([id])
  const listed = { op: 'remove', path: 'members', value: [{ value: upper }] }
  expect(await patched(crew, listed)).toEqual([id])
  expect(await patched(crew, { ...listed, value: [{ value: id }] })).toEqual([])
})

test('what the same message added is removed by a later filter, and spared by an earlier one', async () => {
  const [ada, bob, eve] = [await user('Ada'), await user('Bob'), await user('Ada')] as [
    string,
    string,
    string,
  ]
  const byName = remove('display eq "Ada"')
  expect(await patched(await group(), add(ada), byName)).toEqual([])
  expect(await patched(await group(), byName, add(ada))).toEqual([ada])
  expect(await patched(await group(), add(ada, bob), byName)).toEqual([bob])
  expect(await patched(await group(eve), add(ada), byName)).toEqual([])
  expect(await patched(await group(eve), add(ada), byName, add(eve))).toEqual([eve])
  expect(await patched(await group(eve), byName, add(ada))).toEqual([ada])
  expect(await patched(await group(ada), byName, add(ada))).toEqual([ada])
  expect(await patched(await group(ada), add(ada), byName)).toEqual([])
  expect(await patched(await group(), add(ada), byName, add(ada))).toEqual([ada])
  expect(await patched(await group(), add(ada), byName, add(ada), byName)).toEqual([])
  const all = { op: 'replace', path: 'members', value: [{ value: ada }, { value: bob }] }
  expect(await patched(await group(eve), all, byName)).toEqual([bob])
  expect(await patched(await group(eve), add(ada), { op: 'remove', path: 'members' }, add(bob))).toEqual([
    bob,
  ])
})

test('what a member is decides, not what the message says it is', async () => {
  const ada = await user('Ada')
  const inner = await group()
  const lying = { op: 'add', path: 'members', value: [{ value: ada, type: 'Group' }] }
  expect(await patched(await group(), lying, remove('type eq "Group"'))).toEqual([ada])
  expect(await patched(await group(), add(ada, inner), remove('type eq "Group"'))).toEqual([ada])
  expect(await patched(await group(), add(ada, inner), remove('type eq "User"'))).toEqual([inner])
  const not = remove(`not (value eq "${ada}")`)
  expect(await patched(await group(), add(ada, inner), not)).toEqual([ada])
})

test('a change of thousands heeds the order of its operations too', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => user(i % 2 ? 'Odd' : 'Even')))
  const even = ids.filter((_, i) => i % 2 === 0).sort()
  const strangers = Array.from({ length: 2_100 }, () => ({ value: crypto.randomUUID() }))
  const crew = await group(...even)
  const many = { op: 'remove', path: 'members', value: strangers }
  expect(await patched(crew, many, add(...ids), remove('display eq "Odd"'))).toEqual(even)
  expect(await patched(crew, remove('display eq "Odd"'), many, add(...ids))).toEqual([...ids].sort())
})

test('a member that does not exist is refused, also where a later filter would remove it', async () => {
  const crew = await group()
  const message = patchOf(add(crypto.randomUUID()), remove('display eq "Ada"'))
  expect((await idp.patch(`/Groups/${crew}`, message)).status).toBe(400)
  expect(await membersOf(crew)).toEqual([])
})

test('each member has its URI', async () => {
  const ada = await user('Ada')
  const inner = await group()
  const crew = await group(ada, inner)
  const expected = [
    { value: ada, type: 'User', $ref: `${idp.endpoint}/Users/${ada}` },
    { value: inner, type: 'Group', $ref: `${idp.endpoint}/Groups/${inner}` },
  ]
  const sorted = (members: { type: string }[]) => members.toSorted((a, b) => (a.type > b.type ? -1 : 1))
  const filter = encodeURIComponent(`id eq "${crew}"`)
  for (const json of [
    (await idp.get(`/Groups/${crew}`)).json,
    (await idp.get(`/Groups?filter=${filter}`)).json.Resources[0],
    (await idp.get(`/Groups/${crew}?attributes=members`)).json,
    (
      await idp.put(`/Groups/${crew}`, {
        schemas: [GROUP],
        displayName: `Group ${++count}`,
        members: expected,
      })
    ).json,
  ])
    expect(sorted(json.members)).toEqual(expected)
  const only = (await idp.get(`/Groups/${crew}?attributes=members.$ref`)).json
  expect(only.members).toEqual(expect.arrayContaining(expected.map(({ $ref }) => ({ $ref }))))
  const found = await idp.get(
    `/Groups?filter=${encodeURIComponent(`members[$ref eq "${expected[0]?.$ref}"]`)}`,
  )
  expect(found.json.Resources.map(({ id }: { id: string }) => id)).toEqual([crew])
  expect(await patched(crew, remove(`$ref eq "${idp.endpoint}/Users/${ada}"`))).toEqual([inner])
})

test('the published schema has what answers show of members', async () => {
  const { json } = await idp.get(`/Schemas/${GROUP}`)
  const members = json.attributes.find(({ name }: { name: string }) => name === 'members')
  const names = members.subAttributes.map(({ name }: { name: string }) => name)
  expect(names.sort()).toEqual(['$ref', 'type', 'value'])
  const value = members.subAttributes.find(({ name }: { name: string }) => name === 'value')
  expect(value.caseExact).toBe(true)
})

test('an empty group shows that it is empty, where its members are asked for', async () => {
  const crew = await group()
  const filter = encodeURIComponent(`id eq "${crew}"`)
  const made = await idp.post('/Groups', { schemas: [GROUP], displayName: `Group ${++count}` })
  for (const json of [
    made.json,
    (await idp.get(`/Groups/${crew}`)).json,
    (await idp.get(`/Groups/${crew}?attributes=members`)).json,
    (await idp.get(`/Groups/${crew}?excludedAttributes=displayName`)).json,
    (await idp.get(`/Groups?filter=${filter}`)).json.Resources[0],
    (await idp.post('/Groups/.search', { schemas: [SEARCH], filter: `id eq "${crew}"` })).json.Resources[0],
  ])
    expect(json.members).toEqual([])
  for (const query of ['excludedAttributes=members', 'attributes=displayName'])
    expect((await idp.get(`/Groups/${crew}?${query}`)).json).not.toHaveProperty('members')
})
