// User names that are written differently and are the same. @see RFC 7643 §4.1.1; RFC 8265 §3.3
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { expectRefusal, USER } from './refusal.ts'

let house: House
let idp: ProvidedIdp

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
})
afterAll(() => house?.close())

const person = (userName: string) => ({ schemas: [USER], userName })

test.each([
  ['Ada@Example.com', 'ADA@example.COM'],
  ['ＢＯＢ', 'bob'],
  ['H\u0331anna', '\u1e96anna'],
  ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
])('%s and %s are one name: it is taken, found, and kept as it was written', async (one, other) => {
  const { json } = await idp.post('/Users', person(one))
  const taken = { status: 409, scimType: 'uniqueness' }
  await expectRefusal(idp, { path: '/Users', body: person(other) }, taken)
  const filter = encodeURIComponent(`userName eq "${other}"`)
  expect((await idp.get(`/Users?filter=${filter}`)).json.Resources).toEqual([json])
  expect(json.userName).toBe(one)
})

test('a name that PRECIS does not allow is refused in strict mode alone', async () => {
  const strict = await house.identityProvider({ mode: 'strict' })
  for (const name of ['☃', 'a\u200bb', 'ﬁnn ']) {
    const refusal = { status: 400, scimType: 'invalidValue', says: [/^userName must/] }
    await expectRefusal(strict, { path: '/Users', body: person(name) }, refusal)
    expect((await idp.post('/Users', person(name))).status).toBe(201)
  }
  expect((await strict.post('/Users', person('Grace Hopper'))).status).toBe(201)
})

test('keys of before are brought up to date, and two users who then had one name are both kept', async () => {
  const at = await house.identityProvider()
  const OLD = 'h\u0331ana'
  const ids: string[] = []
  for (const name of ['one', 'two', 'three', 'four'])
    ids.push((await at.post('/Users', person(name))).json.id)
  const keys = [OLD, 'οδος', '\u1e97om', 't\u0308om']
  for (const [index, key] of keys.entries())
    await house.db.run(SYSTEM, sql`update directory_user set user_name_key = ${key} where id = ${ids[index]}`)
  const client = new pg.Client(house.connection)
  await client.connect()
  await client.query(
    readFileSync(new URL('../../migrations/0018-user-name-keys.sql', import.meta.url), 'utf8'),
  )
  await client.end()
  const rows = await house.db.run<{ key: string }>(
    SYSTEM,
    sql`select user_name_key as key from directory_user where idp_id = ${at.id} order by id`,
  )
  expect(rows.map(({ key }) => key)).toEqual(['\u1e96ana', 'οδοσ', '\u1e97om', 't\u0308om'])
})
