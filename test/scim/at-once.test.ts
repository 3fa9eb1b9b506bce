// Requests that come in at the same moment: each has its own answer, its own event and its own refusal, however they are
// written.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { patchOf, USER } from './refusal.ts'

const MANY = 40

let house: House
let idp: ProvidedIdp

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
})
afterAll(() => house?.close())

const person = (userName: string, more: object = {}) => ({ schemas: [USER], userName, ...more })
const many = <Result>(make: (n: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: MANY }, (_, n) => make(n)))
const statuses = (answers: readonly { readonly status: number }[]) => answers.map(({ status }) => status)
const events = (action: string, name: string) =>
  house.db.run<{ objectId: string; requestId: string; change: string }>(
    idp,
    sql`select object_id as "objectId", request_id as "requestId", change from audit_event
      where tenant_id = ${idp.tenantId} and action = ${action} and object_name like ${name} and result = 'success'
      order by at, id`,
  )

test('users that are created at once keep what was sent, and have events that name their requests', async () => {
  const emails = (n: number) => [{ value: `o"n\\e,{${n}}@example.com`, type: 'work' }]
  const created = await many((n) =>
    idp.post('/Users', person(`new-${n}`, n % 3 ? { emails: emails(n) } : {})),
  )
  expect(new Set(statuses(created))).toEqual(new Set([201]))
  const read = await many((n) => idp.get(`/Users/${created[n]?.json.id}`))
  for (const [n, { json }] of read.entries()) {
    expect(json).toEqual(created[n]?.json)
    expect(json).toMatchObject(person(`new-${n}`, n % 3 ? { emails: emails(n) } : {}))
  }
  const found = await idp.get(
    `/Users?filter=${encodeURIComponent(`emails.value eq "O\\"N\\\\E,{1}@example.com"`)}`,
  )
  expect(found.json.Resources).toMatchObject([{ userName: 'new-1' }])
  const recorded = await events('create', 'new-%')
  expect(recorded).toHaveLength(MANY)
  expect(new Set(recorded.map(({ objectId }) => objectId))).toEqual(
    new Set(created.map(({ json }) => json.id)),
  )
  expect(new Set(recorded.map(({ requestId }) => requestId)).size).toBe(MANY)
})

test('of users with one name that are created at once one is, and the others hear which attribute is taken', async () => {
  const answers = await many((n) => idp.post('/Users', person(n % 2 ? 'twin' : `single-${n}`)))
  expect(statuses(answers.filter((_, n) => n % 2 === 0)).every((status) => status === 201)).toBe(true)
  const twins = answers.filter((_, n) => n % 2)
  expect(statuses(twins).toSorted()).toEqual([201, ...Array(MANY / 2 - 1).fill(409)])
  expect(twins.find(({ status }) => status === 409)?.json).toMatchObject({ scimType: 'uniqueness' })
  expect(await events('create', 'twin')).toHaveLength(1)
})

test('changes that come in at once are all made, but for the one that takes the name of another', async () => {
  const users = await many((n) => idp.post('/Users', person(`changed-${n}`)))
  const rename = (n: number) =>
    n === 7
      ? patchOf({ op: 'replace', path: 'userName', value: 'CHANGED-0' })
      : patchOf({ op: 'replace', path: 'title', value: `title ${n}` })
  const answers = await many((n) => idp.patch(`/Users/${users[n]?.json.id}`, rename(n)))
  expect(statuses(answers)).toEqual(Array.from({ length: MANY }, (_, n) => (n === 7 ? 409 : 200)))
  for (const [n, { json, headers }] of answers.entries()) {
    if (n !== 7) expect([json.title, headers.etag]).toEqual([`title ${n}`, 'W/"2"'])
  }
  const recorded = await events('update', 'changed-%')
  expect(recorded).toHaveLength(MANY - 1)
  expect(new Set(recorded.map(({ requestId }) => requestId)).size).toBe(MANY - 1)
})

test('changes of one user that come in at once are made one after the other, and none is lost', async () => {
  const { json } = await idp.post('/Users', person('busy'))
  const add = (n: number) =>
    patchOf({ op: 'add', path: 'emails', value: [{ value: `busy-${n}@example.com`, type: `t${n}` }] })
  const answers = await many((n) => idp.patch(`/Users/${json.id}`, add(n)))
  expect(new Set(statuses(answers))).toEqual(new Set([200]))
  const { emails, meta } = (await idp.get(`/Users/${json.id}`)).json
  expect(emails).toHaveLength(MANY)
  expect(meta.version).toBe(`W/"${MANY + 1}"`)
  expect(await events('update', 'busy')).toHaveLength(MANY)
})

test('what two identity providers send at once stays apart', async () => {
  const other = await house.identityProvider()
  const answers = await many((n) => (n % 2 ? idp : other).post('/Users', person(`shared-${n >> 1}`)))
  expect(new Set(statuses(answers))).toEqual(new Set([201]))
  const seen = await many((n) => (n % 2 ? other : idp).get(`/Users/${answers[n]?.json.id}`))
  expect(new Set(statuses(seen))).toEqual(new Set([404]))
})
