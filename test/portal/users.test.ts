// What administrators see of people and do to them: the list, one user, the hold, local users, the export.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { patchOf } from '../scim/refusal.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house?.close())

async function connected(): Promise<{ idp: ProvidedIdp; ada: ApiClient }> {
  const idp = await house.identityProvider()
  await ensureLocalIdentityProvider(house.db, idp.operator)
  return { idp, ada: await house.administrator(idp.tenantId, 'admin') }
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not processed
type Item = any

async function names(ada: ApiClient, query = ''): Promise<string[]> {
  const { status, json, text } = await ada.get(`/users${query}`)
  expect(status, text).toBe(200)
  return json.items.map(({ userName }: Item) => userName)
}

async function provision(idp: ProvidedIdp, users: object[]): Promise<string[]> {
  const ids: string[] = []
  for (const user of users) ids.push((await idp.post('/Users', user)).json.id)
  return ids
}

test('the list is searched by a part of a name in any case, and by a whole e-mail address', async () => {
  const { idp, ada } = await connected()
  await provision(idp, [
    { userName: 'al1234', displayName: 'Ada Lovelace', emails: [{ value: 'Ada.Lovelace@Example.com' }] },
    { userName: 'bob_x', displayName: 'Bob 100%' },
    { userName: 'carol' },
  ])
  expect(await names(ada, '?q=LOVE')).toEqual(['al1234'])
  expect(await names(ada, '?q=ada.lovelace%40example.COM')).toEqual(['al1234'])
  expect(await names(ada, '?q=aro')).toEqual(['carol'])
  expect(await names(ada, '?q=%25')).toEqual(['bob_x'])
  expect(await names(ada, '?q=_')).toEqual(['bob_x'])
  expect(await names(ada, '?q=nobody')).toEqual([])
  expect(await names(ada, '?q=%27%3B--')).toEqual([])
})

test('the list says what the identity provider says and what an administrator holds, and is filtered by it', async () => {
  const { idp, ada } = await connected()
  const [, bob, carol, dan] = await provision(
    idp,
    ['ada', 'bob', 'carol', 'dan'].map((userName) => ({ userName })),
  )
  await idp.patch(`/Users/${bob}`, patchOf({ op: 'replace', path: 'active', value: false }))
  await ada.post(`/users/${carol}/disable`)
  await ada.delete(`/users/${dan}`)
  const { json } = await ada.get('/users')
  expect(json).toMatchObject({ total: 4, totalIsAtLeast: false, next: null })
  expect(json.items).toMatchObject([
    { userName: 'ada', status: 'active', idpActive: true, identityProvider: { id: idp.id, type: 'saml' } },
    { userName: 'bob', status: 'inactive', idpActive: false, disabledAt: null },
    { userName: 'carol', status: 'disabled', idpActive: true, disabledAt: expect.any(String) },
    { userName: 'dan', status: 'deleted', deletedAt: expect.any(String) },
  ])
  for (const [status, name] of [
    ['active', 'ada'],
    ['inactive', 'bob'],
    ['disabled', 'carol'],
    ['deleted', 'dan'],
  ]) {
    expect(await names(ada, `?status=${status}`)).toEqual([name])
    expect((await ada.get(`/users?status=${status}`)).json.total).toBe(1)
  }
  expect(await names(ada, '?status=inactive&q=carol')).toEqual([])
})

test('several identity providers of a tenant stand in one order, or one of them alone', async () => {
  const tenant = `several-${crypto.randomUUID()}`
  await house.tenant(tenant)
  const okta = await house.identityProvider({ tenant })
  const entra = await house.identityProvider({ tenant })
  const ada = await house.administrator(okta.tenantId, 'auditor')
  await provision(okta, [{ userName: 'a', displayName: 'Z' }, { userName: 'c' }])
  await provision(entra, [{ userName: 'b', displayName: 'Y' }, { userName: 'd' }])
  expect(await names(ada)).toEqual(['a', 'b', 'c', 'd'])
  expect(await names(ada, '?order=desc')).toEqual(['d', 'c', 'b', 'a'])
  expect(await names(ada, '?sort=created')).toEqual(['a', 'c', 'b', 'd'])
  expect(await names(ada, '?sort=displayName')).toEqual(['b', 'a', 'c', 'd'])
  expect(await names(ada, '?sort=displayName&order=desc')).toEqual(['a', 'b', 'd', 'c'])
  expect(await names(ada, '?sort=changed&order=desc')).toHaveLength(4)
  expect(await names(ada, `?identityProviderId=${entra.id}`)).toEqual(['b', 'd'])
  expect((await ada.get(`/users?identityProviderId=${entra.id}`)).json.total).toBe(2)
})

test.each(['userName', 'displayName', 'created', 'changed'])(
  'walking the pages by %s meets everyone once, while others come',
  async (sort) => {
    const { idp, ada } = await connected()
    const users = Array.from({ length: 12 }, (_, i) => ({
      userName: `user-${String(i).padStart(2, '0')}`,
      ...(i % 3 !== 0 && { displayName: `Same ${i % 2}` }),
    }))
    await provision(idp, users)
    const met: string[] = []
    let after: string | null = null
    do {
      const query: string = `?sort=${sort}&limit=5${after ? `&after=${after}` : ''}`
      const { json }: { json: Item } = await ada.get(`/users${query}`)
      met.push(...json.items.map(({ userName }: Item) => userName))
      after = json.next
      await idp.post('/Users', { userName: `aaa-${met.length}`, displayName: 'A' }) // before most of them
    } while (after && met.length < 40)
    const known = met.filter((name) => name.startsWith('user-'))
    expect(known.toSorted()).toEqual(users.map(({ userName }) => userName))
    expect(new Set(met).size).toBe(met.length)
  },
)

test('the order of changes is for lists that are read in time; longer ones say so, and offer the others', async () => {
  const { idp, ada } = await connected()
  await provision(idp, [{ userName: 'first' }])
  await multiply(idp, 40_000)
  const { json } = await ada.get('/users?limit=1')
  expect(json).toMatchObject({ total: 40_001, sorts: ['userName', 'displayName', 'created'] })
  const refused = await ada.get('/users?sort=changed')
  expect([refused.status, refused.json.errors]).toEqual([
    422,
    [{ field: 'sort', message: expect.stringContaining('at most 40,000 users') }],
  ])
  const few = await ada.get('/users?sort=changed&status=inactive')
  expect(few.json, few.text).toMatchObject({ total: 0, sorts: expect.arrayContaining(['changed']) })
})

/** Makes many users of the one that there is, as if they had been provisioned. */
async function multiply(idp: ProvidedIdp, count: number): Promise<void> {
  const [{ names } = { names: [] }] = await house.db.run<{ names: string[] }>(
    SYSTEM,
    sql`select array_agg(column_name::text) as names from information_schema.columns
      where table_name = 'directory_user' and column_name not in ('id', 'user_name', 'user_name_key')`,
  )
  const others = raw(names.map((name) => `"${name}"`).join(', '))
  const AT_ONCE = 4_000
  for (let done = 0; done < count; done += AT_ONCE)
    await house.db.run(
      SYSTEM,
      sql`insert into directory_user (id, user_name, user_name_key, ${others})
        select uuidv7(), 'copy-' || n, 'copy-' || n, ${others}
        from directory_user, generate_series(${done}::int, ${done + AT_ONCE - 1}::int) n
        where idp_id = ${idp.id} and user_name = 'first'`,
    )
}

test('members of a group are found', async () => {
  const { idp, ada } = await connected()
  const [one] = await provision(idp, [{ userName: 'in' }, { userName: 'out' }])
  const group = (await idp.post('/Groups', { displayName: 'crew', members: [{ value: one }] })).json.id
  expect(await names(ada, `?groupId=${group}`)).toEqual(['in'])
  expect(await names(ada, `?groupId=${crypto.randomUUID()}`)).toEqual([])
})

test('one user is shown as SCIM shows them, with their groups, direct and nested', async () => {
  const { idp, ada } = await connected()
  const [id] = await provision(idp, [
    { userName: 'ada', externalId: 'x1', emails: [{ value: 'ada@example.com' }] },
  ])
  const inner = (await idp.post('/Groups', { displayName: 'inner', members: [{ value: id }] })).json.id
  await idp.post('/Groups', { displayName: 'outer', members: [{ value: inner }] })
  const { json } = await ada.get(`/users/${id}`)
  expect(json).toMatchObject({
    id,
    externalId: 'x1',
    email: 'ada@example.com',
    isEditable: false,
    profile: { username: 'ada' },
    groups: [
      { displayName: 'inner', type: 'direct' },
      { displayName: 'outer', type: 'indirect' },
    ],
  })
  const { json: asScim } = await idp.get(`/Users/${id}`)
  expect(json.resource).toMatchObject({ ...asScim, meta: { ...asScim.meta, location: expect.any(String) } })
})

test('the hold is seen by the identity provider, cannot be lifted by it, and has its event', async () => {
  const { idp, ada } = await connected()
  const [id] = await provision(idp, [{ userName: 'ada' }])
  const { json } = await ada.post(`/users/${id}/disable`)
  expect(json).toMatchObject({ status: 'disabled', idpActive: true, resource: { active: false } })
  await idp.patch(`/Users/${id}`, patchOf({ op: 'replace', path: 'active', value: true }))
  expect((await idp.get(`/Users/${id}`)).json.active).toBe(false)
  await ada.post(`/users/${id}/enable`)
  expect((await idp.get(`/Users/${id}`)).json.active).toBe(true)
  const { json: events } = await ada.get(`/audit-events?objectId=${id}`)
  expect(events.items).toMatchObject([
    { action: 'update', effect: 'activated', actor: { name: ada.email } },
    { action: 'update', effect: 'deactivated' },
    { action: 'create' },
  ])
  const { json: event } = await ada.get(`/audit-events/${events.items[1].id}`)
  expect(event.change).toEqual({
    before: { disabled: false, deleted: false },
    after: { disabled: true, deleted: false },
  })
})

test('who is deleted in the portal stays with the identity provider as deactivated, and comes back by its word', async () => {
  const { idp, ada } = await connected()
  const [id] = await provision(idp, [{ userName: 'ada', displayName: 'Ada' }])
  expect((await ada.delete(`/users/${id}`)).status).toBe(204)
  expect((await ada.get(`/users/${id}`)).json).toMatchObject({ status: 'deleted', profile: {} })
  expect((await idp.get(`/Users/${id}`)).json.active).toBe(false)
  expect((await idp.post('/Users', { userName: 'ada' })).status).toBe(409)
  await idp.patch(`/Users/${id}`, patchOf({ op: 'replace', path: 'active', value: true }))
  expect((await ada.get(`/users/${id}`)).json).toMatchObject({ status: 'active', deletedAt: null })
})

const LOCAL = { userName: 'grace', email: 'grace@example.com', givenName: 'Grace', department: 'Navy' }

test('local users are made, edited and deleted here, by the rules of SCIM', async () => {
  const { ada } = await connected()
  const made = await ada.post('/users', LOCAL)
  expect([made.status, made.json]).toMatchObject([
    201,
    {
      isEditable: true,
      identityProvider: { type: 'local' },
      profile: { username: 'grace', email: 'grace@example.com', firstName: 'Grace', department: 'Navy' },
    },
  ])
  const { id, version } = made.json
  const edited = await ada.request(
    'PATCH',
    `/users/${id}`,
    { familyName: 'Hopper', department: null, email: 'hopper@example.com' },
    { 'if-match': `"${version}"` },
  )
  expect(edited.json.profile).toEqual({
    username: 'grace',
    email: 'hopper@example.com',
    firstName: 'Grace',
    lastName: 'Hopper',
  })
  const stale = await ada.request('PATCH', `/users/${id}`, { title: 'x' }, { 'if-match': `"${version}"` })
  expect([stale.status, stale.json.code]).toEqual([412, 'version-changed'])
  const { json: events } = await ada.get(`/audit-events?objectId=${id}`)
  expect(events.items).toMatchObject([
    { action: 'update', actor: { type: 'administrator', name: ada.email } },
    { action: 'create' },
  ])
  expect((await ada.delete(`/users/${id}`)).status).toBe(204)
  expect((await ada.get(`/users/${id}`)).status).toBe(404)
})

test('what is wrong in the form is told at its field', async () => {
  const { ada } = await connected()
  await ada.post('/users', LOCAL)
  const fieldOf = async (body: object) => {
    const { status, json } = await ada.post('/users', body)
    return [status, json.errors[0].field]
  }
  expect(await fieldOf({ ...LOCAL, userName: 'GRACE' })).toEqual([409, 'userName'])
  // The same code as over SCIM.
  expect((await ada.post('/users', { ...LOCAL, userName: 'GRACE' })).json.code).toBe('user-name-taken')
  expect(await fieldOf({ ...LOCAL, userName: ' ' })).toEqual([400, 'userName'])
  expect(await fieldOf({ ...LOCAL, userName: 'other', email: 'no address' })).toEqual([400, 'email'])
  expect(await fieldOf({ ...LOCAL, nonsense: 1 })).toEqual([400, 'nonsense'])
})

test('users of other identity providers are not edited here', async () => {
  const { idp, ada } = await connected()
  const [id] = await provision(idp, [{ userName: 'ada' }])
  const { status, json } = await ada.patch(`/users/${id}`, { title: 'Dr' })
  expect([status, json.code]).toEqual([403, 'refused'])
  expect((await idp.get(`/Users/${id}`)).json.title).toBeUndefined()
})

test('the export holds what the filter finds, runs no formula, and is in the audit log', async () => {
  const { idp, ada } = await connected()
  await provision(idp, [{ userName: '=cmd()', displayName: 'A, "B"' }, { userName: 'bob' }])
  const csv = await ada.get('/users/export?format=csv')
  expect(csv.headers['content-disposition']).toMatch(/attachment; filename="users-.*\.csv"/)
  expect(csv.text.split('\r\n')[1]).toMatch(/^"'=cmd\(\)","A, ""B"""/)
  const { json } = await ada.get('/users/export?format=json&q=bob')
  expect(json).toMatchObject([{ userName: 'bob', status: 'active', profile: { username: 'bob' } }])
  const { json: events } = await ada.get('/audit-events?objectType=UserList')
  expect(events.items).toMatchObject([{ action: 'read', objectName: 'Users' }, { action: 'read' }])
})

test('nothing of another tenant is found or changed, and auditors change nothing', async () => {
  const { idp, ada } = await connected()
  const [id] = await provision(idp, [{ userName: 'ada' }])
  const group = (await idp.post('/Groups', { displayName: 'crew', members: [{ value: id }] })).json.id
  const { idp: theirs, ada: stranger } = await connected()
  await provision(theirs, [{ userName: 'theirs' }])
  for (const [method, path, body] of [
    ['GET', `/users/${id}`],
    ['PATCH', `/users/${id}`, { title: 'x' }],
    ['POST', `/users/${id}/disable`],
    ['POST', `/users/${id}/enable`],
    ['DELETE', `/users/${id}`],
  ] as const)
    expect((await stranger.request(method, path, body)).status, `${method} ${path}`).toBe(404)
  expect(await names(stranger, `?identityProviderId=${idp.id}`)).toEqual([])
  expect(await names(stranger, `?groupId=${group}`)).toEqual([])
  expect(await names(stranger, '?q=ada')).toEqual([])
  expect((await stranger.get(`/audit-events?objectId=${id}`)).json.items).toEqual([])
  const auditor = await house.administrator(idp.tenantId, 'auditor')
  expect(await names(auditor)).toEqual(['ada'])
  expect((await auditor.post(`/users/${id}/disable`)).status).toBe(403)
  expect((await ada.get(`/users/${id}`)).json.status).toBe('active')
})

test('a cursor that is made up is refused', async () => {
  const { ada } = await connected()
  const forged = Buffer.from(JSON.stringify(['x', "'; drop"])).toString('base64url')
  for (const after of ['nonsense', forged]) {
    const { status, json } = await ada.get(`/users?after=${after}`)
    expect([status, json.errors[0].field]).toEqual([422, 'after'])
  }
})
