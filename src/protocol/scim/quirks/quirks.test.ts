import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../messages/json.ts'
import { parsePatchOp } from '../messages/messages.ts'
import { applyPatch } from '../patch/patch.ts'
import { groupSchema, userSchema } from '../schema/resource-schema.ts'
import { readResource } from '../values/resource.ts'
import { rewritePatch, rewriteResource } from './quirks.ts'

const CORE = userSchema.core.id
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const ada: JsonObject = { schemas: [CORE], userName: 'ada', emails: [{ value: 'a@x', type: 'work' }] }

const message = (...operations: JsonObject[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
})
const operations = (...sent: JsonObject[]) =>
  (rewritePatch(message(...sent), userSchema) as JsonObject).Operations
const body = (sent: JsonObject) => rewriteResource(sent, userSchema)

/** Returns the changed attributes for a message as sent. */
function changed(resource: JsonObject, ...sent: JsonObject[]) {
  const patched = applyPatch(
    resource,
    parsePatchOp(rewritePatch(message(...sent), userSchema)),
    userSchema,
    'lenient',
  )
  const entries = Object.entries(patched.resource).filter(
    ([name, value]) => name !== 'schemas' && value !== resource[name],
  )
  return { ...Object.fromEntries(entries), ...(patched.unknown.length > 0 && { unknown: patched.unknown }) }
}

test.each<[string, JsonObject, Json]>([
  [
    'whole numbers',
    { op: 'add', path: 'externalId', value: 7 },
    [{ op: 'add', path: 'externalId', value: '7' }],
  ],
  [
    'fractions stay',
    { op: 'add', path: 'externalId', value: 1.5 },
    [{ op: 'add', path: 'externalId', value: 1.5 }],
  ],
  [
    '0 and 1 for booleans',
    { op: 'add', path: 'active', value: 1 },
    [{ op: 'add', path: 'active', value: true }],
  ],
  [
    'booleans',
    { op: 'Replace', path: 'active', value: 'False' },
    [{ op: 'Replace', path: 'active', value: false }],
  ],
  [
    'a list of one value',
    { op: 'replace', path: 'active', value: [false] },
    [{ op: 'replace', path: 'active', value: false }],
  ],
  [
    'a value in an object',
    { op: 'replace', path: 'active', value: { value: false } },
    [{ op: 'replace', path: 'active', value: false }],
  ],
  [
    'a list of lists stays',
    { op: 'replace', path: 'title', value: [['x']] },
    [{ op: 'replace', path: 'title', value: [['x']] }],
  ],
  [
    'booleans in elements',
    { op: 'add', path: 'roles', value: [{ value: 'A', primary: 'True' }] },
    [{ op: 'add', path: 'roles', value: [{ value: 'A', primary: true }] }],
  ],
  [
    'booleans of elements',
    { op: 'add', path: 'roles[value eq "a"].primary', value: 'TRUE' },
    [{ op: 'add', path: 'roles[value eq "a"].primary', value: true }],
  ],
  [
    'other strings are left',
    { op: 'replace', path: 'active', value: 'maybe' },
    [{ op: 'replace', path: 'active', value: 'maybe' }],
  ],
  [
    'a bare manager',
    { op: 'add', path: `${ENTERPRISE}:manager`, value: '7' },
    [{ op: 'add', path: `${ENTERPRISE}:manager`, value: { value: '7' } }],
  ],
  [
    'no manager',
    { op: 'add', path: 'manager', value: { value: '', $ref: '/Users/7' } },
    [{ op: 'add', path: 'manager', value: null }],
  ],
  [
    'a manager in a list',
    { op: 'Add', path: 'manager', value: [{ $ref: 'http://x/Users/7', value: '7' }] },
    [{ op: 'Add', path: 'manager', value: { $ref: 'http://x/Users/7', value: '7' } }],
  ],
  [
    'a manager of SCIM 1.1',
    { op: 'add', path: 'manager', value: { managerId: '7' } },
    [{ op: 'add', path: 'manager', value: { value: '7' } }],
  ],
  [
    'a wrapped text',
    { op: 'Replace', path: 'displayName', value: [{ $ref: null, value: 'A' }] },
    [{ op: 'Replace', path: 'displayName', value: 'A' }],
  ],
  [
    'one object for a list',
    { op: 'replace', path: 'emails', value: { value: 'x' } },
    [{ op: 'replace', path: 'emails', value: [{ value: 'x' }] }],
  ],
  [
    'texts for a list',
    { op: 'replace', path: 'emails', value: ['x', '', null] },
    [{ op: 'replace', path: 'emails', value: [{ value: 'x' }] }],
  ],
  [
    'a list for a selected element',
    { op: 'replace', path: 'emails[type eq "work"]', value: [{ value: 'x' }] },
    [{ op: 'replace', path: 'emails[type eq "work"]', value: { value: 'x' } }],
  ],
  [
    'an empty path',
    { op: 'replace', path: '', value: { title: 'x' } },
    [{ op: 'replace', path: 'title', value: 'x' }],
  ],
  [
    'the core schema as a path',
    { op: 'replace', path: CORE, value: { title: 'x' } },
    [{ op: 'replace', path: 'title', value: 'x' }],
  ],
  [
    'a dot after the URN',
    { op: 'remove', path: `${ENTERPRISE}.manager` },
    [{ op: 'remove', path: `${ENTERPRISE}:manager` }],
  ],
  [
    'a mistyped URN',
    { op: 'remove', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department' },
    [{ op: 'remove', path: `${ENTERPRISE}:department` }],
  ],
  ['an invalid path is left', { op: 'remove', path: 'emails[' }, [{ op: 'remove', path: 'emails[' }]],
])('in a PATCH: %s', (_title, sent, expected) => {
  expect(operations(sent)).toEqual(expected)
})

test('the keys of a path-less value become paths', () => {
  const value = {
    schemas: [CORE],
    id: '9',
    Meta: { resourceType: 'User' },
    groups: [],
    displayName: 'A',
    'name.givenName': 'Ada',
    'emails[type eq "work"].value': 'w@x',
    [`${ENTERPRISE}:employeeNumber`]: '55',
    [ENTERPRISE]: { manager: '7', department: 'Keel' },
    department: 'Mast',
    shoeSize: 'x',
    'foo bar': 1,
  }
  expect(operations({ op: 'replace', value })).toEqual([
    { op: 'replace', path: 'displayName', value: 'A' },
    { op: 'replace', path: 'name.givenName', value: 'Ada' },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'w@x' },
    { op: 'replace', path: `${ENTERPRISE}:employeeNumber`, value: '55' },
    { op: 'replace', path: `${ENTERPRISE}:manager`, value: { value: '7' } },
    { op: 'replace', path: `${ENTERPRISE}:department`, value: 'Keel' },
    { op: 'replace', path: 'department', value: 'Mast' },
    { op: 'replace', value: { shoeSize: 'x', 'foo bar': 1 } },
  ])
  expect(changed(ada, { op: 'replace', value })).toEqual({
    displayName: 'A',
    name: { givenName: 'Ada' },
    emails: [{ value: 'w@x', type: 'work' }],
    [ENTERPRISE]: { employeeNumber: '55', manager: { value: '7' }, department: 'Mast' },
    unknown: ['shoeSize', 'foo bar'],
  })
})

test('a path-less value of which nothing remains is still an operation', () => {
  expect(changed(ada, { op: 'replace', value: { id: '9', schemas: [] } })).toEqual({})
})

test('groups that are sent with members are not passed over', () => {
  expect(() => changed(ada, { op: 'replace', value: { groups: [{ value: 'g' }] } })).toThrow(
    expect.objectContaining({ scimType: 'mutability' }),
  )
})

test.each<Json>(['', null, { value: '' }, { value: null }, [], [{ value: '' }]])(
  '%j takes the manager away',
  (value) => {
    const managed = {
      ...ada,
      schemas: [CORE, ENTERPRISE],
      [ENTERPRISE]: { manager: { value: '7', $ref: '/Users/7' } },
    }
    for (const path of [`${ENTERPRISE}:manager`, 'manager']) {
      for (const op of ['replace', 'add']) {
        const sent = rewritePatch(message({ op, path, value }), userSchema)
        expect(applyPatch(managed, parsePatchOp(sent), userSchema, 'lenient').resource).toEqual(ada)
      }
    }
  },
)

test('the manager whose value is taken away is gone', () => {
  const managed = {
    ...ada,
    schemas: [CORE, ENTERPRISE],
    [ENTERPRISE]: { manager: { value: '7', $ref: '/Users/7' } },
  }
  const sent = message({ op: 'Replace', path: `${ENTERPRISE}:manager.value`, value: '' })
  expect(
    applyPatch(managed, parsePatchOp(rewritePatch(sent, userSchema)), userSchema, 'lenient').resource,
  ).toEqual(ada)
})

test('operations with the same filter share the element that the first one makes', () => {
  const sent = ['streetAddress', 'locality', 'country'].map((sub) => ({
    op: 'Add',
    path: `addresses[type eq "home"].${sub}`,
    value: sub,
  }))
  expect(changed(ada, ...sent)).toEqual({
    addresses: [{ streetAddress: 'streetAddress', locality: 'locality', country: 'country', type: 'home' }],
  })
})

test.each<[string, JsonObject, JsonObject]>([
  [
    'a SCIM 1 schema',
    { schemas: ['urn:scim:schemas:core:1.0'], userName: 'a' },
    { schemas: [CORE], userName: 'a' },
  ],
  [
    'the enterprise extension of SCIM 1.1',
    { 'urn:scim:schemas:extension:enterprise:1.0': { manager: { managerId: '7' } } },
    { [ENTERPRISE]: { manager: { value: '7' } } },
  ],
  [
    'a mistyped URN',
    { 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User': { department: 'K' } },
    { [ENTERPRISE]: { department: 'K' } },
  ],
  [
    'extension attributes at the top',
    { department: 'K', manager: '7' },
    { [ENTERPRISE]: { department: 'K', manager: { value: '7' } } },
  ],
  [
    'what stands in its place wins',
    { department: 'K', [ENTERPRISE]: { Department: 'M' } },
    { [ENTERPRISE]: { Department: 'M' } },
  ],
  [
    'dotted keys',
    { 'name.givenName': 'A', name: { familyName: 'L' }, [`${ENTERPRISE}:manager.value`]: '7' },
    { name: { familyName: 'L', givenName: 'A' }, [ENTERPRISE]: { manager: { value: '7' } } },
  ],
  [
    'core attributes under their URN',
    { [CORE]: { title: 'x' }, userName: 'a' },
    { title: 'x', userName: 'a' },
  ],
  [
    'one e-mail for the list',
    { emails: { value: 'x', primary: 'true' } },
    { emails: [{ value: 'x', primary: true }] },
  ],
  ['booleans', { ACTIVE: 'False' }, { ACTIVE: false }],
  ['no manager', { [ENTERPRISE]: { manager: '' } }, { [ENTERPRISE]: { manager: null } }],
  [
    'JSON in a role stays as it is',
    { roles: [{ value: '{"id":"1"}', displayName: 'A' }] },
    { roles: [{ value: '{"id":"1"}', displayName: 'A' }] },
  ],
  [
    'unknown names stay',
    { shoeSize: 'True', 'urn:x:y': { a: 1 } },
    { shoeSize: 'True', 'urn:x:y': { a: 1 } },
  ],
])('in a body: %s', (_title, sent, expected) => {
  expect(body(sent)).toEqual(expected)
})

test('the group of ADSCIM is a group', () => {
  const schemas = [
    groupSchema.core.id,
    'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
  ]
  expect(rewriteResource({ schemas, displayName: 'g', members: 'a' }, groupSchema)).toEqual({
    schemas: [groupSchema.core.id],
    displayName: 'g',
    members: [{ value: 'a' }],
  })
})

test('a message as the standard has it is left as it is', () => {
  const sent = {
    schemas: [CORE, ENTERPRISE],
    userName: 'a',
    active: true,
    emails: [{ value: 'x' }],
    [ENTERPRISE]: { manager: { value: '7' } },
  }
  expect(body(sent)).toEqual(sent)
  const patch = message(
    { op: 'add', path: 'title', value: 'x' },
    { op: 'remove', path: 'emails[type eq "work"]' },
  )
  expect(rewritePatch(patch, userSchema)).toEqual(patch)
})

test('any JSON is rewritten without an error and without being changed', () => {
  const keys = fc.constantFrom(
    'Operations',
    'op',
    'path',
    'value',
    'emails',
    'active',
    'manager',
    'name.givenName',
    '__proto__',
    'constructor',
    'schemas',
    ENTERPRISE,
    CORE,
    'urn:scim:schemas:core:1.0',
  )
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>('', 'x', 'True', 7, null, false, 'emails[type eq "work"].value'),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(keys, tie('json'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(json, (sent) => {
      const before = JSON.stringify(sent)
      rewriteResource(sent, userSchema)
      rewritePatch(sent, userSchema)
      expect(JSON.stringify(sent)).toBe(before)
      expect(Object.keys(Object.prototype)).toEqual([])
    }),
    { numRuns: 500 },
  )
})

test('a rewritten body is read', () => {
  const sent = {
    schemas: ['urn:scim:schemas:core:1.0'],
    id: null,
    userName: 'wren',
    emails: { value: 'w@x' },
    title: '',
    active: 'true',
    managerId: '7',
  }
  expect(readResource(body(sent), userSchema, 'lenient')).toMatchObject({
    resource: { schemas: [CORE], userName: 'wren', emails: [{ value: 'w@x' }], active: true },
    unknown: ['managerId'],
  })
})
