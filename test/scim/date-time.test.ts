// Times are compared as times, also those that lie outside of what clocks show: a filter is answered, whatever year it names.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'

let house: House
let idp: ProvidedIdp
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  await idp.post('/Users', { userName: 'ada' })
})
afterAll(() => house?.close())

test.each([
  ['gt "0000-01-01T00:00:00Z"', 1],
  ['lt "0000-01-01T00:00:00Z"', 0],
  ['gt "0000-01-01T00:00:00+14:00"', 1],
  ['gt "0099-12-31T23:59:59Z"', 1],
  ['lt "0099-12-31T23:59:59Z"', 0],
  ['lt "9999-12-31T23:59:59-14:00"', 1],
  ['ge "9999-12-31T23:59:59-14:00"', 0],
  ['ne "9999-12-31T23:59:59-99:99"', 1],
  ['gt "2023-02-29T24:59:60.123456789Z"', 1],
])('meta.created %s finds %d of 1', async (comparison, found) => {
  for (const path of ['/Users', '/Groups'])
    for (const name of ['meta.created', 'meta.lastModified']) {
      const answer = await idp.get(`${path}?filter=${encodeURIComponent(`${name} ${comparison}`)}`)
      const expected = path === '/Users' ? found : 0
      expect([path, name, answer.status, answer.json.totalResults]).toEqual([path, name, 200, expected])
    }
})
