import { describe, expect, test } from 'vitest'
import { groupSchema, userSchema, withExtensions } from '../schema/resource-schema.ts'
import { attribute } from '../schema/standard/common.ts'
import type { JsonObject } from './json.ts'
import { type Parameters, parseProjection, project, type Written, wants } from './projection.ts'

const USER = userSchema.core.id
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const ada: JsonObject = {
  schemas: [USER, ENTERPRISE],
  id: '1',
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'King' },
  emails: [{ value: 'a@b.c', type: 'work' }, { value: 'd@e.f' }],
  groups: [{ value: 'g' }],
  [ENTERPRISE]: { department: 'R&D', manager: { value: '7', displayName: 'Boss' } },
  meta: { resourceType: 'User', version: 'W/"1"' },
}

function answer(parameters: Parameters): JsonObject {
  return project(ada, userSchema, parseProjection(userSchema, parameters))
}

test('without parameters everything is returned', () => {
  expect(parseProjection(userSchema, { attributes: '', filter: 'x' })).toBeUndefined()
  expect(answer({})).toEqual(ada)
})

test.each<[string, JsonObject]>([
  ['userName', { schemas: [USER], id: '1', userName: 'ada' }],
  ['USERNAME, nosuch', { schemas: [USER], id: '1', userName: 'ada' }],
  ['nosuch', { schemas: [USER], id: '1' }],
  ['password', { schemas: [USER], id: '1' }],
  ['name.givenName', { schemas: [USER], id: '1', name: { givenName: 'Ada' } }],
  ['name.givenName,name', { schemas: [USER], id: '1', name: ada.name ?? null }],
  ['emails.type', { schemas: [USER], id: '1', emails: [{ type: 'work' }] }],
  [`${USER}:userName`, { schemas: [USER], id: '1', userName: 'ada' }],
  [`${ENTERPRISE}:department`, { schemas: [USER, ENTERPRISE], id: '1', [ENTERPRISE]: { department: 'R&D' } }],
  [
    'manager',
    { schemas: [USER, ENTERPRISE], id: '1', [ENTERPRISE]: { manager: { value: '7', displayName: 'Boss' } } },
  ],
  [
    `${ENTERPRISE}:manager.value`,
    { schemas: [USER, ENTERPRISE], id: '1', [ENTERPRISE]: { manager: { value: '7' } } },
  ],
  [ENTERPRISE, { schemas: [USER, ENTERPRISE], id: '1', [ENTERPRISE]: ada[ENTERPRISE] ?? null }],
  ['meta.version', { schemas: [USER], id: '1', meta: { version: 'W/"1"' } }],
])('attributes=%s returns just that, and what is always returned', (attributes, expected) => {
  expect(answer({ attributes })).toEqual(expected)
})

test('excludedAttributes leaves out what it names, but never what is always returned', () => {
  const { groups: _groups, meta: _meta, ...rest } = ada
  expect(answer({ excludedattributes: 'groups,meta,id,schemas,nosuch' })).toEqual(rest)
  expect(answer({ excludedAttributes: 'name.givenName' })).toEqual({ ...ada, name: { familyName: 'King' } })
  expect(answer({ excludedAttributes: 'emails.type,emails.value' })).not.toHaveProperty('emails')
  expect(answer({ excludedAttributes: ENTERPRISE })).toMatchObject({ schemas: [USER] })
  expect(answer({ excludedAttributes: ENTERPRISE })).not.toHaveProperty([ENTERPRISE])
})

test('a password is not returned, whatever is asked for', () => {
  const leaked = { ...ada, password: 'secret' }
  for (const parameters of [{}, { attributes: 'password' }, { excludedAttributes: 'title' }]) {
    expect(project(leaked, userSchema, parseProjection(userSchema, parameters))).not.toHaveProperty(
      'password',
    )
  }
})

test('the two parameters exclude each other, and neither may be given twice', () => {
  const refusal = (parameters: Parameters) => () => parseProjection(userSchema, parameters)
  expect(refusal({ attributes: 'id', excludedAttributes: 'name' })).toThrow('exclude each other')
  expect(refusal({ attributes: ['id', 'name'] })).toThrow('more than once')
  expect(refusal({ attributes: 'id', Attributes: 'name' })).toThrow('more than once')
  expect(refusal({ attributes: 'x'.repeat(8_193) })).toThrow('8192')
})

test.each<[Parameters, boolean]>([
  [{}, true],
  [{ attributes: 'displayName' }, false],
  [{ attributes: 'displayName,Members' }, true],
  [{ attributes: 'members.value' }, true],
  [{ excludedAttributes: 'members' }, false],
  [{ excludedAttributes: 'displayName' }, true],
  [{ excludedAttributes: 'members.display' }, true],
])('%j needs the members: %s', (parameters, expected) => {
  expect(wants(parseProjection(groupSchema, parameters), 'members')).toBe(expected)
})

describe('what is returned on request alone', () => {
  const STAFF = 'urn:x:staff'
  const onRequest = { returned: 'request' } as const
  const text = (name: string) => attribute(name, 'string', '')
  const attributes = [
    text('floor'),
    attribute('salary', 'integer', '', onRequest),
    attribute('bank', 'complex', '', { ...onRequest, subAttributes: [text('name'), text('place')] }),
    attribute('desk', 'complex', '', {
      subAttributes: [text('room'), attribute('code', 'string', '', onRequest)],
    }),
  ]
  const schema = withExtensions(userSchema, [{ id: STAFF, name: 'Staff', description: '', attributes }])
  const bank = { name: 'B', place: 'P' }
  const staff = { floor: '3', salary: 7, bank, desk: { room: 'R', code: 'C' } }
  const person = { schemas: [USER, STAFF], id: '1', [STAFF]: staff }
  const staffOf = (parameters: Parameters, written?: Written) =>
    project(person, schema, parseProjection(schema, parameters), written)[STAFF]

  test.each<[Parameters, Written | undefined, JsonObject | undefined]>([
    [{}, undefined, { floor: '3', desk: { room: 'R' } }],
    [{ attributes: `${STAFF}:salary` }, undefined, { salary: 7 }],
    [
      { attributes: `${STAFF}:bank.name,${STAFF}:desk.code` },
      undefined,
      { bank: { name: 'B' }, desk: { code: 'C' } },
    ],
    [{ attributes: 'userName' }, 'all', undefined],
    [{ excludedAttributes: `${STAFF}:floor` }, undefined, { desk: { room: 'R' } }],
    [{}, 'all', staff],
    [{}, new Set([`${STAFF}:bank`]), { floor: '3', bank, desk: { room: 'R' } }],
    [{}, new Set([`${STAFF}:desk`]), { floor: '3', desk: staff.desk }],
    [
      { excludedAttributes: `${STAFF}:salary,${STAFF}:desk.code` },
      'all',
      { floor: '3', bank, desk: { room: 'R' } },
    ],
  ])('%j, having written %s', (parameters, written, shown) => {
    expect(staffOf(parameters, written)).toEqual(shown)
  })

  test('a schema is not named for data that are not shown', () => {
    const quiet = { ...person, [STAFF]: { salary: 7 } }
    expect(project(quiet, schema, undefined)).toEqual({ schemas: [USER], id: '1' })
  })
})
