import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from './harness.ts'
import { plantedSecrets } from './planted-secrets.ts'

const planted = plantedSecrets()
let house: House
let idp: ProvidedIdp
beforeAll(async () => {
  house = await openHouse(planted.wish)
  idp = await house.identityProvider()
})
afterAll(() => house?.close())

const answer = (text: string) => ({ headers: {}, text })

test('a secret that came to light is found in every place, in every encoding', async () => {
  const another = plantedSecrets()
  const secret = another.secret('the title of a user')
  another.answered('GET /x', answer(secret.toUpperCase()))
  another.answered('GET /y', answer(Buffer.from(`a:${secret}`).toString('base64url')))
  another.answered('GET /z', { headers: { location: secret }, text: '' })
  await idp.post('/Users', { userName: 'ada', title: secret })
  another.wish.log.info({ note: secret }, 'seen')
  const leaks = (await another.leaks(house)).join('\n')
  for (const place of ['answer to GET /x', 'answer to GET /z', 'process log', 'audit_event', 'scim_request'])
    expect(leaks).toMatch(new RegExp(`the title of a user is in (?:table )?${place}`))
  expect(leaks).toContain('a secret in another encoding is in answer to GET /y')
})

test('nothing is found where no secret came to light', async () => {
  planted.answered('GET /Users', await idp.get('/Users'))
  planted.secret('sent nowhere')
  expect(await planted.leaks(house)).toEqual([])
})
