import { afterAll, beforeAll, expect, test } from 'vitest'
import { disableUser } from '#directory/administration/portal-users.ts'
import { type House, openHouse } from '../harness.ts'
import { keyPair } from '../sign-in/key-pair.ts'
import { connectSaml } from '../sign-in/saml-house.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('the overview counts users by state, groups, and tells of what happened', async () => {
  const idp = await house.identityProvider({ name: 'Okta' })
  const ada = await house.administrator(idp.tenantId, 'auditor')
  const create = async (userName: string, active = true) =>
    (await idp.post('/Users', { schemas: [USER], userName, active })).json.id
  await create('a')
  await create('b')
  await create('off', false)
  await disableUser(house.db, idp.operator, await create('held'))
  await idp.post('/Users', { schemas: [USER], userName: 'A' })
  await idp.post('/Groups', { schemas: [GROUP], displayName: 'Team' })
  const { status, json } = await ada.get('/overview')
  expect(status).toBe(200)
  expect(json).toMatchObject({
    users: { active: 2, inactive: 1, disabled: 1, deleted: 0 },
    groups: 1,
    identityProviders: [{ id: idp.id, name: 'Okta', users: 4 }],
    failures: [{ objectName: 'A', result: 'failure', reason: expect.stringContaining('409') }],
    gateways: { up: 0, lost: 0, stopped: 0 },
  })
  expect(json.recentChanges[0]).toMatchObject({ action: 'create', objectType: 'Group', objectName: 'Team' })
})

test('the numbers of one tenant are not those of another', async () => {
  const eve = await house.administrator(await house.tenant('eve'), 'auditor')
  const { json } = await eve.get('/overview')
  expect(json).toMatchObject({ users: { active: 0 }, groups: 0, identityProviders: [], failures: [] })
})

test('until when the certificates of an identity provider are good is told, by the one that lasts longest', async () => {
  const tenantId = await house.tenant('ending')
  const ada = await house.administrator(tenantId, 'auditor')
  await connectSaml(house, tenantId, 'Okta', await keyPair()) // good until tomorrow
  const [idp] = (await ada.get('/overview')).json.identityProviders
  const days = (new Date(idp.certificatesUntil).getTime() - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(0.9)
  expect(days).toBeLessThan(1.1)
  const [listed] = (await ada.get('/identity-providers')).json.items
  expect(listed.certificatesUntil).toBe(idp.certificatesUntil)
})
