import { expect, test } from 'vitest'
import { findPath } from '#protocol/scim/filter/path.ts'
import { strictUserSchema, userSchema, withExtensions } from '#protocol/scim/schema/resource-schema.ts'
import { attribute, valueList } from '#protocol/scim/schema/standard/common.ts'
import { readMapping } from './mapping.ts'
import { pathsOf } from './mapping-paths.ts'
import { MAPPING_PRESETS, PRESET_NAMES } from './mapping-presets.ts'

const URN = 'urn:example:harbour:2.0:User'
const schema = withExtensions(userSchema, [
  {
    id: URN,
    name: 'Harbour',
    description: '',
    attributes: [
      attribute('berth', 'string', 'Where the boat lies'),
      attribute('pin', 'string', 'Secret', { mutability: 'writeOnly', returned: 'never' }),
      valueList('boats', 'Boats', attribute('value', 'string', 'A boat'), ['sail']),
    ],
  },
])
const paths = pathsOf(schema).map(({ path }) => path)

test('every path that is offered leads somewhere, and is offered once', () => {
  expect(paths.filter((path) => !findPath(path, schema))).toEqual([])
  expect(new Set(paths).size).toBe(paths.length)
})

test('they are attributes, sub-attributes, typed elements and those of extensions, custom ones too', () => {
  expect(paths).toEqual(
    expect.arrayContaining([
      'userName',
      'externalId',
      'name.givenName',
      'emails.value',
      'emails[type eq "work"].value',
      'emails[primary eq true].value',
      'addresses[type eq "home"].locality',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName',
      `${URN}:berth`,
      `${URN}:boats[type eq "sail"].value`,
    ]),
  )
})

test('no secret and nothing that the service makes itself is offered', () => {
  const unwanted = /^(password|id|meta|schemas|groups)\b|:pin$/
  expect(paths.filter((path) => unwanted.test(path))).toEqual([])
})

test.each(PRESET_NAMES)('the preset for %s is a good mapping, for strict identity providers too', (name) => {
  expect(readMapping(MAPPING_PRESETS[name], userSchema)).toEqual(MAPPING_PRESETS[name])
  expect(readMapping(MAPPING_PRESETS[name], strictUserSchema)).toHaveLength(MAPPING_PRESETS[name].length)
})
