// Grants whose user or group was deleted: they give nobody access, and an administrator sees what was lost and decides.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { purgeOrphans } from '#directory/purge.ts'
import { deleteIdentityProvider } from '#identity-providers/remove.ts'
import { openProxy, type TestProxy } from '../gateway/proxy.ts'
import { patch, type Scene, setScene } from '../gateway/scene.ts'
import { type House, openHouse } from '../harness.ts'
import type { ApiClient, ApiResponse } from '../portal-client.ts'
import { openTraveller, type Traveller } from '../sign-in/traveller.ts'

let house: House
let proxy: TestProxy
let scene: Scene
let admin: ApiClient
let ada: string
let traveller: Traveller
/** The application that the proxy guards. */
let wiki: string
beforeAll(async () => {
  house = await openHouse()
  proxy = await openProxy(
    () => house.url,
    () => 'acme',
  )
  scene = await setScene(house, proxy.origin)
  admin = await house.administrator(scene.idp.tenantId, 'admin')
  ada = await scene.provision('ada')
  traveller = openTraveller()
  await traveller.get(`${proxy.origin}/`)
  wiki = (await admin.get('/applications')).json.items[0].id
})
afterAll(async () => {
  await proxy.close()
  await scene.provider.close()
  await house.close()
})

async function makeGroup(displayName: string, externalId?: string, at = scene.idp): Promise<string> {
  const members = at === scene.idp ? [{ value: ada }] : []
  const made = await at.post('/Groups', { displayName, ...(externalId && { externalId }), members })
  expect(made.status).toBe(201)
  return made.json.id
}

let addresses = 0
async function makeApplication(...grants: { type: 'User' | 'Group'; id: string }[]): Promise<string> {
  addresses += 1
  const settings = { name: `App ${addresses}`, origin: `https://app-${addresses}.example`, grants }
  const made = await admin.post('/applications', settings)
  expect(made.status, made.text).toBe(201)
  return made.json.id
}

const read = async (id: string) => (await admin.get(`/applications/${id}`)).json
const newestEvent = async () => {
  const { items } = (await admin.get('/audit-events?objectType=Application')).json
  return (await admin.get(`/audit-events/${items[0].id}`)).json
}
const statusAtWiki = async () => (await traveller.step('GET', `${proxy.origin}/`)).status
const replace = (id: string, lost: string, groupId: string): Promise<ApiResponse> =>
  admin.post(`/applications/${id}/lost-grants/${lost}/replace`, { id: groupId })

test('a group that is deleted and made again gets access only when an administrator grants it', async () => {
  expect(await statusAtWiki()).toBe(200)
  await scene.idp.delete(`/Groups/${scene.groupId}`)
  expect(await statusAtWiki()).toBe(403)
  const lost = await read(wiki)
  expect(lost.grants).toEqual([])
  expect(lost.lostGrants).toEqual([
    {
      type: 'Group',
      id: scene.groupId,
      name: 'Writers',
      externalId: null,
      idpId: scene.idp.id,
      idpName: 'acme',
      lostAt: expect.stringMatching(/^\d{4}-.*Z$/),
      successor: null,
    },
  ])

  const again = await makeGroup('Writers')
  expect(await statusAtWiki()).toBe(403)
  expect((await read(wiki)).lostGrants[0].successor).toEqual({ type: 'Group', id: again, name: 'Writers' })

  const granted = await replace(wiki, scene.groupId, again)
  expect(granted.status).toBe(200)
  expect(granted.json).toMatchObject({
    grants: [{ type: 'Group', id: again, name: 'Writers' }],
    lostGrants: [],
  })
  expect(granted.json.version).not.toBe(lost.version)
  expect(await statusAtWiki()).toBe(200)
  const event = await newestEvent()
  expect([event.action, event.change]).toEqual([
    'update',
    {
      before: { lostGrant: { type: 'Group', id: scene.groupId, name: 'Writers', externalId: null } },
      after: { grant: { type: 'Group', id: again, name: 'Writers' } },
    },
  ])
})

test.each([
  ['another externalId', (name: string) => makeGroup(name, `${name}-2`)],
  ['no externalId', (name: string) => makeGroup(name)],
  ['another name', (name: string) => makeGroup(`${name} 2`, `${name}-1`)],
  ['another identity provider', (name: string) => makeGroup(name, `${name}-1`, scene.foreign)],
])('a group with %s is not offered in the place of one that was deleted', async (what, make) => {
  const name = `Not ${what}`
  const old = await makeGroup(name, `${name}-1`)
  const id = await makeApplication({ type: 'Group', id: old })
  await scene.idp.delete(`/Groups/${old}`)
  const other = await make(name)
  const [lost] = (await read(id)).lostGrants
  expect(lost).toMatchObject({ id: old, name, externalId: `${name}-1`, successor: null })
  expect((await replace(id, old, other)).status).toBe(403)
  expect((await read(id)).grants).toEqual([])
})

test('where two groups have the name and no externalId, none is offered', async () => {
  const loose = await house.identityProvider({ tenant: 'acme', name: 'Loose' })
  await admin.patch(`/identity-providers/${loose.id}`, { uniqueGroupNames: false })
  const old = await makeGroup('Twins', undefined, loose)
  const id = await makeApplication({ type: 'Group', id: old })
  await loose.delete(`/Groups/${old}`)
  const first = await makeGroup('Twins', undefined, loose)
  expect((await read(id)).lostGrants[0].successor.id).toBe(first)
  await makeGroup('TWINS', undefined, loose)
  expect((await read(id)).lostGrants[0].successor).toBeNull()
})

test('a group that has access already is not offered', async () => {
  const old = await makeGroup('Editors', 'editors')
  const id = await makeApplication({ type: 'Group', id: old })
  await scene.idp.delete(`/Groups/${old}`)
  const again = await makeGroup('Editors', 'editors')
  const { name, origin } = await read(id)
  const saved = await admin.put(`/applications/${id}`, {
    name,
    origin,
    grants: [{ type: 'Group', id: again }],
  })
  expect(saved.json).toMatchObject({ grants: [{ id: again }], lostGrants: [{ id: old, successor: null }] })
})

test('a lost grant is removed, and the audit log says which', async () => {
  const old = await makeGroup('Leavers', 'leavers')
  const id = await makeApplication({ type: 'Group', id: old })
  await scene.idp.delete(`/Groups/${old}`)
  const path = `/applications/${id}/lost-grants/${old}`
  const { version } = await read(id)
  const removed = await admin.delete(path)
  expect([removed.status, removed.json.lostGrants, removed.json.version]).toEqual([200, [], version])
  expect((await admin.delete(path)).status).toBe(404)
  expect((await newestEvent()).change).toEqual({
    before: { lostGrant: { type: 'Group', id: old, name: 'Leavers', externalId: 'leavers' } },
  })
})

test('a grant that is not lost is not removed as one', async () => {
  const group = await makeGroup('Stayers')
  const id = await makeApplication({ type: 'Group', id: group })
  expect((await admin.delete(`/applications/${id}/lost-grants/${group}`)).status).toBe(404)
  expect((await replace(id, group, group)).status).toBe(404)
  expect((await read(id)).grants).toHaveLength(1)
})

test('saving the form keeps lost grants, and refuses what does not exist', async () => {
  const [lost, kept] = [await makeGroup('Lost'), await makeGroup('Kept')]
  const id = await makeApplication({ type: 'Group', id: lost }, { type: 'Group', id: kept })
  const { name, origin, version } = await read(id)
  await scene.idp.delete(`/Groups/${lost}`)
  const put = (...ids: string[]) =>
    admin.request(
      'PUT',
      `/applications/${id}`,
      { name: `${name}!`, origin, grants: ids.map((one) => ({ type: 'Group', id: one })) },
      { 'if-match': `"${version}"` },
    )
  const foreign = await makeGroup('Foreign', undefined, scene.foreign)
  for (const wrong of ['01a00000-0000-7000-8000-000000000000', foreign, ada]) {
    const refused = await put(kept, wrong)
    expect([refused.status, refused.json.errors[0].field]).toEqual([422, 'grants.0'])
  }
  // The form was opened while the group was there.
  const saved = await put(lost, kept)
  expect(saved.json).toMatchObject({ name: `${name}!`, grants: [{ id: kept }], lostGrants: [{ id: lost }] })
})

test('a deleted user is a lost grant; one that was deleted in the portal has access again when the IdP restores it', async () => {
  const { json: user } = await scene.idp.post('/Users', { userName: 'bob@example.com', externalId: 'b-1' })
  const id = await makeApplication({ type: 'User', id: user.id })
  expect((await admin.delete(`/users/${user.id}`)).status).toBe(204)
  expect(await read(id)).toMatchObject({
    grants: [],
    lostGrants: [{ type: 'User', id: user.id, name: 'bob@example.com', externalId: 'b-1', successor: null }],
  })
  await scene.idp.patch(`/Users/${user.id}`, patch({ op: 'replace', path: 'active', value: true }))
  expect(await read(id)).toMatchObject({ grants: [{ id: user.id, name: 'bob@example.com' }], lostGrants: [] })
  await scene.idp.delete(`/Users/${user.id}`)
  await scene.idp.post('/Users', { userName: 'bob@example.com', externalId: 'b-1' })
  expect(await read(id)).toMatchObject({
    grants: [],
    lostGrants: [{ name: 'bob@example.com', externalId: 'b-1', idpName: 'acme', successor: null }],
  })
})

test('a user whom an administrator restores has no access until it is granted again', async () => {
  const restored = async (userName: string) => {
    const { json: user } = await scene.idp.post('/Users', { userName })
    const id = await makeApplication({ type: 'User', id: user.id })
    await scene.idp.delete(`/Users/${user.id}`)
    expect((await read(id)).lostGrants[0].successor).toBeNull()
    expect((await admin.post(`/deleted-users/${user.id}/restore`)).status).toBeLessThan(300)
    const application = await read(id)
    expect(application).toMatchObject({
      grants: [],
      lostGrants: [{ id: user.id, successor: { type: 'User', id: user.id, name: userName } }],
    })
    return { user: user.id as string, id, application }
  }
  const first = await restored('kim@example.com')
  expect((await replace(first.id, first.user, first.user)).json).toMatchObject({
    grants: [{ id: first.user }],
    lostGrants: [],
  })
  const { user, id, application } = await restored('lee@example.com')
  const { name, origin } = application
  const saved = await admin.put(`/applications/${id}`, { name, origin, grants: [{ type: 'User', id: user }] })
  expect(saved.json).toMatchObject({ grants: [{ id: user }], lostGrants: [] })
})

test('what was granted through a deleted identity provider is lost at once, and stays known', async () => {
  const temporary = await house.identityProvider({ tenant: 'acme', name: 'Temporary' })
  const group = await makeGroup('Guests', 'guests', temporary)
  const { json: user } = await temporary.post('/Users', { userName: 'guest@example.com' })
  const id = await makeApplication({ type: 'Group', id: group }, { type: 'User', id: user.id })
  await deleteIdentityProvider(house.db, temporary.operator, temporary.id)
  const lost = await read(id)
  expect(lost.grants).toEqual([])
  expect(lost.lostGrants).toHaveLength(2)
  expect(lost.lostGrants).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'Guests', externalId: 'guests', idpName: null, successor: null }),
      expect.objectContaining({ type: 'User', name: 'guest@example.com', idpName: null }),
    ]),
  )
  await purgeOrphans(house.db)
  expect((await read(id)).lostGrants).toEqual(lost.lostGrants)
})

test('a grant that is made while the group is deleted is never lost without its name', async () => {
  const id = await makeApplication()
  const { name, origin } = await read(id)
  for (let round = 0; round < 15; round++) {
    const group = await makeGroup(`Round ${round}`)
    await Promise.all([
      admin.put(`/applications/${id}`, { name, origin, grants: [{ type: 'Group', id: group }] }),
      scene.idp.delete(`/Groups/${group}`),
    ])
  }
  const { grants, lostGrants } = await read(id)
  expect(grants).toEqual([])
  expect(lostGrants.filter((lost: { name: string | null }) => lost.name === null)).toEqual([])
})

test('an auditor sees lost grants and changes nothing; another tenant sees nothing', async () => {
  const old = await makeGroup('Watched')
  const id = await makeApplication({ type: 'Group', id: old })
  await scene.idp.delete(`/Groups/${old}`)
  const path = `/applications/${id}/lost-grants/${old}`
  const auditor = await house.administrator(scene.idp.tenantId, 'auditor')
  const stranger = await house.administrator(scene.foreign.tenantId)
  expect((await auditor.get(`/applications/${id}`)).json.lostGrants).toHaveLength(1)
  const again = await makeGroup('Watched')
  for (const [client, status] of [
    [auditor, 403],
    [stranger, 404],
  ] as const) {
    expect((await client.delete(path)).status).toBe(status)
    expect((await client.post(`${path}/replace`, { id: again })).status).toBe(status)
  }
  expect((await read(id)).lostGrants).toHaveLength(1)
})

test('many users that are deleted at once are all lost', async () => {
  const users = await Promise.all(
    [...'abcdef'].map(async (letter) => {
      const made = await scene.idp.post('/Users', { userName: `many-${letter}@example.com` })
      return { type: 'User' as const, id: made.json.id as string }
    }),
  )
  const id = await makeApplication(...users)
  const operations = users.map((user) => ({ method: 'DELETE', path: `/Users/${user.id}` }))
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
  expect((await scene.idp.post('/Bulk', { schemas, Operations: operations })).status).toBe(200)
  expect((await read(id)).lostGrants.map(({ name }: { name: string }) => name).toSorted()).toEqual(
    [...'abcdef'].map((letter) => `many-${letter}@example.com`),
  )
})
