// Hashing a password is dear on purpose; whoever asks for very many must not keep the service from everything else (M11).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Busy } from '#errors.ts'
import { verifyPassword } from '#factors/passwords.ts'
import { type House, openHouse } from '../harness.ts'
import { type ApiClient, callApi, PASSWORD } from '../portal-client.ts'

let house: House
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse()
  ada = await house.administrator(await house.tenant('acme'))
})
afterAll(() => house.close())

async function whileFlooded<Result>(work: () => Promise<Result>): Promise<[Result, unknown[]]> {
  let isFlooded = true
  const turnedAway: unknown[] = []
  // Who was let in asks again at once, so that no place is ever free for anybody else, however fast the machine is.
  const flood = Array.from({ length: 100 }, async () => {
    while (isFlooded) {
      await verifyPassword('a guess', undefined).catch((error) => {
        turnedAway.push(error)
        return new Promise((resolve) => setTimeout(resolve, 10))
      })
    }
  })
  try {
    return [await work(), turnedAway]
  } finally {
    isFlooded = false
    await Promise.all(flood)
  }
}

const signIn = (email = ada.email) => callApi(house.url, 'POST', '/session', { email, password: PASSWORD })

test('of very many sign-ins few wait and the others are told to come back, while other requests are answered', async () => {
  const [[known, unknown, me], turnedAway] = await whileFlooded(() =>
    Promise.all([signIn(), signIn('nobody@example.com'), ada.get('/me')]),
  )
  expect([known.status, known.json.code, known.headers['retry-after']]).toEqual([503, 'busy', '5'])
  expect([unknown.status, unknown.json.detail]).toEqual([503, known.json.detail])
  expect(me.status).toBe(200)
  expect(turnedAway.every((error) => error instanceof Busy)).toBe(true)
  expect((await signIn()).status).toBe(200)
})

test('who is told to come back has used up no try', async () => {
  const [answers] = await whileFlooded(() => Promise.all(Array.from({ length: 12 }, () => signIn())))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]))
  expect((await signIn()).status).toBe(200)
})
