// Hashing a password is dear on purpose; whoever asks for very many must not keep the service from everything else (M11).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Busy } from '#errors.ts'
import { verifyPassword } from '#tenancy/passwords.ts'
import { type House, openHouse } from '../harness.ts'
import { type ApiClient, callApi, PASSWORD } from '../portal-client.ts'

let house: House
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse()
  ada = await house.administrator(await house.tenant('acme'))
})
afterAll(() => house.close())

test('of very many sign-ins few wait and the others are told to come back, while other requests are answered', async () => {
  let isFlooded = true
  const turnedAway: unknown[] = []
  const flood = Array.from({ length: 500 }, async () => {
    while (isFlooded) {
      await verifyPassword('a guess', undefined).catch((error) => turnedAway.push(error))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })
  const signIn = (email = ada.email) => callApi(house.url, 'POST', '/session', { email, password: PASSWORD })
  const [known, unknown, me] = await Promise.all([signIn(), signIn('nobody@example.com'), ada.get('/me')])
  isFlooded = false
  await Promise.all(flood)
  expect([known.status, known.json.code, known.headers['retry-after']]).toEqual([503, 'busy', '5'])
  expect([unknown.status, unknown.json.detail]).toEqual([503, known.json.detail])
  expect(me.status).toBe(200)
  expect(turnedAway.every((error) => error instanceof Busy)).toBe(true)
  expect((await signIn()).status).toBe(200)
})
