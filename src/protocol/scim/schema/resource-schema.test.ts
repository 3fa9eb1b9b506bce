import { expect, test } from 'vitest'
import {
  COMMON,
  findAttribute,
  findExtension,
  findSubAttribute,
  groupSchema,
  resolveName,
  userSchema,
} from './resource-schema.ts'
import type { Attribute } from './schema.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function leafOf(name: string, schema = userSchema): Attribute | undefined {
  const ref = resolveName(schema, name)
  return ref?.sub ?? ref?.attribute
}

test('names lead to their attribute in any letter case', () => {
  expect(findAttribute(userSchema, 'USERNAME')?.name).toBe('userName')
  expect(findAttribute(userSchema, 'externalid')?.name).toBe('externalId')
  expect(findAttribute(userSchema, 'Department', ENTERPRISE.toUpperCase())?.name).toBe('department')
  expect(findExtension(userSchema, ENTERPRISE.toLowerCase())?.id).toBe(ENTERPRISE)
  expect(leafOf('Meta.lastmodified')?.name).toBe('lastModified')
})

test.each([
  ['name.givenName', undefined, 'name', 'givenName'],
  ['urn:ietf:params:scim:schemas:core:2.0:User:name.GivenName', undefined, 'name', 'givenName'],
  ['urn:ietf:params:scim:schemas:core:2.0:User:userName', undefined, 'userName', undefined],
  [`${ENTERPRISE}:manager.value`, ENTERPRISE, 'manager', 'value'],
  ['groups.$ref', undefined, 'groups', '$ref'],
])('%s is resolved', (text, extension, attribute, sub) => {
  const ref = resolveName(userSchema, text)
  expect([ref?.extension, ref?.attribute.name, ref?.sub?.name]).toEqual([extension, attribute, sub])
})

test.each([
  '',
  '.',
  'name.',
  'name.givenName.x',
  'userName.value',
  'department',
  '__proto__',
  'constructor',
  'name.toString',
  ENTERPRISE,
  `${ENTERPRISE}.manager`,
  `${ENTERPRISE}:userName`,
  'urn:other:User:userName',
])('%j leads nowhere', (text) => {
  expect(resolveName(userSchema, text)).toBeUndefined()
})

test('the published schemas have the errata applied', () => {
  expect(leafOf('displayName', groupSchema)).toMatchObject({ required: true })
  expect(leafOf('members.display', groupSchema)).toBeDefined()
  expect(leafOf('groups.$ref')?.referenceTypes).toEqual(['Group'])
  expect(leafOf('x509Certificates.value')).toMatchObject({ type: 'binary', caseExact: true })
  expect(leafOf(`${ENTERPRISE}:manager.value`)).toMatchObject({ caseExact: true })
})

const everyAttribute = [userSchema, groupSchema]
  .flatMap(({ core, extensions }) => [core, ...extensions])
  .flatMap(({ attributes }) => attributes)
  .concat(COMMON)

test.each(everyAttribute.map((each) => [each.name, each] as const))('%s is complete', (_name, attribute) => {
  expect(attribute.description).not.toBe('')
  if (attribute.type === 'complex') {
    expect(attribute).not.toHaveProperty('uniqueness')
    expect(attribute.subAttributes?.map(({ type }) => type)).not.toContain('complex')
    for (const sub of attribute.subAttributes ?? []) expect(findSubAttribute(attribute, sub.name)).toBe(sub)
  }
  if (attribute.type === 'string')
    expect(attribute).toMatchObject({ caseExact: expect.any(Boolean), uniqueness: expect.any(String) })
})

test('types have canonical values where clients need them to find the elements, and nowhere else', () => {
  const named = everyAttribute.filter((each) => findSubAttribute(each, 'type')?.canonicalValues)
  expect(named.map(({ name }) => name)).toEqual([
    'emails',
    'phoneNumbers',
    'ims',
    'photos',
    'addresses',
    'groups',
    'members',
  ])
})
