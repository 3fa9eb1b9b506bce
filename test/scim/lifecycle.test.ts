import { afterAll, expect, test } from 'vitest'
import { deleteUser, disableUser, enableUser, showUser } from '#directory/administration/portal-users.ts'
import { openHouse } from '#test/harness.ts'

const house = await openHouse()
afterAll(() => house.close())

const ADA = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'ada@example.com',
  externalId: 'ada-1',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [{ value: 'ada@example.com', type: 'work', primary: true }],
}

function patch(...Operations: object[]) {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }
}

const ACTIVE = patch({ op: 'replace', path: 'active', value: true })
const INACTIVE = patch({ op: 'replace', path: 'active', value: false })

test('a user arrives active, with a profile from its attributes, and the log says who brought it', async () => {
  const okta = await house.identityProvider()
  const created = await okta.post('/Users', ADA)
  expect(created.status).toBe(201)
  expect(created.headers.location).toBe(`${okta.endpoint}/Users/${created.json.id}`)
  expect(created.json).toMatchObject({
    active: true,
    meta: { resourceType: 'User', location: created.headers.location },
  })
  expect(created.json.meta.lastModified).toBe(created.json.meta.created)
  const shown = await showUser(house.db, okta.tenantId, created.json.id)
  expect(shown.profile).toMatchObject({
    username: 'ada@example.com',
    email: 'ada@example.com',
    firstName: 'Ada',
  })
  expect(await okta.events()).toMatchObject([
    {
      action: 'create',
      objectType: 'User',
      objectName: 'ada@example.com',
      result: 'success',
      actorType: 'idp',
    },
  ])
})

test('deactivation is kept, shown and logged once; sending it again writes nothing', async () => {
  const okta = await house.identityProvider()
  const { json: ada } = await okta.post('/Users', ADA)
  const off = await okta.patch(`/Users/${ada.id}`, INACTIVE)
  expect(off).toMatchObject({ status: 200, json: { active: false } })
  const again = await okta.patch(`/Users/${ada.id}`, INACTIVE)
  expect(again.json.meta).toEqual(off.json.meta)
  expect(again.headers.etag).toBe(off.headers.etag)
  const events = await okta.events()
  expect(events.map(({ action }) => action)).toEqual(['create', 'update'])
  expect(JSON.parse(events[1]?.change ?? '')).toEqual({ before: { active: true }, after: { active: false } })
})

test('a PUT of what is there already writes nothing', async () => {
  const okta = await house.identityProvider()
  const { json: ada } = await okta.post('/Users', ADA)
  const put = await okta.put(`/Users/${ada.id}`, ada)
  expect(put).toMatchObject({ status: 200, json: { meta: ada.meta } })
  expect(await okta.events()).toHaveLength(1)
})

test("an administrator's hold shows as inactive, and the identity provider cannot lift it", async () => {
  const okta = await house.identityProvider()
  const { json: ada } = await okta.post('/Users', ADA)
  await disableUser(house.db, okta.operator, ada.id)
  expect((await okta.get(`/Users/${ada.id}`)).json.active).toBe(false)
  expect((await okta.get('/Users?filter=active%20eq%20false')).json.totalResults).toBe(1)
  await okta.patch(`/Users/${ada.id}`, INACTIVE)
  expect((await okta.patch(`/Users/${ada.id}`, ACTIVE)).json.active).toBe(false)
  await enableUser(house.db, okta.operator, ada.id)
  expect((await okta.get(`/Users/${ada.id}`)).json.active).toBe(true)
})

test('what the identity provider said during the hold holds afterwards', async () => {
  const okta = await house.identityProvider()
  const { json: ada } = await okta.post('/Users', ADA)
  await disableUser(house.db, okta.operator, ada.id)
  await okta.patch(`/Users/${ada.id}`, INACTIVE)
  await enableUser(house.db, okta.operator, ada.id)
  expect((await okta.get(`/Users/${ada.id}`)).json.active).toBe(false)
})

test('a user deleted in the portal is inactive for the identity provider, and its "active" brings the profile back', async () => {
  const okta = await house.identityProvider()
  const { json: ada } = await okta.post('/Users', ADA)
  await deleteUser(house.db, okta.operator, ada.id)
  expect(await showUser(house.db, okta.tenantId, ada.id)).toMatchObject({ status: 'deleted', profile: {} })
  expect(await okta.get(`/Users/${ada.id}`)).toMatchObject({
    status: 200,
    json: { active: false, userName: ADA.userName },
  })
  expect(await okta.post('/Users', ADA)).toMatchObject({ status: 409, json: { scimType: 'uniqueness' } })
  expect((await okta.patch(`/Users/${ada.id}`, ACTIVE)).json.active).toBe(true)
  const back = await showUser(house.db, okta.tenantId, ada.id)
  expect(back).toMatchObject({ id: ada.id, status: 'active', profile: { firstName: 'Ada' } })
})

test('a change other than "active" does not bring back what the portal deleted', async () => {
  const okta = await house.identityProvider()
  const { json: ada } = await okta.post('/Users', ADA)
  await deleteUser(house.db, okta.operator, ada.id)
  await okta.patch(`/Users/${ada.id}`, patch({ op: 'replace', path: 'title', value: 'Countess' }))
  expect((await showUser(house.db, okta.tenantId, ada.id)).status).toBe('deleted')
})

test('a user deleted by the identity provider is gone, and the same userName is a new person', async () => {
  const okta = await house.identityProvider()
  const { json: ada } = await okta.post('/Users', ADA)
  await deleteUser(house.db, okta.operator, ada.id)
  expect((await okta.delete(`/Users/${ada.id}`)).status).toBe(204)
  for (const method of ['get', 'delete'] as const)
    expect((await okta[method](`/Users/${ada.id}`)).status).toBe(404)
  expect((await okta.patch(`/Users/${ada.id}`, ACTIVE)).status).toBe(404)
  const { json: next } = await okta.post('/Users', ADA)
  expect(next.id).not.toBe(ada.id)
})

test('deleting a user takes it out of its groups, and out of nothing else', async () => {
  const okta = await house.identityProvider()
  const { json: ada } = await okta.post('/Users', ADA)
  const { json: bob } = await okta.post('/Users', {
    ...ADA,
    userName: 'bob@example.com',
    externalId: 'bob-1',
  })
  const members = [{ value: ada.id }, { value: bob.id }]
  const { json: group } = await okta.post('/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Analysts',
    members,
  })
  expect((await okta.get(`/Users/${ada.id}`)).json.groups).toMatchObject([
    { value: group.id, display: 'Analysts' },
  ])
  await okta.delete(`/Users/${ada.id}`)
  expect((await okta.get(`/Groups/${group.id}`)).json.members).toMatchObject([{ value: bob.id }])
})

test('who is in a group is also in the groups that hold it, also when groups hold each other', async () => {
  const okta = await house.identityProvider()
  const { json: ada } = await okta.post('/Users', ADA)
  const make = async (displayName: string, member: string) => {
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
    return (await okta.post('/Groups', { schemas, displayName, members: [{ value: member }] })).json.id
  }
  const inner = await make('Inner', ada.id)
  const middle = await make('Middle', inner)
  const outer = await make('Outer', middle)
  const circle = await okta.patch(
    `/Groups/${inner}`,
    patch({ op: 'add', path: 'members', value: [{ value: outer }] }),
  )
  expect(circle.status).toBe(204)
  const { groups } = await showUser(house.db, okta.tenantId, ada.id)
  expect(groups).toEqual([
    { id: inner, displayName: 'Inner', type: 'direct' },
    { id: middle, displayName: 'Middle', type: 'indirect' },
    { id: outer, displayName: 'Outer', type: 'indirect' },
  ])
})

test('a refused change is in the log as a failure with its reason', async () => {
  const okta = await house.identityProvider()
  await okta.post('/Users', ADA)
  await okta.post('/Users', ADA)
  const events = await okta.events()
  expect(events).toHaveLength(2)
  expect(events[1]).toMatchObject({ action: 'create', result: 'failure', objectName: 'ada@example.com' })
  expect(events[1]?.change).toContain('userName \\"ada@example.com\\" is taken by')
})

test('a password is accepted and nowhere to be found afterwards', async () => {
  const okta = await house.identityProvider()
  const canary = 'canary-5f0c1b'
  const { json: ada } = await okta.post('/Users', { ...ADA, password: canary })
  await okta.patch(`/Users/${ada.id}`, patch({ op: 'replace', path: 'password', value: canary }))
  const dump = JSON.stringify([
    await okta.get(`/Users/${ada.id}`),
    await okta.events(),
    await house.dump('directory_user'),
  ])
  expect(dump).toContain('ada@example.com')
  expect(dump).not.toContain(canary)
})
