import { expect, test } from 'vitest'
import { nameOf } from '../schema/names.ts'
import { groupSchema, userSchema } from '../schema/resource-schema.ts'
import { findPath } from './path.ts'
import { printFilter } from './print.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const printed = (text: string) => {
  const path = findPath(text, userSchema)
  return [path && nameOf(path.ref), path?.filter && printFilter(path.filter)]
}

test.each([
  ['userName', 'userName', undefined],
  ['NAME.familyname', 'name.familyName', undefined],
  ['emails.value', 'emails.value', undefined],
  [`${ENTERPRISE}:manager`, `${ENTERPRISE}:manager`, undefined],
  [`${ENTERPRISE}:manager.value`, `${ENTERPRISE}:manager.value`, undefined],
  ['manager.$ref', `${ENTERPRISE}:manager.$ref`, undefined],
  ['urn:ietf:params:scim:schemas:core:2.0:User:name.givenName', 'name.givenName', undefined],
  ['addresses[type eq "work"]', 'addresses', 'type eq "work"'],
  ['addresses[type eq "work"].streetAddress', 'addresses.streetAddress', 'type eq "work"'],
  [
    'emails[type eq "work" and value ew "example.com"]',
    'emails',
    'type eq "work" and value ew "example.com"',
  ],
  ['emails[value eq "a]b"].type', 'emails.type', 'value eq "a]b"'],
  ['emails[not (type pr)]', 'emails', 'not (type pr)'],
  ['urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq "x"]', 'emails', 'type eq "x"'],
])('%s is read', (text, name, filter) => {
  expect(printed(text)).toEqual([name, filter])
})

test('the id in a member path may stand without a space before it', () => {
  const { filter } = findPath('members[value eq"2819c223"]', groupSchema) ?? {}
  expect(filter && printFilter(filter)).toBe('value eq "2819c223"')
})

test.each([
  '',
  ' ',
  'name familyName',
  'name..familyName',
  '.name',
  'name.',
  'emails[type eq "work"',
  'emails type eq "work"]',
  'emails[type eq "work"]value',
  'emails[type eq "work"].',
  'emails[type eq "work"].value.x',
  '[type eq "work"]',
  'userName[value eq "x"]',
  'name[givenName eq "x"]',
  'emails.type[value eq "x"]',
  'emails[0',
  'a'.repeat(9_000),
  'emails"',
])('%s is no path', (text) => {
  expect(() => findPath(text, userSchema)).toThrow(
    expect.objectContaining({ status: 400, scimType: 'invalidPath' }),
  )
})

test.each(['emails[]', 'emails[0]', 'emails[foo eq "x"]', 'emails[type eq]', 'emails[type eq "work].value'])(
  'the filter of %s is refused',
  (text) => {
    expect(() => findPath(text, userSchema)).toThrow(expect.objectContaining({ scimType: 'invalidFilter' }))
  },
)

test.each([
  'shoeSize',
  'name.shoeSize',
  'urn:okta:app:1.0:user:custom:level',
  'shoes[type eq "x"].value',
  'emails[type eq "x"].foo',
  'constructor.prototype',
])('%s leads nowhere', (text) => {
  expect(findPath(text, userSchema)).toBeUndefined()
})
