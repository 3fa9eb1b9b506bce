import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../messages/json.ts'
import { readCustomSchema, requireCompatible, SchemaFault, withAttribute } from './custom-schema.ts'

const URN = 'urn:example:params:scim:schemas:1.0:Staff'
const badge = { name: 'badge', type: 'string' }
const schemaOf = (...attributes: Json[]): JsonObject => ({ id: URN, name: 'Staff', attributes })

function faultOf(json: Json, others: string[] = []): string {
  try {
    readCustomSchema(json, others)
    return 'none'
  } catch (error) {
    if (error instanceof SchemaFault) return error.message
    throw error
  }
}

test('what is not said has the default of the standard, and belongs to its type', () => {
  const { attributes, ...schema } = readCustomSchema({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: URN,
    meta: { resourceType: 'Schema' },
    attributes: [
      { name: 'badge' },
      { name: 'since', type: 'dateTime', multiValued: null, required: true, mutability: 'immutable' },
      { name: 'desk', type: 'reference', caseExact: false },
      {
        name: 'skills',
        type: 'complex',
        multiValued: true,
        subAttributes: [{ name: '$ref' }, { name: 'level' }],
      },
    ],
  })
  expect(schema).toEqual({ id: URN, name: 'Staff', description: 'Staff' })
  const usual = {
    description: '',
    multiValued: false,
    required: false,
    mutability: 'readWrite',
    returned: 'default',
  }
  const text = { ...usual, type: 'string', caseExact: false, uniqueness: 'none' }
  expect(attributes).toEqual([
    { ...text, name: 'badge' },
    { ...usual, name: 'since', type: 'dateTime', required: true, mutability: 'immutable' },
    { ...text, name: 'desk', type: 'reference', referenceTypes: ['external'] },
    {
      ...usual,
      name: 'skills',
      type: 'complex',
      multiValued: true,
      subAttributes: [
        { ...text, name: '$ref' },
        { ...text, name: 'level' },
      ],
    },
  ])
})

test('what is read is read again as the same', () => {
  const read = readCustomSchema(
    schemaOf(
      { name: 'skills', type: 'complex', multiValued: true, subAttributes: [badge] },
      {
        name: 'size',
        type: 'string',
        canonicalValues: ['S', 'L'],
        returned: 'always',
        description: 'Shirt.',
      },
    ),
  )
  expect(readCustomSchema(JSON.parse(JSON.stringify(read)) as Json)).toEqual(read)
})

test.each([
  'urn:okta:app:1.0:user:custom',
  'urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User',
  'URN:Example-2:a',
])('%s can be the URN of a schema', (id) => {
  expect(readCustomSchema({ id, attributes: [badge] }).id).toBe(id)
})

test.each<Json>([
  null,
  7,
  '',
  'Staff',
  'https://example.com/Staff',
  'urn:',
  'urn:x:a',
  'urn:example',
  'urn:example:',
  'urn:example:a:',
  'urn:example::a',
  'urn:example:a b',
  'urn:example:a"b',
  'urn:example:a[b',
  'urn:example:2..0:a',
  'urn:-example:a',
  `urn:example:${'a'.repeat(200)}`,
  'urn:ietf:params:scim:schemas:core:2.0:User',
  'URN:IETF:params:scim:schemas:extension:ENTERPRISE:2.0:User',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:more',
  'urn:ietf:params:scim:api:messages:2.0:Error',
  'urn:scim:schemas:extension:enterprise:1.0',
])('%j cannot', (id) => {
  expect(faultOf({ id, attributes: [badge] })).toMatch(/^id /)
})

test('no URN goes on from that of another schema of the identity provider', () => {
  const json = { id: URN, attributes: [badge] }
  for (const other of [`${URN}:badge`, `${URN.toUpperCase()}.x`, 'urn:example:params'])
    expect(faultOf(json, [other])).toMatch(/^id and .* begin alike/)
  expect(faultOf(json, [`${URN}2`, 'urn:example:param', URN])).toBe('none')
})

test.each<[Json, string]>([
  [{ name: 7 }, 'attributes[0].name must be a letter, then letters, digits, - and _'],
  [{ name: '7a' }, 'attributes[0].name must be a letter, then letters, digits, - and _'],
  [{ name: 'a.b' }, 'attributes[0].name must be a letter, then letters, digits, - and _'],
  [{ name: 'größe' }, 'attributes[0].name must be a letter, then letters, digits, - and _'],
  [{ name: '__proto__' }, 'attributes[0].name must be a letter, then letters, digits, - and _'],
  [{ name: '$ref' }, 'attributes[0].name must be a letter, then letters, digits, - and _'],
  [{ name: 'a'.repeat(65) }, 'attributes[0].name must have at most 64 characters'],
  [{ name: 'constructor' }, 'attributes[0].name must not be constructor, which is reserved'],
  [{ name: 'ToString' }, 'attributes[0].name must not be ToString, which is reserved'],
  [{ name: 'externalid' }, 'attributes[0].name must not be externalid, which is reserved'],
  [{ name: 'not' }, 'attributes[0].name must not be not, which is reserved'],
  ['badge', 'attributes[0] must be an object'],
  [{ ...badge, multivalued: true }, 'attributes[0].multivalued is no characteristic of an attribute'],
  [{ ...badge, type: 'text' }, /^attributes\[0\].type must be string or boolean/.source],
  [{ ...badge, multiValued: 'true' }, 'attributes[0].multiValued must be true or false'],
  [
    { ...badge, mutability: 'writeOnly' },
    'attributes[0].mutability must be readWrite or readOnly or immutable',
  ],
  [{ ...badge, returned: 'never' }, 'attributes[0].returned must be default or always or request'],
  [{ ...badge, uniqueness: 'server' }, 'attributes[0].uniqueness must be none'],
  [{ ...badge, canonicalValues: ['a', 7] }, 'attributes[0].canonicalValues[1] must be a string'],
  [
    { ...badge, description: 'x'.repeat(1_001) },
    'attributes[0].description must have at most 1000 characters',
  ],
  [{ name: 'a', type: 'complex' }, 'attributes[0].subAttributes must be a list of at least one attribute'],
  [
    { name: 'a', type: 'complex', subAttributes: [{ name: 'b', type: 'complex', subAttributes: [badge] }] },
    'attributes[0].subAttributes[0].type of a sub-attribute must not be complex',
  ],
  [
    { name: 'a', type: 'complex', subAttributes: [{ name: 'b', multiValued: true }] },
    'attributes[0].subAttributes[0].multiValued of a sub-attribute must be false',
  ],
])('the attribute %j is refused', (attribute, rule) => {
  expect(faultOf(schemaOf(attribute))).toMatch(rule.startsWith('^') ? new RegExp(rule) : rule)
})

test('names are there once, whatever their letter case, and their number is bounded', () => {
  expect(faultOf(schemaOf(badge, { name: 'BADGE' }))).toBe(
    'attributes[1].name is there twice; letter case does not count',
  )
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `a${index}` }))
  expect(faultOf(schemaOf(...many(200)))).toBe('none')
  expect(faultOf(schemaOf(...many(201)))).toBe('attributes must be at most 200, sub-attributes counted')
  const nested = { name: 'a', type: 'complex', subAttributes: many(200) }
  expect(faultOf(schemaOf(nested))).toBe('attributes must be at most 200, sub-attributes counted')
  for (const attributes of [undefined, null, [], {}, 'x'])
    expect(faultOf({ id: URN, attributes } as Json)).toMatch(/^attributes must be a list/)
  for (const json of [null, [], 'x', 7]) expect(faultOf(json)).toBe('schema must be an object')
})

test('a definition that takes the place of another may add and explain, not take away or change', () => {
  const read = (...attributes: Json[]) => readCustomSchema(schemaOf(...attributes))
  const skills = (...subAttributes: Json[]) => ({ name: 'skills', type: 'complex', subAttributes })
  const before = read(badge, skills({ name: 'level' }))
  const fault =
    (...attributes: Json[]) =>
    () =>
      requireCompatible(before, read(...attributes))
  expect(
    fault({ ...badge, description: 'Number.' }, skills({ name: 'level' }, { name: 'x' }), { name: 'new' }),
  ).not.toThrow()
  expect(fault(badge)).toThrow('skills is missing')
  expect(fault(badge, skills({ name: 'x' }))).toThrow('skills.level is missing')
  expect(fault({ ...badge, type: 'integer' }, skills({ name: 'level' }))).toThrow('badge has another type')
  expect(fault({ ...badge, multiValued: true }, skills({ name: 'level' }))).toThrow('badge has another type')
  expect(fault({ ...badge, required: true }, skills({ name: 'level' }))).toThrow(
    'badge must not become required',
  )
  expect(fault(badge, skills({ name: 'level' }), { name: 'new', required: true })).toThrow(
    'new must not be required',
  )
})

test('an attribute is declared in a new schema or in one that is there', () => {
  const shoe = { name: 'shoe', type: 'integer', multiValued: false }
  const first = readCustomSchema(withAttribute(undefined, URN, shoe))
  expect(first).toMatchObject({ id: URN, name: 'Staff', attributes: [{ name: 'shoe', type: 'integer' }] })
  const second = readCustomSchema(withAttribute(first, URN, { ...shoe, name: 'hat' }))
  expect(second.attributes.map(({ name }) => name)).toEqual(['shoe', 'hat'])
  expect(() => withAttribute(first, URN, { ...shoe, name: 'SHOE' })).toThrow('is declared already')
})
