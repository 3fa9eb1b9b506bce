// The `groups` of a user are all that it belongs to, those too that hold a group of its own. RFC 7643 §4.1.2.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { userGroups, userRow } from '#directory/users/user-row.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { GROUP, patchOf, USER } from './refusal.ts'

interface Shown {
  readonly display: string
  readonly type: string
  readonly value: string
  readonly $ref: string
}

let house: House
let idp: ProvidedIdp
let ada: string
/** Crew is in Fleet and in Staff, Fleet is in Navy, Navy in Fleet; Ada is in Crew, and in Staff herself. */
const groups: Record<string, string> = {}

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  ada = (await idp.post('/Users', { schemas: [USER], userName: 'ada' })).json.id
  for (const [displayName, members] of [
    ['Crew', [ada]],
    ['Fleet', ['Crew']],
    ['Staff', ['Crew', ada]],
    ['Navy', ['Fleet']],
  ] as const) {
    const given = members.map((name) => ({ value: groups[name] ?? name }))
    groups[displayName] = (
      await idp.post('/Groups', { schemas: [GROUP], displayName, members: given })
    ).json.id
  }
  const add = patchOf({ op: 'add', path: 'members', value: [{ value: groups.Navy }] })
  await idp.patch(`/Groups/${groups.Fleet}`, add)
})
afterAll(() => house?.close())

const types = (shown: readonly Shown[] = []) => shown.map(({ display, type }) => `${display} ${type}`)
const ALL = ['Crew direct', 'Fleet indirect', 'Staff direct', 'Navy indirect']

test('groups that hold a group of the user are told as indirect, and a circle ends', async () => {
  const { json } = await idp.get(`/Users/${ada}`)
  expect(types(json.groups)).toEqual(ALL)
  for (const { value, $ref, display } of json.groups as Shown[]) {
    expect(value).toBe(groups[display])
    expect($ref).toBe(`${idp.endpoint}/Groups/${value}`)
  }
})

test('they are the same in every answer that has the user', async () => {
  const eve = { schemas: [USER], userName: 'eve' }
  await idp.post('/Users', eve)
  const rename = patchOf({ op: 'replace', path: 'title', value: 'Countess' })
  const put = { schemas: [USER], userName: 'ada' }
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest']
  const search = { schemas, filter: 'userName eq "ada"' }
  const answers = [
    (await idp.patch(`/Users/${ada}`, rename)).json,
    (await idp.put(`/Users/${ada}`, put)).json,
    (await idp.get('/Users')).json.Resources[0],
    (await idp.get(`/Users?filter=${encodeURIComponent('userName eq "ada"')}`)).json.Resources[0],
    (await idp.get(`/Users?filter=${encodeURIComponent('title pr or userName sw "ad"')}`)).json.Resources[0],
    (await idp.post('/Users/.search', search)).json.Resources[0],
    (await idp.post('/.search', search)).json.Resources[0],
  ]
  expect(answers.map((user) => types(user.groups))).toEqual(answers.map(() => ALL))
  expect((await idp.get('/Users')).json.Resources[1]).not.toHaveProperty('groups')
})

test('a filter and an order on groups mean those that the user is in itself', async () => {
  const count = async (filter: string) =>
    (await idp.get(`/Users?filter=${encodeURIComponent(filter)}`)).json.totalResults
  expect(await count(`groups eq "${groups.Crew}"`)).toBe(1)
  expect(await count(`groups.value eq "${groups.Fleet}"`)).toBe(0)
  expect(await count('groups[type eq "indirect"]')).toBe(0)
})

test('a group that is taken out of another one takes its people along', async () => {
  const remove = patchOf({ op: 'remove', path: `members[value eq "${groups.Fleet}"]` })
  await idp.patch(`/Groups/${groups.Navy}`, remove)
  expect(types((await idp.get(`/Users/${ada}`)).json.groups)).toEqual(ALL.slice(0, 3))
})

test('where no group is in a group, one look into an empty index is all that it costs', async () => {
  const plain = await house.identityProvider()
  const { id } = (await plain.post('/Users', { schemas: [USER], userName: 'bob' })).json
  const crew = { schemas: [GROUP], displayName: 'Crew', members: [{ value: id }] }
  await plain.post('/Groups', crew)
  expect(types((await plain.get(`/Users/${id}`)).json.groups)).toEqual(['Crew direct'])
  const groups = userGroups({ tenantId: plain.tenantId })
  const read = sql`select ${userRow(groups)} from directory_user u where u.id = ${id}
    and u.idp_id = ${plain.id} and u.tenant_id = ${plain.tenantId}`
  const rows = await house.db.run<{ 'QUERY PLAN': string }>(
    { tenantId: plain.tenantId },
    sql`explain (analyze, costs off, timing off, summary off, buffers off) ${read}`,
  )
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toMatch(/Index Only Scan using group_member_nested .*\(actual rows=0/)
  expect(plan).not.toMatch(/Function Scan|Recursive/)
  expect(plan).not.toMatch(/Seq Scan/)
})
