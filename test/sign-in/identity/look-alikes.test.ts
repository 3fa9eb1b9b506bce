// A name that only looks like a user's gives no access to that user's account, whichever way it comes in.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { showUser } from '#directory/administration/portal-users.ts'
import { type IdentityHouse, openIdentityHouse } from './identity-house.ts'
import { KINDS } from './kinds.ts'

let at: IdentityHouse
beforeAll(async () => {
  at = await openIdentityHouse()
})
afterAll(() => at?.close())

/** How somebody else may be called, and whom they look like. */
const LOOK_ALIKES = [
  ['full-width letters', 'ｍia', 'mia'],
  ['a ligature', 'ﬁnn', 'finn'],
  ['a superscript', 'user²', 'user2'],
  ['the Kelvin sign', '\u212Ai', 'ki'],
  ['the long s', 'ſam', 'sam'],
  ['a letter of mathematics', '\u{1d5ba}da', 'ada'],
] as const

const CASES = KINDS.flatMap((kind) => LOOK_ALIKES.map(([what, alike, name]) => ({ kind, what, alike, name })))

test.each(CASES.map((one) => [one.kind.name, one.what, one] as const))(
  '%s: %s name nobody, and the log says so',
  async (_, __, { kind, alike, name }) => {
    const idp = await at.connect(kind)
    const { json } = await idp.post('/Users', { userName: name })
    const refused = await at.signIn(idp, kind, { id: 'mallory', name: alike })
    expect([refused.user, refused.reason]).toEqual([undefined, 'look-alike'])
    expect(refused.page.text).toContain('looks like the name of another account')
    const { user } = await at.signIn(idp, kind, { id: 'owner', name: name.toUpperCase() })
    expect(user).toBe(json.id)
  },
)

test.each(KINDS.map((kind) => [kind.name, kind] as const))(
  '%s: with self-service a look-alike neither joins nor takes an account over',
  async (_, kind) => {
    const idp = await at.connect(kind, { enroll: 'self' })
    const { user } = await at.signIn(idp, kind, { id: 'owner', name: 'finn' })
    expect(user).toBeDefined()
    const refused = await at.signIn(idp, kind, { id: 'mallory', name: 'ﬁnn' })
    expect([refused.user, refused.reason]).toEqual([undefined, 'look-alike'])
    expect((await idp.get('/Users')).json.totalResults).toBe(1)
  },
)

test('a user who is linked keeps their account when their name at the identity provider looks like another', async () => {
  const kind = KINDS.find(({ name }) => name === 'OIDC sub') as (typeof KINDS)[number]
  const idp = await at.connect(kind)
  const lea = (await idp.post('/Users', { userName: 'lea' })).json.id
  await idp.post('/Users', { userName: 'ada' })
  expect((await at.signIn(idp, kind, { id: 'lea', name: 'lea' })).user).toBe(lea)
  expect((await at.signIn(idp, kind, { id: 'lea', name: 'ａda' })).user).toBe(lea)
})

test('a user who joined is not handed over to a provisioned look-alike', async () => {
  const kind = KINDS[0] as (typeof KINDS)[number]
  const idp = await at.connect(kind, { enroll: 'self' })
  const { user } = await at.signIn(idp, kind, { id: 'owner', name: 'finn' })
  const alike = await idp.post('/Users', { userName: 'ﬁnn' })
  expect([alike.status, alike.json.scimType]).toEqual([409, 'uniqueness'])
  const same = await idp.post('/Users', { userName: 'FINN' })
  expect([same.status, same.json.id]).toEqual([201, user])
})

test('an administrator who names a look-alike means nobody', async () => {
  const idp = await at.connect(KINDS[0] as (typeof KINDS)[number])
  const { json } = await idp.post('/Users', { userName: 'Olaf@a.example' })
  const { db } = at.house
  expect((await showUser(db, at.tenantId, 'olaf@A.example', idp.id)).id).toBe(json.id)
  await expect(showUser(db, at.tenantId, 'ｏlaf@a.example', idp.id)).rejects.toThrow('There is no user')
})
