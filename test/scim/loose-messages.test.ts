// More of what lenient mode understands (lenient.test.ts has the first of each kind): filters on what is no list, members by
// every way to name them, schemas of any kind, numbers and texts in each other's place. Each comes with a deactivation beside
// it, which is not lost. Strict mode refuses what the standard does not have.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { declareSchema } from '#identity-providers/schemas/custom-schemas.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { GROUP, PATCH_OP, patchOf, USER } from './refusal.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const CUSTOM = 'urn:example:params:scim:schemas:1.0:Access'
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

let house: House
let idp: ProvidedIdp
let strict: ProvidedIdp
let count = 0
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  strict = await house.identityProvider({ mode: 'strict' })
  for (const each of [idp, strict])
    await declareSchema(house.db, each.operator, each.id, 'User', {
      id: CUSTOM,
      attributes: [
        { name: 'assurance', multiValued: true },
        { name: 'level', type: 'integer' },
        { name: 'levels', type: 'integer', multiValued: true },
        { name: 'score', type: 'decimal' },
        { name: 'vip', type: 'boolean' },
      ],
    })
})
afterAll(() => house?.close())

const unique = (what = 'user') => `${what}-${++count}`
const DEACTIVATE = { op: 'Replace', path: 'active', value: 'False' }

const FULL = {
  schemas: [USER, ENTERPRISE, CUSTOM],
  title: 'Cook',
  externalId: '4711',
  name: { familyName: 'Keel', givenName: 'Wren' },
  emails: [
    { value: 'w@x.example', type: 'work', primary: true },
    { value: 'h@x.example', type: 'home' },
  ],
  roles: [{ value: 'r' }, { value: 's' }],
  phoneNumbers: [{ value: '1', type: 'mobile' }],
  [ENTERPRISE]: { department: 'Dock', manager: { value: '7', $ref: '../Users/7' } },
  [CUSTOM]: { assurance: ['low', 'high'], level: 3, levels: [1, 2], score: 1.5, vip: true },
}

async function created(at = idp): Promise<string> {
  const { status, text, json } = await at.post('/Users', { ...FULL, userName: unique() })
  expect(status, text).toBe(201)
  return json.id
}

const M = `${ENTERPRISE}:manager`
const A = `${CUSTOM}:assurance`

/** An operation, and what of the user is different after it. */
type Row = readonly [operation: object, changed: object]

const manager = (value: object | undefined) => ({ [ENTERPRISE]: { department: 'Dock', manager: value } })
const access = (change: object) => ({ [CUSTOM]: { ...FULL[CUSTOM], ...change } })
const emails = (...list: object[]) => ({ emails: list })
const [WORK, HOME] = FULL.emails as [object, object]

const FILTERS: readonly Row[] = [
  [{ op: 'remove', path: `${M}[$ref pr]` }, manager(undefined)],
  [{ op: 'remove', path: 'manager[value ne "7"]' }, {}],
  [{ op: 'remove', path: 'manager[value eq 7]' }, manager(undefined)],
  [{ op: 'Remove', path: 'Manager[Value EQ "7"]' }, manager(undefined)],
  [{ op: 'remove', path: 'manager[value eq "7" or value eq "8"]' }, manager(undefined)],
  [{ op: 'remove', path: 'manager[not (value eq "7")]' }, {}],
  [{ op: 'replace', path: `${M}[value eq 7].value`, value: 9 }, manager({ value: '9', $ref: '../Users/7' })],
  [
    { op: 'add', path: `${M}[value eq "7"]`, value: { value: '9' } },
    manager({ value: '9', $ref: '../Users/7' }),
  ],
  [
    { op: 'replace', path: `${M}[value eq "7" and $ref pr].value`, value: '8' },
    manager({ value: '8', $ref: '../Users/7' }),
  ],
  [
    { op: 'replace', path: 'name[familyName eq "keel"].givenName', value: 'Ada' },
    { name: { familyName: 'Keel', givenName: 'Ada' } },
  ],
  [{ op: 'replace', path: 'name[familyName eq "Mast"].givenName', value: 'Ada' }, {}],
  [{ op: 'remove', path: 'name[givenName pr].givenName' }, { name: { familyName: 'Keel' } }],
  [
    { op: 'add', path: 'name[familyName eq "Keel"]', value: { middleName: 'M' } },
    { name: { ...FULL.name, middleName: 'M' } },
  ],
  [
    { op: 'replace', path: `${ENTERPRISE}:department[value sw "Do"]`, value: 'Mast' },
    { [ENTERPRISE]: { ...FULL[ENTERPRISE], department: 'Mast' } },
  ],
  [
    { op: 'remove', path: 'department[value eq "dock"]' },
    { [ENTERPRISE]: { manager: FULL[ENTERPRISE].manager } },
  ],
  [{ op: 'replace', path: 'externalId[value eq 4711]', value: 4712 }, { externalId: '4712' }],
  [{ op: 'replace', path: 'externalId[value eq "4711"].value', value: '4712' }, { externalId: '4712' }],
  [{ op: 'replace', path: 'title[value co "ook"]', value: { value: 'Mate' } }, { title: 'Mate' }],
  [{ op: 'add', path: 'nickName[value eq "wr"]', value: 'wr' }, { nickName: 'wr' }],
  [{ op: 'replace', path: `${CUSTOM}:level[value eq "3"]`, value: '4' }, access({ level: 4 })],
  [{ op: 'replace', path: `${CUSTOM}:level[value gt 5]`, value: 4 }, {}],
  [{ op: 'replace', path: `${CUSTOM}:vip[value eq true]`, value: 0 }, access({ vip: false })],
  [{ op: 'remove', path: `${CUSTOM}:levels[value ge 2]` }, access({ levels: [1] })],
  [{ op: 'remove', path: `${CUSTOM}:levels[value eq "1"]` }, access({ levels: [2] })],
  [{ op: 'remove', path: `${CUSTOM}:levels`, value: '1' }, access({ levels: [2] })],
  [{ op: 'remove', path: `${CUSTOM}:levels`, value: ['1', 7] }, access({ levels: [2] })],
  [{ op: 'remove', path: 'assurance[value eq "low"]' }, access({ assurance: ['high'] })],
  [{ op: 'remove', path: `${A}[value co "i"]` }, access({ assurance: ['low'] })],
  [{ op: 'replace', path: `${A}[value eq "low"]`, value: '' }, access({ assurance: ['high'] })],
  [{ op: 'remove', path: A, value: { value: 'high' } }, access({ assurance: ['low'] })],
  [{ op: 'remove', path: A, value: '' }, {}],
  [{ op: 'remove', path: A, value: [''] }, {}],
  [{ op: 'remove', path: A, value: 'none' }, {}],
  [{ op: 'remove', path: 'roles', value: ['R'] }, { roles: [{ value: 's' }] }],
  [{ op: 'remove', path: 'roles', value: 'r' }, { roles: [{ value: 's' }] }],
  [{ op: 'remove', path: 'roles', value: { value: 'r', display: 'x' } }, { roles: [{ value: 's' }] }],
  [{ op: 'remove', path: 'emails', value: [{ type: 'home' }] }, emails(WORK)],
  [{ op: 'remove', path: 'emails', value: 'H@X.example' }, emails(WORK)],
  [{ op: 'remove', path: 'emails', value: ' ' }, {}],
  [{ op: 'remove', path: 'emails[primary eq 1]' }, emails(HOME)],
  [{ op: 'remove', path: 'emails[primary eq "1"]' }, emails(HOME)],
  [{ op: 'remove', path: 'emails[primary eq "True"]' }, emails(HOME)],
  [{ op: 'remove', path: 'emails[type ne "work"]' }, emails(WORK)],
  [
    { op: 'replace', path: 'phoneNumbers[value eq 1].value', value: 2 },
    { phoneNumbers: [{ value: '2', type: 'mobile' }] },
  ],
  [{ op: ' Replace ', path: ' title ', value: 'Mate' }, { title: 'Mate' }],
]

test.each(FILTERS)('%j', async (operation, changed) => {
  for (const operations of [
    [operation, DEACTIVATE],
    [DEACTIVATE, operation],
  ]) {
    const id = await created()
    const { status, text, json } = await idp.patch(`/Users/${id}`, patchOf(...operations))
    expect(status, text).toBe(200)
    const { schemas: _, ...expected } = { ...FULL, ...changed }
    expect(json).toMatchObject({ ...JSON.parse(JSON.stringify(expected)), active: false })
    for (const name of Object.keys(changed))
      expect(json[name]).toEqual(JSON.parse(JSON.stringify(expected))[name])
  }
})

test.each([
  { op: 'replace', path: 'active[value eq true]', value: false },
  { op: 'Replace', path: 'active[value eq "True"]', value: 'False' },
  { op: 'add', path: 'active[value eq 1]', value: 0 },
])('a deactivation with a filter deactivates: %j', async (operation) => {
  const id = await created()
  expect((await idp.patch(`/Users/${id}`, patchOf(operation))).json.active).toBe(false)
  expect((await idp.patch(`/Users/${id}`, patchOf(operation))).json.active).toBe(false)
})

test.each([
  { op: 'replace', path: 'active[value eq false]', value: true },
  { op: 'add', path: 'active[value eq true]', value: true },
  { op: 'add', path: 'active[value eq true]', value: '' },
  { op: 'add', path: 'active[value ne true]', value: true },
])('a filter never activates: %j', async (operation) => {
  const id = await created()
  await idp.patch(`/Users/${id}`, patchOf(DEACTIVATE))
  const refused = await idp.patch(`/Users/${id}`, patchOf(operation))
  expect(refused).toMatchObject({ status: 400, json: { scimType: 'invalidPath' } })
  expect((await idp.get(`/Users/${id}`)).json.active).toBe(false)
})

test.each([
  ['emails[type eq work].value', /"work" is not a value/],
  ["emails[type eq 'work'].value", /'work'/],
  ['emails[0].value', /0/],
  ['emails["work"].value', /work/],
  ['emails[].value', /too early/],
  ['emails.work.value', /not an attribute path/],
  ['/emails', /not an attribute path/],
])(
  'a path that cannot be read is refused by what is wrong with it, and changes nothing: %s',
  async (path, says) => {
    const id = await created()
    const { status, json } = await idp.patch(
      `/Users/${id}`,
      patchOf(DEACTIVATE, { op: 'replace', path, value: 'x' }),
    )
    expect([status, json.detail]).toEqual([400, expect.stringMatching(says)])
    expect((await idp.get(`/Users/${id}`)).json).toMatchObject({ active: true, emails: FULL.emails })
  },
)

describe('numbers, texts and truth in each other’s place', () => {
  const CONVERTED: readonly (readonly [string, object, object])[] = [
    ['roles as one number', { roles: 7 }, { roles: [{ value: '7' }] }],
    ['roles as numbers and texts', { roles: [7, '8'] }, { roles: [{ value: '7' }, { value: '8' }] }],
    ['a phone number as a number', { phoneNumbers: 81_901 }, { phoneNumbers: [{ value: '81901' }] }],
    [
      'the manager as a number',
      { [ENTERPRISE]: { manager: 7 } },
      { [ENTERPRISE]: { manager: { value: '7' } } },
    ],
    [
      'the manager’s id as a number',
      { [ENTERPRISE]: { manager: { value: 7 } } },
      { [ENTERPRISE]: { manager: { value: '7' } } },
    ],
    [
      'a name of numbers',
      { name: { givenName: 1, familyName: 0 } },
      { name: { givenName: '1', familyName: '0' } },
    ],
    ['a negative number', { externalId: -5 }, { externalId: '-5' }],
    ['zero', { externalId: 0 }, { externalId: '0' }],
    ['a number in a list', { title: ['Mate'] }, { title: 'Mate' }],
    ['a text in an object', { title: { value: 'Mate' } }, { title: 'Mate' }],
    ['a number in an object', { title: { value: 7 } }, { title: '7' }],
    ['an integer as text', { [CUSTOM]: { level: '42' } }, { [CUSTOM]: { level: 42 } }],
    ['a negative integer as text', { [CUSTOM]: { level: ' -3 ' } }, { [CUSTOM]: { level: -3 } }],
    ['a decimal as text', { [CUSTOM]: { score: '1.25' } }, { [CUSTOM]: { score: 1.25 } }],
    ['integers as texts', { [CUSTOM]: { levels: ['1', 2] } }, { [CUSTOM]: { levels: [1, 2] } }],
    ['one integer for a list', { [CUSTOM]: { levels: 5 } }, { [CUSTOM]: { levels: [5] } }],
    ['a number in a list of texts', { [CUSTOM]: { assurance: 7 } }, { [CUSTOM]: { assurance: ['7'] } }],
    ['a boolean as 1', { [CUSTOM]: { vip: 1 } }, { [CUSTOM]: { vip: true } }],
    ['a boolean as "0"', { [CUSTOM]: { vip: '0' } }, { [CUSTOM]: { vip: false } }],
    ['active as [0]', { active: [0] }, { active: false }],
    ['active as ["False"]', { active: ['False'] }, { active: false }],
    ['active as {"value": "0"}', { active: { value: '0' } }, { active: false }],
    ['active with spaces', { active: ' FALSE ' }, { active: false }],
    [
      'primary as "1"',
      { emails: [{ value: 'a@x.example', primary: '1' }] },
      { emails: [{ value: 'a@x.example', primary: true }] },
    ],
  ]

  test.each(CONVERTED)('%s', async (_, sent, kept) => {
    const made = await idp.post('/Users', { userName: unique(), ...sent })
    expect(made.status, made.text).toBe(201)
    expect(made.json).toMatchObject(kept)
    const { id } = (await idp.post('/Users', { userName: unique() })).json
    const operations = Object.entries(sent).flatMap(([name, value]) =>
      name.includes(':')
        ? Object.entries(value).map(([inner, each]) => ({
            op: 'replace',
            path: `${name}:${inner}`,
            value: each,
          }))
        : [{ op: 'replace', path: name, value }],
    )
    expect((await idp.patch(`/Users/${id}`, patchOf(...operations))).json).toMatchObject(kept)
    expect((await idp.patch(`/Users/${id}`, patchOf({ op: 'add', value: sent }))).json).toMatchObject(kept)
    const strictly = await strict.post('/Users', {
      schemas: [USER, ENTERPRISE, CUSTOM],
      userName: unique(),
      ...sent,
    })
    expect(strictly.status).toBe(400)
  })

  test.each([
    ['an integer with letters', { [CUSTOM]: { level: '4x' } }, /level/],
    ['an integer that would change', { [CUSTOM]: { level: '007' } }, /level/],
    ['a number beyond what is exact', { [CUSTOM]: { score: '1e400' } }, /score/],
    ['two texts for one', { title: ['a', 'b'] }, /title/],
    ['a boolean for a text', { externalId: false }, /externalId/],
    ['minus one for a boolean', { active: -1 }, /active/],
    ['a word for a boolean', { active: 'disabled' }, /active/],
    ['a list for the name that identifies', { userName: ['x'] }, /userName/],
    ['an object for the name that identifies', { userName: { value: 'x' } }, /userName/],
  ])('%s is refused by its name', async (_, sent, says) => {
    const { status, json } = await idp.post('/Users', { userName: unique(), ...sent })
    expect([status, json.scimType, json.detail]).toEqual([400, 'invalidValue', expect.stringMatching(says)])
  })

  test('filters of queries take them, too', async () => {
    const own = await house.identityProvider()
    await declareSchema(house.db, own.operator, own.id, 'User', {
      id: CUSTOM,
      attributes: [{ name: 'level', type: 'integer' }],
    })
    const body = { externalId: 4711, phoneNumbers: [{ value: 5, primary: 1 }], [CUSTOM]: { level: 3 } }
    const { json } = await own.post('/Users', { userName: '123', active: 0, ...body })
    await own.post('/Users', { userName: 'other' })
    for (const filter of [
      'externalId eq 4711',
      'userName eq 123',
      'active eq 0',
      'active eq "0"',
      'active eq "FALSE"',
      'phoneNumbers[primary eq 1]',
      'phoneNumbers.value eq 5',
      `${CUSTOM}:level eq "3"`,
      `${CUSTOM}:level gt "2" and externalId sw 47`,
    ]) {
      const found = await own.get(`/Users?filter=${encodeURIComponent(filter)}`)
      expect([filter, found.json.Resources?.map(({ id }: { id: string }) => id)]).toEqual([filter, [json.id]])
      const search = await own.post('/Users/.search', { filter })
      expect([filter, search.json.totalResults]).toEqual([filter, 1])
    }
    for (const filter of ['externalId eq 4711', 'active eq 0', 'active eq "1"', `${CUSTOM}:level eq "3"`])
      expect((await strict.get(`/Users?filter=${encodeURIComponent(filter)}`)).json.scimType).toBe(
        'invalidFilter',
      )
    for (const filter of ['externalId eq 1.5', 'active eq 2', `${CUSTOM}:level eq "x"`])
      expect((await own.get(`/Users?filter=${encodeURIComponent(filter)}`)).json.scimType).toBe(
        'invalidFilter',
      )
  })
})

test.each([
  ['a text', USER],
  ['an empty text', ''],
  ['an empty list', []],
  ['an empty object', {}],
  ['a list of nothing', [null, '']],
  ['a list of numbers', [7]],
  ['a list in a list', [[USER]]],
  ['another version', ['urn:ietf:params:scim:schemas:core:2.0']],
  ['other letters', [USER.toUpperCase()]],
  ['spaces around it', [` ${USER} `]],
  ['that of another type', [GROUP]],
  ['that of an extension alone', [ENTERPRISE]],
  ['one that nobody declared', [USER, 'urn:example:nobody:2.0:User']],
])('schemas of a resource as %s do not matter', async (_, schemas) => {
  const made = await idp.post('/Users', { schemas, userName: unique() })
  expect([made.status, made.json.schemas]).toEqual([201, [USER]])
  const { id, userName } = made.json
  expect((await idp.put(`/Users/${id}`, { schemas, userName, title: 'Mate' })).json.title).toBe('Mate')
  expect((await idp.patch(`/Users/${id}`, { schemas, Operations: [DEACTIVATE] })).json.active).toBe(false)
  const group = await idp.post('/Groups', { schemas, displayName: unique('group') })
  expect([group.status, group.json.schemas]).toEqual([201, [GROUP]])
  const operation = { method: 'POST', path: '/Users', bulkId: 'a', data: { schemas, userName: unique() } }
  const bulk = await idp.post('/Bulk', { schemas, Operations: [operation] })
  expect(bulk.json.Operations[0].status).toBe('201')
})

describe('members', () => {
  let ids: { a: string; b: string; c: string }
  beforeAll(async () => {
    const [a = '', b = '', c = ''] = await Promise.all(
      ['a', 'b', 'c'].map(
        async (displayName) => (await idp.post('/Users', { userName: unique(), displayName })).json.id,
      ),
    )
    ids = { a, b, c }
  })

  /** `@a`, `@b` and `@c` stand for ids, `@` alone for the endpoint. A group begins with a and b. */
  const ROWS: readonly (readonly [operation: object, members: string])[] = [
    [{ op: 'add', path: 'members[value eq "@c"]' }, 'abc'],
    [{ op: 'Add', path: 'Members[Value EQ "@c"]', value: null }, 'abc'],
    [{ op: 'add', path: 'members[value eq "@c"]', value: {} }, 'abc'],
    [{ op: 'add', path: 'members[value eq "@c"]', value: [{}] }, 'abc'],
    [{ op: 'add', path: 'members[value eq "@c"]', value: [{ value: '' }] }, 'abc'],
    [{ op: 'add', path: 'members[value eq "@c"]', value: '@c' }, 'abc'],
    [{ op: 'add', path: 'members[value eq "@c"].value', value: '@c' }, 'abc'],
    [{ op: 'add', path: 'members[value eq "@c" and type eq "User"]', value: [] }, 'abc'],
    [{ op: 'add', path: 'members[type eq "User" and value eq "@c"]' }, 'abc'],
    [{ op: 'add', path: 'members[value eq "@c" or value eq "@a"]' }, 'abc'],
    [{ op: 'add', path: 'members[value eq "@a"]' }, 'ab'],
    [{ op: 'add', path: `${GROUP}:members[value eq "@c"]` }, 'abc'],
    [{ op: 'add', path: 'members.value', value: '@c' }, 'abc'],
    [{ op: 'add', path: 'members', value: [{ $ref: '@/Users/@c' }] }, 'abc'],
    [{ op: 'add', path: 'members', value: { $ref: '../Users/@c', value: '' } }, 'abc'],
    [{ op: 'add', path: 'members', value: ['@c', ''] }, 'abc'],
    [{ op: 'add', path: 'members', value: [{ value: ['@c'] }] }, 'abc'],
    [{ op: 'add', value: { Members: { value: '@c' } } }, 'abc'],
    [{ op: 'replace', path: 'members[value eq "@a"]', value: '@c' }, 'bc'],
    [{ op: 'replace', path: 'members[value eq "@a"]', value: [{ value: '@c', display: 'c' }] }, 'bc'],
    [{ op: 'replace', path: 'members', value: '@c' }, 'c'],
    [{ op: 'remove', path: 'members[value eq "@a"].value' }, 'b'],
    [{ op: 'remove', path: 'members[value eq "@a" or value eq "@b"]' }, ''],
    [{ op: 'remove', path: 'members[value eq "@a" and type eq "Group"]' }, 'ab'],
    [{ op: 'remove', path: 'members[value eq "@a" and type eq "User"]' }, 'b'],
    [{ op: 'remove', path: 'members[display eq "A"]' }, 'b'],
    [{ op: 'remove', path: 'members[value ne "@a"]' }, 'a'],
    [{ op: 'remove', path: 'members[value eq ""]' }, 'ab'],
    [{ op: 'remove', path: 'members[$ref ew "@a"]' }, 'b'],
    [{ op: 'remove', path: 'members', value: [{ $ref: '@/Users/@a' }] }, 'b'],
    [{ op: 'remove', path: 'members', value: { value: '@a' } }, 'b'],
    [{ op: 'remove', path: 'members', value: '@a' }, 'b'],
    [{ op: 'remove', path: 'members', value: ['@a', '@b', '@c'] }, ''],
    [{ op: 'remove', path: 'members', value: [{ value: '@c' }] }, 'ab'],
    [{ op: 'remove', value: { members: [{ value: '@a' }] } }, 'b'],
    [{ op: 'remove', path: 'members', value: '' }, 'ab'],
    [{ op: 'remove', path: 'members', value: ' ' }, 'ab'],
    [{ op: 'remove', path: 'members' }, ''],
  ]

  const filled = (operation: object): object =>
    JSON.parse(
      JSON.stringify(operation)
        .replaceAll(/@([abc])/g, (_, letter: keyof typeof ids) => ids[letter])
        .replaceAll('@', idp.endpoint),
    )
  const lettersOf = (members: readonly { value: string }[] = []) =>
    members
      .map(({ value }) => Object.entries(ids).find(([, id]) => id === value)?.[0])
      .toSorted()
      .join('')

  test.each(ROWS)('%j', async (operation, members) => {
    for (const inBulk of [false, true]) {
      const crew = (
        await idp.post('/Groups', {
          displayName: unique('crew'),
          members: [{ value: ids.a }, { value: ids.b }],
        })
      ).json.id
      const displayName = unique('crew')
      const data = patchOf(filled(operation), { op: 'replace', path: 'displayName', value: displayName })
      const bulk = { schemas: [BULK], Operations: [{ method: 'PATCH', path: `/Groups/${crew}`, data }] }
      const { status, text } = inBulk
        ? await idp.post('/Bulk', bulk)
        : await idp.patch(`/Groups/${crew}`, data)
      expect(status, text).toBeLessThan(300)
      const { json } = await idp.get(`/Groups/${crew}`)
      expect([lettersOf(json.members), json.displayName]).toEqual([members, displayName])
    }
  })

  test.each([
    [{ op: 'add', path: 'members[value eq "nobody"]' }, /nobody/],
    [{ op: 'add', path: `members[value eq "${crypto.randomUUID()}"]` }, /names no User or Group/],
    [{ op: 'add', path: 'members[value sw "@c"]', value: '@c' }, /members/],
    [{ op: 'add', path: 'members[value eq "@c" and value eq "@a"]' }, /members/],
    [{ op: 'replace', path: 'members.value', value: '@c' }, /members/],
    [{ op: 'remove', path: 'members.value' }, /members/],
    [{ op: 'remove', path: 'members[value eq @a]' }, /is not a value/],
    [{ op: 'add', path: 'members', value: [{ display: 'c' }] }, /members\[0\]\.value/],
    [{ op: 'add', path: 'members', value: [{ $ref: 'c' }] }, /members\[0\]\.value/],
  ])('%j is refused, and changes nothing', async (operation, says) => {
    const { json } = await idp.post('/Groups', { displayName: unique('crew'), members: [{ value: ids.a }] })
    const refused = await idp.patch(
      `/Groups/${json.id}`,
      patchOf({ op: 'add', path: 'members', value: ids.b }, filled(operation)),
    )
    expect([refused.status, refused.json.detail]).toEqual([400, expect.stringMatching(says)])
    expect(lettersOf((await idp.get(`/Groups/${json.id}`)).json.members)).toBe('a')
  })
})

test('a message in which an operation says nothing is done for its other operations', async () => {
  const id = await created()
  const Operations = [
    { op: 'replace', value: {} },
    { op: 'add', value: { emails: [] } },
    { op: 'replace', path: 'groups', value: [] },
    { op: 'remove', path: 'roles', value: [] },
    DEACTIVATE,
  ]
  const { status, json } = await idp.patch(`/Users/${id}`, { schemas: [PATCH_OP], Operations })
  expect([status, json.active, json.emails, json.roles]).toEqual([200, false, FULL.emails, FULL.roles])
})
