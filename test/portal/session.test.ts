import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness.ts'
import { callApi, PASSWORD } from '../portal-client.ts'

let house: House
let tenantId: string
beforeAll(async () => {
  house = await openHouse()
  tenantId = await house.tenant('acme')
})
afterAll(() => house.close())

test('an administrator signs in, is known, and is nobody any more after signing out', async () => {
  const ada = await house.administrator(tenantId, 'auditor')
  const me = await ada.get('/me')
  expect(me.status).toBe(200)
  expect(me.json).toMatchObject({
    administrator: { email: ada.email, role: 'auditor' },
    tenant: { id: tenantId },
    csrfToken: ada.csrfToken,
  })
  expect((await ada.delete('/session')).status).toBe(204)
  expect((await ada.get('/me')).status).toBe(401)
})

test('a wrong password and an unknown address are refused in the same words', async () => {
  const ada = await house.administrator(tenantId)
  const wrong = await callApi(house.url, 'POST', '/session', { email: ada.email, password: `${PASSWORD}!` })
  const unknown = await callApi(house.url, 'POST', '/session', { email: 'x@y.example', password: PASSWORD })
  expect([wrong.status, unknown.status]).toEqual([401, 401])
  expect({ ...wrong.json, requestId: '' }).toEqual({ ...unknown.json, requestId: '' })
})

test('what changes something needs the CSRF token of the session, and a page of ours', async () => {
  const ada = await house.administrator(tenantId)
  const without = await ada.request('DELETE', '/session', undefined, { 'x-csrf-token': '' })
  expect([without.status, without.json.code]).toEqual([403, 'csrf'])
  const foreign = await ada.request('DELETE', '/session', undefined, { origin: 'https://evil.example' })
  expect([foreign.status, foreign.json.code]).toEqual([403, 'csrf'])
  expect((await ada.get('/me')).status).toBe(200)
})

test('a refusal names the field and the rule', async () => {
  const answer = await callApi(house.url, 'POST', '/session', { email: 5, password: 'x' })
  expect(answer.status).toBe(400)
  expect(answer.headers['content-type']).toMatch('application/problem+json')
  expect(answer.json.errors).toEqual([{ field: 'email', message: 'must be string' }])
})
