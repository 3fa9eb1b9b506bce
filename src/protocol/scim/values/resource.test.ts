import { expect, test } from 'vitest'
import { ScimError } from '../messages/error.ts'
import type { Json, JsonObject } from '../messages/json.ts'
import { groupSchema, userSchema } from '../schema/resource-schema.ts'
import { readResource } from './resource.ts'
import type { Mode } from './value.ts'

const USER = userSchema.core.id
const GROUP = groupSchema.core.id
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function fault(body: Json, mode: Mode = 'lenient', schema = userSchema) {
  try {
    readResource(body, schema, mode)
  } catch (error) {
    if (error instanceof ScimError) return `${error.status} ${error.scimType}: ${error.message}`
    throw error
  }
  return undefined
}

/** Every attribute of RFC 7643 §4.1 and §4.3 that a client may write, in schema order. */
const everything: JsonObject = {
  schemas: [USER, ENTERPRISE],
  externalId: 'hr-1815',
  userName: 'ada@example.com',
  name: {
    formatted: 'Dr. Ada A. King, Countess',
    familyName: 'King',
    givenName: 'Ada',
    middleName: 'Augusta',
    honorificPrefix: 'Dr.',
    honorificSuffix: 'Countess',
  },
  displayName: 'Ada King',
  nickName: 'Ada',
  profileUrl: 'https://example.com/ada',
  title: 'Analyst',
  userType: 'Employee',
  preferredLanguage: 'en-GB',
  locale: 'en-GB',
  timezone: 'Europe/London',
  active: true,
  emails: [
    { value: 'ada@example.com', display: 'Work', type: 'work', primary: true },
    { value: 'ada@home.example', type: 'home' },
  ],
  phoneNumbers: [
    { value: 'tel:+44-555-0100', type: 'work' },
    { value: 'tel:+44-555-0101', type: 'mobile' },
  ],
  ims: [{ value: 'ada', type: 'xmpp' }],
  photos: [{ value: 'https://example.com/ada.png', type: 'photo' }],
  addresses: [
    {
      formatted: '12 St James\nLondon',
      streetAddress: '12 St James',
      locality: 'London',
      region: 'London',
      postalCode: 'SW1',
      country: 'GB',
      type: 'work',
      primary: true,
    },
  ],
  entitlements: [{ value: 'engine' }],
  roles: [{ value: 'author', type: 'primary', primary: false }],
  x509Certificates: [{ value: 'MIIDQzCCAqygAwIBAgICEAAwDQ==' }],
  [ENTERPRISE]: {
    employeeNumber: '1815',
    costCenter: '4130',
    organization: 'Analytical Engines',
    division: 'Notes',
    department: 'Numbers',
    manager: { value: '26118915', $ref: '../Users/26118915' },
  },
}

/** Attributes that only the service sets, and ones that are never returned. */
const notKept: JsonObject = {
  id: '2819c223',
  meta: { resourceType: 'User', created: 'never', version: 7 },
  groups: [{ value: 'e9e30dba', display: 'Tour Guides' }],
  password: 't1meMa$heen',
}

test.each<Mode>(['lenient', 'strict'])('a user with every attribute is kept as it is (%s)', (mode) => {
  const reading = readResource({ ...notKept, ...everything }, userSchema, mode)
  expect(reading.resource).toEqual(everything)
  expect(JSON.stringify(reading.resource)).toBe(JSON.stringify(everything))
  expect(reading).toMatchObject({ password: 't1meMa$heen', unknown: [] })
})

test('the order and spelling of a message leave no trace', () => {
  const shuffled = Object.fromEntries(
    Object.entries(everything)
      .reverse()
      .map(([name, value]) => [name.toUpperCase(), value]),
  )
  expect(JSON.stringify(readResource(shuffled, userSchema, 'strict').resource)).toBe(
    JSON.stringify(everything),
  )
})

test('the members of a group are read elsewhere', () => {
  const body = { schemas: [GROUP], displayName: 'Engines', members: 'whatever' }
  expect(readResource(body, groupSchema, 'strict')).toEqual({
    resource: { schemas: [GROUP], displayName: 'Engines' },
    password: undefined,
    unknown: [],
  })
})

test('schemas follow from the data', () => {
  const withoutData = {
    schemas: [USER, ENTERPRISE],
    userName: 'ada',
    [ENTERPRISE]: { department: '', manager: {} },
  }
  expect(readResource(withoutData, userSchema, 'lenient').resource).toEqual({
    schemas: [USER],
    userName: 'ada',
  })
  const unnamed = { schemas: [USER], userName: 'ada', [ENTERPRISE.toLowerCase()]: { department: 'R&D' } }
  expect(readResource(unnamed, userSchema, 'lenient').resource.schemas).toEqual([USER, ENTERPRISE])
})

test('unknown names are left out and reported, or refused in strict mode', () => {
  const body =
    JSON.parse(`{"userName":"ada","shoe":1,"urn:x:User":{"a":1},"constructor":{},"name":{"nick":"A"},
    "${ENTERPRISE}":{"desk":"4"}}`) as Json
  const { resource, unknown } = readResource(body, userSchema, 'lenient')
  expect(resource).toEqual({ schemas: [USER], userName: 'ada' })
  expect(unknown).toEqual(['shoe', 'urn:x:User:a', 'constructor', 'name.nick', `${ENTERPRISE}:desk`])
  const known = { schemas: [USER], userName: 'ada' }
  expect(fault({ ...known, shoe: 1 }, 'strict')).toBe('400 invalidSyntax: There is no attribute shoe')
  expect(fault({ ...known, schemas: [USER, 'urn:x:User'] }, 'strict')).toBe(
    '400 invalidSyntax: There is no schema urn:x:User',
  )
})

test.each<[Json, string]>([
  [[], '400 invalidSyntax: The body must be an object'],
  [null, '400 invalidSyntax: The body must be an object'],
  [{}, '400 invalidValue: userName is required'],
  [{ userName: '' }, '400 invalidValue: userName is required'],
  [{ userName: null }, '400 invalidValue: userName is required'],
  [{ userName: ' \t' }, '400 invalidValue: userName must not be blank'],
  [{ userName: 'a', schemas: USER }, '400 invalidValue: schemas must be an array'],
  [{ userName: 'a', schemas: [1] }, '400 invalidValue: schemas[0] must be a string'],
  [{ userName: 'a', password: 1 }, '400 invalidValue: password must be a string'],
  [{ userName: 'a', [ENTERPRISE]: 'x' }, `400 invalidValue: ${ENTERPRISE} must be an object`],
  [
    { userName: 'a', [ENTERPRISE]: { manager: 'x' } },
    `400 invalidValue: ${ENTERPRISE}:manager must be an object`,
  ],
])('%j is refused: %s', (body, detail) => {
  expect(fault(body)).toBe(detail)
})

test('strict mode wants the schema of the resource type', () => {
  expect(fault({ userName: 'a' }, 'strict')).toBe('400 invalidValue: schemas is required')
  expect(fault({ schemas: [], userName: 'a' }, 'strict')).toBe(`400 invalidValue: schemas must name ${USER}`)
  expect(fault({ schemas: [], userName: 'a' })).toBeUndefined()
  expect(fault({ schemas: [GROUP] }, 'lenient', groupSchema)).toBe(
    '400 invalidValue: displayName is required',
  )
})
