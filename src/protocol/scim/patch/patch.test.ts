import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ScimError } from '../messages/error.ts'
import type { Json, JsonObject } from '../messages/json.ts'
import { groupSchema, userSchema } from '../schema/resource-schema.ts'
import { applyPatch, type PatchOperation } from './patch.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const ada: JsonObject = deepFreeze({
  schemas: [CORE],
  externalId: 'e-1',
  userName: 'ada',
  name: { familyName: 'Lovelace', givenName: 'Ada' },
  title: 'Countess',
  active: true,
  emails: [
    { value: 'ada@work.example', type: 'work', primary: true },
    { value: 'ada@home.example', type: 'home' },
  ],
})

const managed: JsonObject = deepFreeze({
  ...ada,
  schemas: [CORE, ENTERPRISE],
  [ENTERPRISE]: { department: 'Keel', manager: { value: '7' } },
})

const lenient = (operations: PatchOperation[], resource = ada) =>
  applyPatch(resource, operations, userSchema, 'lenient')
const strict = (operations: PatchOperation[], resource = ada) =>
  applyPatch(resource, operations, userSchema, 'strict')
const patched = (...operations: PatchOperation[]) => lenient(operations).resource

test.each<[string, PatchOperation, JsonObject]>([
  ['sets a single value', { op: 'add', path: 'nickName', value: 'A' }, { nickName: 'A' }],
  ['replaces a single value', { op: 'add', path: 'TITLE', value: 'Dr' }, { title: 'Dr' }],
  [
    'sets a sub-attribute',
    { op: 'add', path: 'name.middleName', value: 'K' },
    { name: { familyName: 'Lovelace', givenName: 'Ada', middleName: 'K' } },
  ],
  [
    'completes a complex value',
    { op: 'add', path: 'name', value: { givenName: 'Augusta' } },
    { name: { familyName: 'Lovelace', givenName: 'Augusta' } },
  ],
  [
    'takes a set of attributes',
    { op: 'add', value: { nickname: 'A', externalId: 'e-2' } },
    { nickName: 'A', externalId: 'e-2' },
  ],
  ['starts a list', { op: 'add', path: 'roles', value: [{ value: 'x' }] }, { roles: [{ value: 'x' }] }],
  [
    'takes one object for a list',
    { op: 'add', path: 'roles', value: { value: 'x' } },
    { roles: [{ value: 'x' }] },
  ],
  [
    'appends to a list',
    { op: 'add', path: 'emails', value: [{ value: 'x' }] },
    { emails: [...list(ada.emails), { value: 'x' }] },
  ],
  [
    'sets a sub-attribute of the selected elements',
    { op: 'add', path: 'emails[type eq "home"].display', value: 'Home' },
    { emails: [list(ada.emails)[0] ?? {}, { value: 'ada@home.example', display: 'Home', type: 'home' }] },
  ],
  [
    'completes the selected elements',
    { op: 'add', path: 'emails[type eq "home"]', value: { display: 'Home' } },
    { emails: [list(ada.emails)[0] ?? {}, { value: 'ada@home.example', display: 'Home', type: 'home' }] },
  ],
  [
    'adds the schema of an extension',
    { op: 'add', path: `${ENTERPRISE}:department`, value: 'Keel' },
    { schemas: [CORE, ENTERPRISE], [ENTERPRISE]: { department: 'Keel' } },
  ],
  [
    'takes an extension as a whole',
    { op: 'add', path: ENTERPRISE, value: { department: 'Keel' } },
    { schemas: [CORE, ENTERPRISE], [ENTERPRISE]: { department: 'Keel' } },
  ],
])('add %s', (_title, operation, change) => {
  expect(patched(operation)).toEqual({ ...ada, ...change })
})

test.each<[string, PatchOperation, JsonObject]>([
  ['replaces a single value', { op: 'replace', path: 'title', value: 'Dr' }, { title: 'Dr' }],
  ['acts as add where there is none', { op: 'replace', path: 'nickName', value: 'A' }, { nickName: 'A' }],
  [
    'keeps the other sub-attributes',
    { op: 'replace', path: 'name', value: { givenName: 'A' } },
    { name: { familyName: 'Lovelace', givenName: 'A' } },
  ],
  [
    'replaces a list',
    { op: 'replace', path: 'emails', value: [{ value: 'x' }] },
    { emails: [{ value: 'x' }] },
  ],
  [
    'replaces the selected elements',
    { op: 'replace', path: 'emails[type eq "home"]', value: { value: 'x' } },
    { emails: [list(ada.emails)[0] ?? {}, { value: 'x', type: 'home' }] },
  ],
  [
    'replaces a sub-attribute of every element',
    { op: 'replace', path: 'emails.display', value: 'E' },
    { emails: list(ada.emails).map((each) => ({ ...each, display: 'E' })) },
  ],
  [
    'replaces the sub-attribute of selected elements',
    { op: 'replace', path: 'emails[value ew "example"].type', value: 'other' },
    { emails: list(ada.emails).map((each) => ({ ...each, type: 'other' })) },
  ],
  [
    'takes a set of attributes',
    { op: 'replace', value: { active: false, [ENTERPRISE]: { manager: { value: '8' } } } },
    { active: false, schemas: [CORE, ENTERPRISE], [ENTERPRISE]: { manager: { value: '8' } } },
  ],
])('replace %s', (_title, operation, change) => {
  expect(patched(operation)).toEqual({ ...ada, ...change })
})

test.each<[string, string, JsonObject]>([
  ['a single value', 'title', without(ada, 'title')],
  ['a sub-attribute', 'name.givenName', { ...ada, name: { familyName: 'Lovelace' } }],
  ['a complex value', 'name', without(ada, 'name')],
  ['a list', 'emails', without(ada, 'emails')],
  [
    'selected elements',
    'emails[type eq "work" and value ew "example"]',
    { ...ada, emails: list(ada.emails).slice(1) },
  ],
  ['all elements, one by one', 'emails[value pr]', without(ada, 'emails')],
  [
    'a sub-attribute of selected elements',
    'emails[type eq "work"].primary',
    { ...ada, emails: [{ value: 'ada@work.example', type: 'work' }, list(ada.emails)[1] ?? {}] },
  ],
])('remove takes away %s', (_title, path, expected) => {
  expect(patched({ op: 'remove', path })).toEqual(expected)
})

test('an element that loses its value is gone, labels and all', () => {
  expect(patched({ op: 'remove', path: 'emails[type eq "home"].value' }).emails).toEqual([
    list(ada.emails)[0],
  ])
  expect(patched({ op: 'replace', path: 'emails[type eq "home"].value', value: '' }).emails).toEqual([
    list(ada.emails)[0],
  ])
})

test('the last attribute of an extension takes its schema with it', () => {
  const { resource } = lenient([{ op: 'remove', path: `${ENTERPRISE}:department` }], managed)
  expect(resource.schemas).toEqual([CORE, ENTERPRISE])
  expect(lenient([{ op: 'remove', path: 'manager' }], resource).resource).toEqual(ada)
  expect(lenient([{ op: 'remove', path: ENTERPRISE }], managed).resource).toEqual(ada)
  expect(lenient([{ op: 'replace', value: { [ENTERPRISE]: null } }], managed).resource).toEqual(ada)
})

test.each<Json>([null, '', []])('replace with %j clears', (value) => {
  expect(patched({ op: 'replace', path: 'emails', value })).toEqual(without(ada, 'emails'))
  expect(patched({ op: 'replace', path: 'name', value })).toEqual(without(ada, 'name'))
  expect(patched({ op: 'replace', path: 'name', value: { givenName: value } }).name).toEqual({
    familyName: 'Lovelace',
  })
})

test('a sub-attribute that is cleared leaves nothing behind when it was the last', () => {
  expect(patched({ op: 'replace', path: 'name', value: { givenName: null, familyName: '' } })).toEqual(
    without(ada, 'name'),
  )
})

test.each<PatchOperation>([
  { op: 'add', path: 'title', value: 'Countess' },
  { op: 'add', path: 'emails', value: [{ type: 'home', value: 'ada@home.example' }] },
  { op: 'add', path: 'emails', value: [{ type: 'work', value: 'ada@work.example' }] },
  { op: 'add', path: 'emails', value: [] },
  { op: 'add', path: 'emails[type eq "home"]', value: null },
  { op: 'replace', path: 'name', value: { givenName: 'Ada' } },
  {
    op: 'replace',
    path: 'emails',
    value: [
      { primary: true, type: 'work', value: 'ada@work.example' },
      { type: 'home', value: 'ada@home.example' },
    ],
  },
  { op: 'replace', path: 'nickName', value: '' },
  { op: 'remove', path: 'nickName' },
  { op: 'remove', path: 'emails[type eq "other"]' },
  { op: 'remove', path: 'phoneNumbers[type eq "x"].value' },
  { op: 'remove', path: 'emails', value: [{ value: 'nobody' }] },
  { op: 'remove', path: 'emails', value: [{ $ref: null }] },
  { op: 'remove', path: `${ENTERPRISE}:manager.value` },
  { op: 'add', path: 'schemas', value: ['urn:x'] },
])('%j changes nothing', (operation) => {
  expect(lenient([operation]).resource).toBe(ada)
})

test('operations that undo each other change nothing', () => {
  expect(
    patched(
      { op: 'replace', path: 'title', value: 'Dr' },
      { op: 'replace', path: 'title', value: 'Countess' },
    ),
  ).toBe(ada)
})

test('each operation sees the result of the one before', () => {
  const resource = patched(
    { op: 'remove', path: 'emails[type eq "work"]' },
    { op: 'add', path: 'emails', value: [{ value: 'new', type: 'work' }] },
    { op: 'replace', path: 'emails[type eq "work"].display', value: 'W' },
  )
  expect(resource.emails).toEqual([
    { value: 'ada@home.example', type: 'home' },
    { value: 'new', display: 'W', type: 'work' },
  ])
})

test.each<[string, PatchOperation]>([
  ['set in the selected element', { op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
  [
    'set on what is added',
    { op: 'add', path: 'emails', value: [{ value: 'ada@home.example', type: 'home', primary: true }] },
  ],
  ['set by merging', { op: 'add', path: 'emails[type eq "home"]', value: { primary: true } }],
])('primary, %s, is taken from all others', (_title, operation) => {
  expect(patched(operation).emails).toEqual([
    { value: 'ada@work.example', type: 'work', primary: false },
    { value: 'ada@home.example', type: 'home', primary: true },
  ])
})

test('of two primaries the last one wins', () => {
  const value = [
    { value: 'a', primary: true },
    { value: 'b', primary: true },
  ]
  expect(patched({ op: 'replace', path: 'emails', value }).emails).toEqual([
    { value: 'a', primary: false },
    { value: 'b', primary: true },
  ])
})

test('a remove that lists values takes those, and a stray value elsewhere is not heard', () => {
  const listed: PatchOperation = {
    op: 'remove',
    path: 'emails',
    value: [{ value: 'ADA@home.example', display: 'x' }],
  }
  expect(patched(listed).emails).toEqual([list(ada.emails)[0]])
  expect(patched({ op: 'remove', path: 'emails', value: 'ada@home.example' }).emails).toEqual([
    list(ada.emails)[0],
  ])
  expect(patched({ op: 'remove', path: 'title', value: 'Mate' })).toEqual(without(ada, 'title'))
  expect(patched({ op: 'remove', path: 'emails[type eq "work"]', value: 'x' }).emails).toEqual([
    list(ada.emails)[1],
  ])
})

test('a value filter that selects nothing fails; leniently, what it describes is made', () => {
  const operations: PatchOperation[] = [
    { op: 'replace', path: 'addresses[type eq "work"].locality', value: 'Harbourton' },
    { op: 'add', path: 'addresses[type eq "work"].country', value: 'US' },
    { op: 'replace', path: 'roles[primary eq "True" and type eq "x"]', value: { value: 'Admin' } },
  ]
  for (const operation of operations.slice(0, 2))
    expect(() => strict([operation])).toThrow(expect.objectContaining({ scimType: 'noTarget' }))
  expect(lenient(operations).resource).toEqual({
    ...ada,
    addresses: [{ locality: 'Harbourton', country: 'US', type: 'work' }],
    roles: [{ value: 'Admin', type: 'x', primary: true }],
  })
})

test('leniently, too, nothing is made of a filter that describes nothing, or without a value', () => {
  for (const filter of [
    'type ne "work"',
    'type eq "a" or type eq "b"',
    'type pr',
    'not (type eq "x")',
    'type eq null',
  ]) {
    const operation: PatchOperation = { op: 'replace', path: `phoneNumbers[${filter}].value`, value: '1' }
    expect(() => lenient([operation])).toThrow(expect.objectContaining({ scimType: 'noTarget' }))
  }
  expect(lenient([{ op: 'replace', path: 'phoneNumbers[type eq "work"].value', value: '' }]).resource).toBe(
    ada,
  )
})

test('leniently, an element that is replaced stays the one that the filter describes', () => {
  const { resource } = lenient([{ op: 'replace', path: 'emails[type eq "home"]', value: { value: 'x' } }])
  expect(resource.emails).toEqual([list(ada.emails)[0], { value: 'x', type: 'home' }])
})

test('a made element that is primary takes that from the others', () => {
  const { resource } = lenient([
    { op: 'add', path: 'emails[primary eq true and type eq "other"].value', value: 'o' },
  ])
  expect(list(resource.emails).filter((each) => each.primary === true)).toEqual([
    { value: 'o', type: 'other', primary: true },
  ])
})

test('a password is handed over beside the resource', () => {
  expect(lenient([{ op: 'replace', path: 'password', value: 's3cret' }])).toMatchObject({
    resource: ada,
    password: 's3cret',
    unknown: [],
  })
  expect(
    lenient([
      { op: 'add', value: { password: 'one', title: 'Dr' } },
      { op: 'remove', path: 'password' },
    ]).password,
  ).toBeUndefined()
})

test('unknown names are reported or refused', () => {
  const operations: PatchOperation[] = [
    { op: 'add', path: 'shoeSize', value: 1 },
    { op: 'add', path: 'urn:okta:app:1.0:user:custom:level', value: 1 },
    {
      op: 'replace',
      value: { hat: 'x', title: 'Dr', roles: [{ value: 'a', displayName: 'A' }], [ENTERPRISE]: { shoe: 1 } },
    },
    { op: 'remove', path: 'name.shoe' },
  ]
  const { resource, unknown } = lenient(operations)
  expect(resource).toEqual({ ...ada, title: 'Dr', roles: [{ value: 'a' }] })
  expect(unknown).toEqual([
    'shoeSize',
    'urn:okta:app:1.0:user:custom:level',
    'hat',
    `${ENTERPRISE}:shoe`,
    'roles.displayName',
    'name.shoe',
  ])
  for (const operation of operations)
    expect(() => strict([operation])).toThrow(expect.objectContaining({ scimType: 'invalidSyntax' }))
})

test.each<[PatchOperation, string]>([
  [{ op: 'remove' }, 'noTarget'],
  [{ op: 'remove', path: 'userName' }, 'mutability'],
  [{ op: 'remove', path: 'schemas' }, 'mutability'],
  [{ op: 'remove', path: 'id' }, 'mutability'],
  [{ op: 'replace', path: 'id', value: 'x' }, 'mutability'],
  [{ op: 'replace', path: 'meta.created', value: 'x' }, 'mutability'],
  [{ op: 'add', path: 'groups', value: [{ value: 'g' }] }, 'mutability'],
  [{ op: 'add', value: { groups: [{ value: 'g' }] } }, 'mutability'],
  [{ op: 'remove', path: 'groups[value eq "g"]' }, 'mutability'],
  [{ op: 'add', path: 'manager.displayName', value: 'x' }, 'mutability'],
  [{ op: 'replace', path: 'userName', value: '' }, 'invalidValue'],
  [{ op: 'replace', path: 'userName', value: ' ' }, 'invalidValue'],
  [{ op: 'replace', path: 'userName', value: 7 }, 'invalidValue'],
  [{ op: 'replace', path: 'active', value: 'maybe' }, 'invalidValue'],
  [{ op: 'replace', path: 'active', value: 7 }, 'invalidValue'],
  [{ op: 'replace', path: 'name', value: 'Ada' }, 'invalidValue'],
  [{ op: 'replace', path: 'emails', value: [7] }, 'invalidValue'],
  [{ op: 'replace', path: 'emails[type eq "work"].value', value: {} }, 'invalidValue'],
  [{ op: 'replace', path: 'title' }, 'invalidValue'],
  [{ op: 'replace', value: 'x' }, 'invalidValue'],
  [{ op: 'replace', value: [] }, 'invalidValue'],
  [{ op: 'add', path: 'name familyName', value: 'x' }, 'invalidPath'],
  [{ op: 'add', path: '', value: 'x' }, 'invalidPath'],
  [{ op: 'replace', path: 'emails[type foo "work"].value', value: 'x' }, 'invalidFilter'],
])('%j is refused: %s', (operation, scimType) => {
  const isForbidden = operation.path === undefined || operation.path.endsWith(']')
  for (const run of isForbidden ? [lenient] : [lenient, strict]) {
    expect(() => run([{ op: 'replace', path: 'title', value: 'x' }, operation])).toThrow(
      expect.objectContaining({ status: 400, scimType }),
    )
  }
})

test('a list holds at most 1,000 elements, however they are added', () => {
  const elements = (from: number) => Array.from({ length: 600 }, (_, index) => ({ value: `${from + index}` }))
  const operations: PatchOperation[] = [0, 600].map((from) => ({
    op: 'add',
    path: 'roles',
    value: elements(from),
  }))
  expect(() => lenient(operations)).toThrow(expect.objectContaining({ scimType: 'invalidValue' }))
})

test('operations that together would compare too much are refused soon', () => {
  const roles = Array.from({ length: 1_000 }, (_, index) => ({ value: `${'x'.repeat(500)}${index}` }))
  const resource = lenient([{ op: 'add', path: 'roles', value: roles }]).resource
  const filter = Array(100).fill('value co "y"').join(' or ')
  const operations = Array.from(
    { length: 1_000 },
    (): PatchOperation => ({ op: 'remove', path: `roles[${filter}]` }),
  )
  const start = performance.now()
  expect(() => lenient(operations, resource)).toThrow(expect.objectContaining({ scimType: 'tooMany' }))
  expect(performance.now() - start).toBeLessThan(1_000)
})

test('groups are patched by the same rules', () => {
  const group: JsonObject = { schemas: [groupSchema.core.id], displayName: 'Crew' }
  const rename: PatchOperation = { op: 'replace', path: 'displayName', value: 'Crew 2' }
  expect(applyPatch(group, [rename], groupSchema, 'strict').resource).toEqual({
    ...group,
    displayName: 'Crew 2',
  })
  expect(() => applyPatch(group, [{ op: 'remove', path: 'displayName' }], groupSchema, 'lenient')).toThrow(
    ScimError,
  )
})

test('any operations end in a resource or a ScimError, leave the input alone and Object.prototype clean', () => {
  const before = JSON.stringify(managed)
  fc.assert(
    fc.property(
      fc.array(anyOperation(), { maxLength: 6 }),
      fc.constantFrom('lenient' as const, 'strict' as const),
      (operations, mode) => {
        const result = attempt(() => applyPatch(managed, operations, userSchema, mode))
        expect(JSON.stringify(managed)).toBe(before)
        expect(Object.keys(Object.prototype)).toEqual([])
        expect(({} as Record<string, unknown>).polluted).toBeUndefined()
        return 'resource' in result || (result.error instanceof ScimError && result.error.status === 400)
      },
    ),
    { numRuns: 1_000 },
  )
})

test('a replace that is repeated changes nothing more', () => {
  fc.assert(
    fc.property(fc.array(anyOperation('replace'), { maxLength: 4 }), (operations) => {
      const once = attempt(() => lenient(operations, managed))
      if (!('resource' in once)) return
      const twice = attempt(() => lenient(operations.slice(-1), once.resource))
      if ('resource' in twice) expect(twice.resource).toEqual(once.resource)
    }),
    { numRuns: 500 },
  )
})

function anyOperation(op?: PatchOperation['op']): fc.Arbitrary<PatchOperation> {
  const names = [
    'userName',
    'title',
    'name',
    'name.givenName',
    'active',
    'emails',
    'emails.value',
    'roles',
    'manager',
    `${ENTERPRISE}:department`,
    ENTERPRISE,
    CORE,
    'id',
    'groups',
    'password',
    'schemas',
    '__proto__',
    'constructor.prototype',
    '__proto__.polluted',
    'constructor',
    'emails.__proto__',
    'shoeSize',
  ]
  const filters = [
    'type eq "work"',
    'primary eq true',
    'value pr',
    'type eq "x" and value eq "y"',
    '__proto__ eq "x"',
    '',
  ]
  const path = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...names) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.constantFrom('emails', 'roles', 'addresses'),
          fc.constantFrom(...filters),
          fc.constantFrom('', '.value', '.type', '.primary', '.__proto__'),
        )
        .map(([name, filter, sub]) => `${name}[${filter}]${sub}`),
    },
    fc.string(),
  )
  const element = fc.record(
    {
      value: fc.constantFrom<Json>('a', 'b', '', null),
      type: fc.constantFrom('work', 'home'),
      primary: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  const value = fc.oneof(
    fc.constantFrom<Json>('x', '', null, true, 7, []),
    fc.array(element, { maxLength: 3 }),
    element,
    fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.constantFrom<Json>('x', null, true), element)),
    fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
    fc.constant(
      JSON.parse(
        '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
      ) as Json,
    ),
  )
  const ops = op ? fc.constant(op) : fc.constantFrom('add' as const, 'remove' as const, 'replace' as const)
  return fc.record({ op: ops, path, value }, { requiredKeys: ['op'] }) as fc.Arbitrary<PatchOperation>
}

function attempt<Value extends object>(run: () => Value): Value | { error: unknown } {
  try {
    return run()
  } catch (error) {
    return { error }
  }
}

function list(value: Json | undefined): JsonObject[] {
  return value as JsonObject[]
}

function without(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([each]) => each !== name))
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const each of Object.values(value)) if (typeof each === 'object' && each !== null) deepFreeze(each)
  return Object.freeze(value)
}
