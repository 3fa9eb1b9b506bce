// The database is there and says no: the audit log takes nothing, or transactions are sent back to be tried again.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { ask } from './idp.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const TABLES = ['directory_user', 'directory_group', 'group_member', 'audit_event'] as const

let house: House
let idp: ProvidedIdp
/** As the owner of the tables, which the service is not. */
const asOwner = (text: string) => ask(house.connection, text)
const everything = () => Promise.all(TABLES.map((table) => house.dump(table)))

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const patch = (op: object) => ({ schemas: [PATCH], Operations: [op] })

/** A user, a group with that user in it, and one of every kind of change to them. */
async function scene() {
  idp = await house.identityProvider()
  const ada = (await idp.post('/Users', { schemas: [USER], userName: 'ada', displayName: 'Ada' })).json.id
  const bob = (await idp.post('/Users', { schemas: [USER], userName: 'bob' })).json.id
  const team = (
    await idp.post('/Groups', { schemas: [GROUP], displayName: 'Team', members: [{ value: ada }] })
  ).json.id
  const changes: [string, string, object?][] = [
    ['POST', '/Users', { schemas: [USER], userName: 'eve' }],
    ['PATCH', `/Users/${ada}`, patch({ op: 'replace', path: 'displayName', value: 'Ada L.' })],
    ['PUT', `/Users/${ada}`, { schemas: [USER], userName: 'ada', displayName: 'Countess' }],
    ['PATCH', `/Users/${ada}`, patch({ op: 'replace', path: 'active', value: false })],
    ['POST', '/Groups', { schemas: [GROUP], displayName: 'Others' }],
    ['POST', '/Groups', { schemas: [GROUP], displayName: 'More', members: [{ value: bob }] }],
    ['PATCH', `/Groups/${team}`, patch({ op: 'add', path: 'members', value: [{ value: bob }] })],
    ['PATCH', `/Groups/${team}`, patch({ op: 'remove', path: `members[value eq "${ada}"]` })],
    ['PATCH', `/Groups/${team}`, patch({ op: 'replace', path: 'displayName', value: 'Crew' })],
    ['PUT', `/Groups/${team}`, { schemas: [GROUP], displayName: 'All', members: [{ value: bob }] }],
    ['DELETE', `/Groups/${team}`],
    ['DELETE', `/Users/${ada}`],
  ]
  return { ada, team, changes }
}

afterEach(async () => {
  await asOwner('grant insert on audit_event to doorlist_app')
  await asOwner('drop function if exists send_back cascade; drop sequence if exists sent_back')
})

test('while the audit log cannot be written, every change answers 503 and changes nothing; reads go on', async () => {
  const { ada, team, changes } = await scene()
  const before = await everything()
  await asOwner('revoke insert on audit_event from doorlist_app')
  for (const [method, path, body] of changes) {
    const { status, headers, json } = await idp.request(method, path, body)
    expect([method, path, status, json.status]).toEqual([method, path, 503, '503'])
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(headers['content-type']).toContain('application/scim+json')
  }
  expect(await everything()).toEqual(before)
  for (const path of [`/Users/${ada}`, '/Users', `/Groups/${team}`, '/Groups', '/Schemas'])
    expect([path, (await idp.get(path)).status]).toEqual([path, 200])

  await asOwner('grant insert on audit_event to doorlist_app')
  for (const [method, path, body] of changes)
    expect([method, path, (await idp.request(method, path, body)).status < 300]).toEqual([method, path, true])
})

/** Makes the database send back the first `times` attempts to write an event, with this SQLSTATE. */
async function sendBack(times: number, sqlstate: string): Promise<void> {
  // A sequence does not roll back, so it counts the attempts.
  await asOwner(`create sequence sent_back;
    grant usage on sequence sent_back to doorlist_app;
    create function send_back() returns trigger language plpgsql as $$
    begin
      if nextval('sent_back') <= ${times} then raise exception 'sent back' using errcode = '${sqlstate}'; end if;
      return new;
    end $$;
    create trigger send_back before insert on audit_event for each row execute function send_back()`)
}

test.each(['40001', '40P01'])(
  'a change that the database sends back (%s) is tried again inside, and recorded once',
  async (sqlstate) => {
    const { changes } = await scene()
    for (const [method, path, body] of changes) {
      const events = (await idp.events()).length
      await sendBack(2, sqlstate)
      const { status } = await idp.request(method, path, body)
      expect([method, path, status < 300]).toEqual([method, path, true])
      expect([method, path, (await idp.events()).length - events]).toEqual([method, path, 1])
      await asOwner('drop function send_back cascade; drop sequence sent_back')
    }
  },
)

test('a change that is sent back for ever answers 503, changes nothing and leaves every connection usable', async () => {
  const { changes } = await scene()
  const before = await everything()
  await sendBack(1_000_000, '40001')
  for (const [method, path, body] of [...changes, ...changes]) {
    const { status, headers } = await idp.request(method, path, body)
    expect([method, path, status]).toEqual([method, path, 503])
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  }
  expect(await everything()).toEqual(before)
  await asOwner('drop function send_back cascade; drop sequence sent_back')
  const statuses = await Promise.all(Array.from({ length: 50 }, () => idp.get('/Users')))
  expect(statuses.map(({ status }) => status)).toEqual(Array(50).fill(200))
})
