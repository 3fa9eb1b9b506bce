import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'

let house: House
let tenantId: string
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse()
  tenantId = await house.tenant('acme')
  ada = await house.administrator(tenantId, 'admin')
})
afterAll(() => house.close())

const usersAs = async (endpoint: string, token: string) =>
  (
    await house.raw({
      method: 'GET',
      path: `${new URL(endpoint).pathname}/Users?count=1`,
      headers: { authorization: `Bearer ${token}` },
    })
  ).status

test('a second set works beside the first until the first is retired', async () => {
  const idp = await house.identityProvider({ tenant: 'acme' })
  const path = `/identity-providers/${idp.id}/credentials`
  const made = await ada.post(path, { expiresAt: '2099-01-01T00:00:00Z' })
  expect(made.status).toBe(201)
  expect(made.json).toMatchObject({ endpoint: idp.endpoint, expiresAt: '2099-01-01T00:00:00.000Z' })
  expect(await usersAs(idp.endpoint, idp.token)).toBe(200)
  expect(await usersAs(idp.endpoint, made.json.token)).toBe(200)
  const retired = await ada.post(`${path}/${idp.credentialId}/retire`, undefined)
  expect([retired.status, typeof retired.json.retiredAt]).toEqual([200, 'string'])
  expect(await usersAs(idp.endpoint, idp.token)).toBe(401)
  expect(await usersAs(idp.endpoint, made.json.token)).toBe(200)
})

test('a set that ends in the past is refused at its field', async () => {
  const idp = await house.identityProvider({ tenant: 'acme' })
  const late = await ada.post(`/identity-providers/${idp.id}/credentials`, {
    expiresAt: '2020-01-01T00:00:00Z',
  })
  expect([late.status, late.json.errors[0].field]).toEqual([422, 'expiresAt'])
})

test('nobody makes credentials for an identity provider of another tenant (azn-04)', async () => {
  const foreign = await house.identityProvider()
  const path = `/identity-providers/${foreign.id}/credentials`
  expect((await ada.post(path, {})).status).toBe(404)
  expect((await ada.post(`${path}/${foreign.credentialId}/retire`, undefined)).status).toBe(404)
  const body = { name: 'x', tenantId: foreign.tenantId, connectionId: foreign.id }
  const own = await house.identityProvider({ tenant: 'acme' })
  expect((await ada.post(`/identity-providers/${own.id}/credentials`, body)).status).toBe(400)
  expect(await usersAs(foreign.endpoint, foreign.token)).toBe(200)
})

test('client keys are registered, listed by their public part, and retired', async () => {
  const idp = await house.identityProvider({ tenant: 'acme' })
  const path = `/identity-providers/${idp.id}/client-keys`
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] })
  const added = await ada.post(path, { jwks })
  expect(added.status, added.text).toBe(201)
  const [key] = added.json.items
  expect(key).toMatchObject({ kid: 'one', retiredAt: null })
  const wrong = await ada.post(path, { jwks: JSON.stringify(privateKey.export({ format: 'jwk' })) })
  expect([wrong.status, wrong.json.errors[0].field]).toEqual([422, 'jwks'])
  expect((await ada.post(`${path}/${key.id}/retire`, undefined)).json.retiredAt).not.toBeNull()
  expect((await ada.get(path)).json.items).toHaveLength(1)
})
