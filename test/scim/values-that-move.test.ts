// Values that pass from one user or group to another: deleted and created again, renamed, swapped. By single requests, in one
// /Bulk, and with a group whose name or externalId is used again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { GROUP, patchOf, USER } from './refusal.ts'

const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

let house: House
let idp: ProvidedIdp
let count = 0
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  const admin = await house.administrator(idp.tenantId)
  await admin.patch(`/identity-providers/${idp.id}`, { uniqueExternalIds: true })
})
afterAll(() => house?.close())

const unique = (what: string) => `${what}-${++count}`

/** Users have their names in `userName`, groups in `displayName`; the externalId is unique for both here. */
const KINDS = [
  { path: '/Users', schema: USER, name: 'userName', attribute: 'userName' },
  { path: '/Users', schema: USER, name: 'userName', attribute: 'externalId' },
  { path: '/Groups', schema: GROUP, name: 'displayName', attribute: 'displayName' },
  { path: '/Groups', schema: GROUP, name: 'displayName', attribute: 'externalId' },
] as const

interface Operation {
  readonly method: string
  readonly path: string
  readonly bulkId?: string
  readonly data?: object
}

async function bulk(...Operations: Operation[]): Promise<string[]> {
  const { json } = await idp.post('/Bulk', { schemas: [BULK], Operations })
  return json.Operations.map(({ status }: { status: string }) => status)
}

describe.each(KINDS)('$attribute in $path', ({ path, schema, name, attribute }) => {
  const body = (value: string) =>
    attribute === name
      ? { schemas: [schema], [name]: value }
      : { schemas: [schema], [name]: unique('name'), externalId: value }
  const set = (value: string) => patchOf({ op: 'replace', path: attribute, value })

  async function create(value: string): Promise<string> {
    const { status, text, json } = await idp.post(path, body(value))
    expect(status, text).toBe(201)
    return json.id
  }
  const valueNow = async (id: string) => (await idp.get(`${path}/${id}`)).json[attribute]
  const patch = async (id: string, value: string) => (await idp.patch(`${path}/${id}`, set(value))).status
  const put = async (id: string, value: string) => {
    const { meta, id: _id, ...now } = (await idp.get(`${path}/${id}`)).json
    return (await idp.put(`${path}/${id}`, { ...now, [attribute]: value })).status
  }
  const holders = async (value: string) => {
    const filter = encodeURIComponent(`${attribute} eq "${value}"`)
    return (await idp.get(`${path}?filter=${filter}`)).json.Resources.map(({ id }: { id: string }) => id)
  }
  const patching = (id: string, value: string): Operation => ({
    method: 'PATCH',
    path: `${path}/${id}`,
    data: set(value),
  })
  const posting = (value: string): Operation => ({
    method: 'POST',
    path,
    bulkId: unique('bulk'),
    data: body(value),
  })
  const deleting = (id: string): Operation => ({ method: 'DELETE', path: `${path}/${id}` })
  const done = (statuses: readonly string[]) => statuses.map((status) => Number(status) < 300)

  test('is free as soon as its holder is deleted, and the new one has another id', async () => {
    const value = unique('value')
    const first = await create(value)
    expect((await idp.delete(`${path}/${first}`)).status).toBe(204)
    const second = await create(value)
    expect(second).not.toBe(first)
    expect(await holders(value)).toEqual([second])
    expect((await idp.get(`${path}/${first}`)).status).toBe(404)
    expect(await patch(first, value)).toBe(404)
  })

  test('is taken while its holder is there, and the refused create changes nothing', async () => {
    const value = unique('value')
    const first = await create(value)
    expect((await idp.post(path, body(value))).status).toBe(409)
    expect(await holders(value)).toEqual([first])
  })

  test('is free as soon as its holder has another', async () => {
    const value = unique('value')
    const first = await create(value)
    const second = await create(unique('value'))
    expect(await patch(second, value)).toBe(409)
    expect(await patch(first, unique('value'))).toBeLessThan(300)
    expect(await patch(second, value)).toBeLessThan(300)
    expect(await holders(value)).toEqual([second])
  })

  test('may be sent again by its own holder, by PATCH and PUT', async () => {
    const value = unique('value')
    const id = await create(value)
    expect([await patch(id, value), await put(id, value)].every((status) => status < 300)).toBe(true)
    expect(await valueNow(id)).toBe(value)
  })

  for (const [way, write] of [
    ['PATCH', patch],
    ['PUT', put],
  ] as const) {
    test(`is swapped by ${way} through a third value`, async () => {
      const [one, other, third] = [unique('value'), unique('value'), unique('value')]
      const [a, b] = [await create(one), await create(other)]
      expect(await write(a, third)).toBeLessThan(300)
      expect(await write(b, one)).toBeLessThan(300)
      expect(await write(a, other)).toBeLessThan(300)
      expect([await valueNow(a), await valueNow(b)]).toEqual([other, one])
    })

    test(`is not swapped by ${way} without one: the first request is refused`, async () => {
      const [one, other] = [unique('value'), unique('value')]
      const [a, b] = [await create(one), await create(other)]
      expect([await write(a, other), await write(b, one)]).toEqual([409, 409])
      expect([await valueNow(a), await valueNow(b)]).toEqual([one, other])
    })

    test(`goes round three by ${way}`, async () => {
      const values = [unique('value'), unique('value'), unique('value')] as const
      const [a, b, c] = [await create(values[0]), await create(values[1]), await create(values[2])]
      for (const [id, value] of [
        [a, unique('value')],
        [c, values[0]],
        [b, values[2]],
        [a, values[1]],
      ] as const)
        expect(await write(id, value)).toBeLessThan(300)
      expect([await valueNow(a), await valueNow(b), await valueNow(c)]).toEqual([
        values[1],
        values[2],
        values[0],
      ])
    })
  }

  test('is used again within one /Bulk after a DELETE', async () => {
    const value = unique('value')
    const first = await create(value)
    expect(await bulk(deleting(first), posting(value))).toEqual(['204', '201'])
    expect(await holders(value)).not.toContain(first)
    expect(await holders(value)).toHaveLength(1)
  })

  test('is taken within one /Bulk before the DELETE', async () => {
    const value = unique('value')
    const first = await create(value)
    expect(await bulk(posting(value), deleting(first))).toEqual(['409', '204'])
    expect(await holders(value)).toEqual([])
  })

  test('moves on within one /Bulk: renamed, then created, then deleted', async () => {
    const value = unique('value')
    const first = await create(value)
    expect(done(await bulk(patching(first, unique('value')), posting(value), deleting(first)))).toEqual([
      true,
      true,
      true,
    ])
    expect(await holders(value)).toHaveLength(1)
  })

  test('is swapped within one /Bulk through a third value', async () => {
    const [one, other] = [unique('value'), unique('value')]
    const [a, b] = [await create(one), await create(other)]
    const statuses = await bulk(patching(a, unique('value')), patching(b, one), patching(a, other))
    expect(done(statuses)).toEqual([true, true, true])
    expect([await valueNow(a), await valueNow(b)]).toEqual([other, one])
  })

  test('is created once when one /Bulk creates it twice', async () => {
    const value = unique('value')
    expect(await bulk(posting(value), posting(value), posting(unique('value')))).toEqual([
      '201',
      '409',
      '201',
    ])
    expect(await holders(value)).toHaveLength(1)
  })

  test('belongs to one when many are created with it at once', async () => {
    const value = unique('value')
    const answers = await Promise.all(Array.from({ length: 12 }, () => idp.post(path, body(value))))
    const statuses = answers.map(({ status }) => status).toSorted()
    expect(statuses).toEqual([201, ...Array(11).fill(409)])
    const [id] = await holders(value)
    for (const { status, json } of answers) if (status === 409) expect(json.detail).toContain(id)
  })

  test('goes to one when many are given it at once, and none is lost', async () => {
    const value = unique('value')
    const ids = await Promise.all(Array.from({ length: 8 }, () => create(unique('value'))))
    const statuses = await Promise.all(ids.map((id) => patch(id, value)))
    expect(statuses.filter((status) => status < 300)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(7)
    expect(await holders(value)).toHaveLength(1)
  })

  test('is deleted and created many times over, each time as something new', async () => {
    const value = unique('value')
    const ids = new Set<string>()
    for (let round = 0; round < 5; round++) {
      const id = await create(value)
      ids.add(id)
      await idp.delete(`${path}/${id}`)
    }
    expect([ids.size, (await holders(value)).length]).toEqual([5, 0])
  })
})

test('a user changes the letter case of the own userName, and so does a group of its name', async () => {
  const { json: user } = await idp.post('/Users', { userName: 'casey' })
  expect(
    (await idp.patch(`/Users/${user.id}`, patchOf({ op: 'replace', path: 'userName', value: 'Casey' }))).json
      .userName,
  ).toBe('Casey')
  const { json: group } = await idp.post('/Groups', { displayName: 'crew' })
  await idp.patch(`/Groups/${group.id}`, patchOf({ op: 'replace', path: 'displayName', value: 'CREW' }))
  expect((await idp.get(`/Groups/${group.id}`)).json.displayName).toBe('CREW')
})

test('a group that is created again takes the members that it is sent, not those of its predecessor', async () => {
  const [ada, bob] = await Promise.all(
    ['ada', 'bob'].map(async (name) => (await idp.post('/Users', { userName: unique(name) })).json.id),
  )
  const displayName = unique('crew')
  const first = (
    await idp.post('/Groups', { displayName, externalId: displayName, members: [{ value: ada }] })
  ).json.id
  await idp.delete(`/Groups/${first}`)
  const { json } = await idp.post('/Groups', {
    displayName,
    externalId: displayName,
    members: [{ value: bob }],
  })
  expect(json.members.map(({ value }: { value: string }) => value)).toEqual([bob])
  expect((await idp.get(`/Users/${ada}`)).json.groups ?? []).toEqual([])
})

test('a user who is deactivated and sent again is found and activated, with the same id', async () => {
  const userName = unique('rehired')
  const { json } = await idp.post('/Users', { userName, externalId: unique('external') })
  await idp.patch(`/Users/${json.id}`, patchOf({ op: 'replace', path: 'active', value: false }))
  const refused = await idp.post('/Users', { userName })
  expect(refused.json.detail).toContain('who is deactivated')
  const found = await idp.get(`/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`)
  expect(found.json.Resources.map(({ id }: { id: string }) => id)).toEqual([json.id])
  const active = await idp.patch(`/Users/${json.id}`, patchOf({ op: 'replace', path: 'active', value: true }))
  expect(active.json).toMatchObject({ id: json.id, active: true })
})

test('where externalIds may be shared, two users swap theirs without a third value', async () => {
  const own = await house.identityProvider()
  const [a, b] = await Promise.all(
    ['a', 'b'].map(
      async (externalId) => (await own.post('/Users', { userName: unique('u'), externalId })).json.id,
    ),
  )
  const set = (id: string, value: string) =>
    own.patch(`/Users/${id}`, patchOf({ op: 'replace', path: 'externalId', value }))
  expect([(await set(a, 'b')).status, (await set(b, 'a')).status]).toEqual([200, 200])
  for (const [id, value] of [
    [a, 'b'],
    [b, 'a'],
  ]) {
    const { json } = await own.get(`/Users?filter=${encodeURIComponent(`externalId eq "${value}"`)}`)
    expect(json.Resources.map((each: { id: string }) => each.id)).toEqual([id])
  }
  const admin = await house.administrator(own.tenantId)
  expect((await admin.patch(`/identity-providers/${own.id}`, { uniqueExternalIds: true })).status).toBe(200)
})
