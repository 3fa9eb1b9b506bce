// The groups of one member, as IdPs ask for them: `members[value eq "…"]`. However many groups there are, only those of
// the member are looked at.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { groupAttributes } from '#directory/groups/group-attributes.ts'
import { compileFilter } from '#directory/lists/filter-sql.ts'
import { sql } from '#platform/database/sql.ts'
import { parseFilter } from '#protocol/scim/filter/filter.ts'
import { groupSchema } from '#protocol/scim/schema/resource-schema.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { GROUP, USER } from './refusal.ts'

let house: House
let idp: ProvidedIdp
let ada: string
let bob: string
let crew: string

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  const user = async (userName: string) => (await idp.post('/Users', { schemas: [USER], userName })).json.id
  const group = async (displayName: string, ids: string[]) => {
    const members = ids.map((value) => ({ value }))
    return (await idp.post('/Groups', { schemas: [GROUP], displayName, members })).json.id
  }
  ada = await user('ada')
  bob = await user('bob')
  crew = await group('Crew', [ada, bob])
  await group('Deck', [bob])
  await group('Fleet', [crew])
  await group('Nobody', [])
})
afterAll(() => house?.close())

const named = (text: string) => text.replaceAll('ADA', ada).replaceAll('BOB', bob).replaceAll('CREW', crew)

async function found(endpoint: string, filter: string, name: string): Promise<string[]> {
  const { json } = await idp.get(`${endpoint}?filter=${encodeURIComponent(named(filter))}`)
  return (json.Resources ?? []).map((each: Record<string, string>) => each[name])
}

describe('groups', () => {
  test.each([
    ['members[value eq "ADA"]', ['Crew']],
    ['members.value eq "BOB"', ['Crew', 'Deck']],
    ['members eq "CREW"', ['Fleet']],
    ['members[value eq "CREW" and type eq "Group"]', ['Fleet']],
    ['members[value eq "CREW" and type eq "User"]', []],
    ['members[value eq "ADA" or value eq "CREW"]', ['Crew', 'Fleet']],
    ['members[type eq "User"] and not (members[value eq "ADA"])', ['Deck']],
    ['not (members pr) or members eq "no id"', ['Nobody']],
  ])('%s', async (filter, names) => {
    expect(await found('/Groups', filter, 'displayName')).toEqual(names)
  })
})

describe('users', () => {
  test.each([
    ['groups eq "CREW"', ['ada', 'bob']],
    ['groups.value eq "no id"', []],
    ['not (groups.value eq "CREW")', []],
  ])('%s', async (filter, names) => {
    expect(await found('/Users', filter, 'userName')).toEqual(names)
  })
})

test.each([
  'members[value eq "ADA"]',
  'members.value eq "ADA"',
  'members[value eq "ADA" and type eq "User"]',
])('the index of members answers %s', async (filter) => {
  const at = { base: idp.endpoint, tenantId: idp.tenantId }
  const condition = compileFilter(parseFilter(named(filter), groupSchema), groupAttributes(at))
  const rows = await house.db.run<{ 'QUERY PLAN': string }>(
    { tenantId: idp.tenantId },
    sql`explain (analyze, costs off, timing off, summary off, buffers off) select u.id from directory_group u
        where u.idp_id = ${idp.id} and u.tenant_id = ${idp.tenantId} and ${condition} order by u.id limit 101`,
  )
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  // One of the four groups is read, the one that has the member.
  expect(plan).toMatch(/using group_member_member /)
  expect(plan).toMatch(/on directory_group u \(actual rows=1\.00 loops=1\)/)
})
