// A provisioning client searches for its group by name before it adds members. A group whose name only looks like that one
// isn't it: its members would get what the other group has access to.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { expectRefusal, GROUP } from './refusal.ts'

let house: House
let idp: ProvidedIdp
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
})
afterAll(() => house?.close())

function found(name: string, op = 'eq') {
  return idp.get(`/Groups?filter=${encodeURIComponent(`displayName ${op} "${name}"`)}`)
}

test.each([
  ['Admins', 'aDMINS', 'Ａdmins'],
  ['Zo\u00eb’s office', 'ZOE\u0308’S OFFICE', 'Zo\u00eb’s oﬃce'],
  ['Team 2', 'team 2', 'Team ²'],
])('%s is found in any case, and not by a name that looks like it', async (name, same, alike) => {
  const { json } = await idp.post('/Groups', { schemas: [GROUP], displayName: name })
  expect((await found(same)).json.Resources).toEqual([json])
  expect((await found(alike)).json.totalResults).toBe(0)
  expect((await found(alike, 'ne')).json.Resources).toContainEqual(json)
  const taken = { status: 409, scimType: 'uniqueness' }
  await expectRefusal(idp, { path: '/Groups', body: { schemas: [GROUP], displayName: alike } }, taken)
})
