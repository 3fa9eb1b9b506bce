// What an identity provider vouched for by its former details, or before it was switched off, is void.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeIdentityProvider, setEnabled } from '#identity-providers/change.ts'
import { openPeople, type People } from './people.ts'

let people: People
beforeAll(async () => {
  people = await openPeople()
})
afterAll(() => people?.close())

test('a sign-in under way ends when the identity provider gets another client', async () => {
  const idp = await people.connect({ mfa: 'mandatory', mfaMethods: ['totp'] })
  await people.provision(idp, 'ada')
  const { at, page } = await people.signIn(idp, 'ada')
  expect(page.text).toContain('authenticator app')
  const { db } = people.house
  await changeIdentityProvider(db, idp.operator, idp.id, { details: { clientId: 'another' } })
  expect((await at.get(`${people.house.url}/sign-in/next`)).status).toBe(401)
})

test('an access token from before an identity provider was switched off does not come back with it', async () => {
  const idp = await people.connect({ mfa: 'none' })
  const token = async () => {
    const answer = await people.house.raw({
      method: 'POST',
      path: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: idp.key,
        client_secret: idp.secret,
      }).toString(),
    })
    return JSON.parse(answer.text).access_token as string
  }
  const before = await token()
  const use = (one: string, path = '/Users') => idp.get(path, { authorization: `Bearer ${one}` })
  // What needs no look into the database is refused all the same.
  const paths = [
    '/Users',
    '/Users?count=0',
    '/Groups?count=0',

    '/Users/none',
    '/ServiceProviderConfig',
  ]
  for (const path of paths) expect([200, 404], path).toContain((await use(before, path)).status)
  await setEnabled(people.house.db, idp.operator, idp.id, false)
  for (const path of paths) expect((await use(before, path)).status, path).toBe(403)
  await setEnabled(people.house.db, idp.operator, idp.id, true)
  expect((await use(before)).status).toBe(401)
  expect((await use(await token())).status).toBe(200)
})
