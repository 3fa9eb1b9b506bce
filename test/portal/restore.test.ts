// Users come back: those deleted in the portal with their profile, those deleted over SCIM from what was kept of them.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeExtension } from '#directory/remove-extension.ts'
import { purgeDeletedUsers } from '#directory/users/purge-deleted-users.ts'
import { deleteIdentityProvider } from '#identity-providers/remove.ts'
import { declareSchema } from '#identity-providers/schemas/custom-schemas.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { GROUP, patchOf, USER } from '../scim/refusal.ts'

const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const ACTIVE = (value: boolean) => patchOf({ op: 'replace', path: 'active', value })

let house: House
let idp: ProvidedIdp
let admin: ApiClient
let auditor: ApiClient
let count = 0

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  admin = await house.administrator(idp.tenantId, 'admin')
  auditor = await house.administrator(idp.tenantId, 'auditor')
})
afterAll(() => house?.close())

async function provision(more: object = {}): Promise<{ id: string; userName: string }> {
  const userName = `user-${++count}@example.com`
  const { status, json } = await idp.post('/Users', {
    schemas: [USER],
    userName,
    displayName: 'Ada',
    ...more,
  })
  expect(status).toBe(201)
  return { id: json.id, userName }
}

const shown = async (id: string) => (await admin.get(`/users/${id}`)).json
const restore = (id: string) => admin.post(`/users/${id}/restore`)
const restoreDeleted = (id: string) => admin.post(`/deleted-users/${id}/restore`)
const deletedUsers = async (query = '') => (await admin.get(`/deleted-users${query}`)).json.items

test('a user who was deleted in the portal is restored with the profile, as the identity provider last said', async () => {
  const { id } = await provision({ title: 'Countess' })
  await admin.delete(`/users/${id}`)
  expect(await shown(id)).toMatchObject({ status: 'deleted', idpActive: true, profile: {} })
  expect((await idp.get(`/Users/${id}`)).json.active).toBe(false)
  const restored = await restore(id)
  expect(restored).toMatchObject({ status: 200, json: { id, status: 'active', deletedAt: null } })
  expect(restored.json.profile).toMatchObject({ title: 'Countess' })
  expect((await idp.get(`/Users/${id}`)).json.active).toBe(true)
  const { items } = (await admin.get(`/audit-events?objectId=${id}`)).json
  const event = (await admin.get(`/audit-events/${items[0].id}`)).json
  expect(event).toMatchObject({
    action: 'update',
    change: { before: { deleted: true }, after: { deleted: false } },
  })
})

test('who was deactivated meanwhile, or disabled before, has no access after being restored', async () => {
  const deactivated = await provision()
  await admin.delete(`/users/${deactivated.id}`)
  await idp.patch(`/Users/${deactivated.id}`, ACTIVE(false))
  expect((await restore(deactivated.id)).json).toMatchObject({ status: 'inactive', idpActive: false })
  const disabled = await provision()
  await admin.post(`/users/${disabled.id}/disable`)
  await admin.delete(`/users/${disabled.id}`)
  expect((await restore(disabled.id)).json).toMatchObject({ status: 'disabled' })
})

test('restoring who is not deleted changes nothing', async () => {
  const { id } = await provision()
  const { version } = await shown(id)
  expect((await restore(id)).json).toMatchObject({ status: 'active', version })
  expect((await restore(crypto.randomUUID())).status).toBe(404)
})

test('many users are restored in the background', async () => {
  const users = [await provision(), await provision()]
  const ids = users.map(({ id }) => id)
  await admin.post('/users/bulk-actions', { action: 'delete', ids })
  await house.runJobs()
  expect((await admin.post('/users/bulk-actions', { action: 'restore', ids })).json.title).toBe(
    'Restore 2 users',
  )
  await house.runJobs()
  for (const id of ids) expect((await shown(id)).status).toBe('active')
})

test('a user deleted over SCIM is invisible to the identity provider, and listed for administrators', async () => {
  const { id, userName } = await provision()
  expect((await idp.delete(`/Users/${id}`)).status).toBe(204)
  for (const answer of [
    await idp.get(`/Users/${id}`),
    await idp.patch(`/Users/${id}`, ACTIVE(true)),
    await idp.put(`/Users/${id}`, { schemas: [USER], userName }),
    await idp.delete(`/Users/${id}`),
  ])
    expect(answer.status).toBe(404)
  const filter = encodeURIComponent(`userName eq "${userName}"`)
  expect((await idp.get(`/Users?filter=${filter}`)).json.totalResults).toBe(0)
  expect((await admin.get(`/users/${id}`)).status).toBe(404)
  const [found] = await deletedUsers(`?q=${encodeURIComponent(userName)}`)
  expect(found).toMatchObject({
    id,
    userName,
    displayName: 'Ada',
    identityProvider: { id: idp.id },
    deletedAt: expect.any(String),
  })
  const days = (Date.parse(found.restorableUntil) - Date.parse(found.deletedAt)) / 86_400_000
  expect(days).toBe(30)
})

test('a user deleted over SCIM is restored with the same id, without groups, sessions and second factors', async () => {
  const { id, userName } = await provision({ externalId: `e-${count}`, title: 'Countess' })
  const before = (await idp.get(`/Users/${id}`)).json
  const members = [{ value: id }]
  const group = await idp.post('/Groups', { schemas: [GROUP], displayName: `Group ${count}`, members })
  await idp.delete(`/Users/${id}`)
  const restored = await restoreDeleted(id)
  expect(restored).toMatchObject({ status: 200, json: { id, userName, status: 'active', groups: [] } })
  expect(restored.json.profile).toMatchObject({ title: 'Countess' })
  const after = (await idp.get(`/Users/${id}`)).json
  const { meta, ...attributes } = before
  expect(after).toMatchObject(attributes)
  expect(after.meta.created).toBe(meta.created)
  for (const filter of ['displayName eq "ada"', `externalId eq "${before.externalId}"`])
    expect(
      (await idp.get(`/Users?filter=${encodeURIComponent(`${filter} and id eq "${id}"`)}`)).json.totalResults,
    ).toBe(1)
  expect(after.meta.version).not.toBe(meta.version)
  expect((await idp.get(`/Groups/${group.json.id}`)).json.members ?? []).toEqual([])
  expect(await deletedUsers(`?q=${encodeURIComponent(userName)}`)).toEqual([])
  expect((await restoreDeleted(id)).status).toBe(404)
  const { items } = (await admin.get(`/audit-events?objectId=${id}`)).json
  expect(items[0]).toMatchObject({ action: 'create', actor: { type: 'administrator' }, objectName: userName })
})

test('a create takes a restored user over, and does not activate who was deactivated', async () => {
  const { id, userName } = await provision({ active: false })
  await idp.delete(`/Users/${id}`)
  expect((await restoreDeleted(id)).json.status).toBe('inactive')
  expect(await idp.post('/Users', { schemas: [USER], userName })).toMatchObject({
    status: 201,
    json: { id, active: false },
  })
  expect((await idp.post('/Users', { schemas: [USER], userName })).status).toBe(409)
})

test("an administrator's hold is restored, and a deletion in the portal before that is not", async () => {
  const held = await provision()
  await admin.post(`/users/${held.id}/disable`)
  await idp.delete(`/Users/${held.id}`)
  expect((await restoreDeleted(held.id)).json.status).toBe('disabled')
  const gone = await provision()
  await admin.delete(`/users/${gone.id}`)
  await idp.delete(`/Users/${gone.id}`)
  expect((await restoreDeleted(gone.id)).json).toMatchObject({
    status: 'active',
    profile: { displayName: 'Ada' },
  })
})

test('the userName is free at once; a user whose name is taken by then cannot be restored, and the answer says by whom', async () => {
  const { id, userName } = await provision()
  await idp.delete(`/Users/${id}`)
  const { json: next } = await idp.post('/Users', { schemas: [USER], userName })
  expect(next.id).not.toBe(id)
  const refused = await restoreDeleted(id)
  expect(refused.status).toBe(409)
  expect(refused.json.detail).toContain(next.id)
  expect(await deletedUsers(`?q=${encodeURIComponent(userName)}`)).toHaveLength(1)
  await idp.delete(`/Users/${next.id}`)
  expect((await restoreDeleted(id)).status).toBe(200)
})

test('users that /Bulk deletes are kept too', async () => {
  const users = [await provision(), await provision()]
  const Operations = users.map(({ id }) => ({ method: 'DELETE', path: `/Users/${id}` }))
  await idp.post('/Bulk', { schemas: [BULK], Operations })
  for (const { id } of users) expect((await restoreDeleted(id)).status).toBe(200)
})

test('what a schema that is gone had added does not come back', async () => {
  const urn = 'urn:example:params:scim:schemas:1.0:Gone'
  await declareSchema(house.db, idp.operator, idp.id, 'User', { id: urn, attributes: [{ name: 'badge' }] })
  const { id } = await provision({ [urn]: { badge: '7' } })
  await idp.delete(`/Users/${id}`)
  await removeExtension(house.db, idp.operator, idp.id, urn)
  expect((await restoreDeleted(id)).status).toBe(200)
  const { json } = await idp.get(`/Users/${id}`)
  expect(Object.keys(json)).not.toContain(urn)
  expect(json.schemas).toEqual([USER])
})

test('after the retention period nothing is left of them', async () => {
  const old = await provision()
  const young = await provision()
  for (const { id } of [old, young]) await idp.delete(`/Users/${id}`)
  const owner = new pg.Client(house.connection) // the service itself may not change such a row
  await owner.connect()
  await owner.query(`update deleted_user set deleted_at = now() - interval '31 days' where id = '${old.id}'`)
  await owner.end()
  await purgeDeletedUsers(house.db, 30)
  expect((await restoreDeleted(old.id)).status).toBe(404)
  expect((await restoreDeleted(young.id)).status).toBe(200)
})

test('they go with their identity provider, and are nobody of another tenant', async () => {
  const other = await house.identityProvider()
  const { json } = await other.post('/Users', { schemas: [USER], userName: 'eve' })
  await other.delete(`/Users/${json.id}`)
  expect((await restoreDeleted(json.id)).status).toBe(404)
  const owner = await house.administrator(other.tenantId, 'owner')
  expect((await owner.get('/deleted-users')).json.items).toHaveLength(1)
  await deleteIdentityProvider(house.db, other.operator, other.id)
  expect((await owner.get('/deleted-users')).json.items).toEqual([])
  await purgeDeletedUsers(house.db, 30)
  expect((await house.dump('deleted_user')).filter((row) => (row as { id: string }).id === json.id)).toEqual(
    [],
  )
})

test('a page goes on where the one before ended; an auditor looks and restores nobody', async () => {
  const second = await house.identityProvider()
  const looks = await house.administrator(second.tenantId, 'admin')
  const ids: string[] = []
  for (const userName of ['a', 'b', 'c'])
    ids.push((await second.post('/Users', { schemas: [USER], userName })).json.id)
  for (const id of ids) await second.delete(`/Users/${id}`)
  const first = (await looks.get('/deleted-users?limit=2')).json
  expect(first.items.map(({ userName }: { userName: string }) => userName)).toEqual(['c', 'b'])
  const rest = (await looks.get(`/deleted-users?limit=2&after=${encodeURIComponent(first.next)}`)).json
  expect(rest).toMatchObject({ items: [{ userName: 'a' }], next: null })
  expect((await auditor.get('/deleted-users')).status).toBe(200)
  const { id } = await provision()
  await admin.delete(`/users/${id}`)
  expect((await auditor.post(`/users/${id}/restore`)).status).toBe(403)
  expect((await auditor.post(`/deleted-users/${id}/restore`)).status).toBe(403)
})
