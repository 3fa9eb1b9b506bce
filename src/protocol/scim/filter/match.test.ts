import { expect, test } from 'vitest'
import type { JsonObject } from '../messages/json.ts'
import { groupSchema, userSchema } from '../schema/resource-schema.ts'
import { parseFilter } from './filter.ts'
import { matches } from './match.ts'

const ada: JsonObject = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  id: '9A',
  externalId: 'Ext-1',
  userName: 'Ada.Lovelace@example.com',
  name: { familyName: 'Łovelace', givenName: 'Ada' },
  active: true,
  title: 'Straße',
  emails: [
    { value: 'ada@example.com', type: 'work', primary: true },
    { value: 'ada@home.example', type: 'home' },
  ],
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager: { value: 'Boss' } },
  meta: { resourceType: 'User', lastModified: '2026-05-13T04:42:34.250Z' },
}

test.each([
  'userName eq "ADA.lovelace@EXAMPLE.com"',
  'userName sw "ada"',
  'userName ew ".COM"',
  'userName co "LOVE"',
  'externalId eq "Ext-1"',
  'id eq "9A"',
  'name.familyName eq "łOVELACE"',
  'title eq "straße"',
  'active eq true',
  'emails eq "ADA@home.example"',
  'emails[type eq "work" and value co "example"]',
  'emails[type eq "work"].value eq "ada@example.com"',
  'emails.type ne "work"',
  'emails pr and name pr and emails.primary pr',
  'manager eq "Boss"',
  'schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"',
  'meta.resourceType eq "User"',
  'meta.lastModified gt "2026-05-13T06:42:34+02:00"',
  'meta.lastModified lt "2026-05-13T04:42:34.3Z"',
  'meta.lastModified ge "2026-05-13T04:42:34.25Z" and meta.lastModified le "2026-05-13T04:42:34.250Z"',
  'nickName ne "x"',
  'nickName eq null',
  'title ne null',
  'not (nickName pr)',
  'userName gt "ada" and userName lt "adb"',
  'nickName pr or title pr',
  'not (members pr)',
])('%s selects', (text) => {
  expect(matches(ada, parseFilter(text, userSchema))).toBe(true)
})

test.each([
  'userName eq "ada"',
  'externalId eq "ext-1"',
  'id eq "9a"',
  'manager eq "boss"',
  'emails[type eq "home" and primary eq true]',
  'emails[type eq "work"].value eq "ada@home.example"',
  'phoneNumbers ne "1"',
  'phoneNumbers pr',
  'nickName gt ""',
  'nickName eq ""',
  'active eq false',
  'members eq "9A"',
  'meta.lastModified gt "2026-05-13T04:42:34.250Z"',
  'title eq "strasse"',
])('%s does not select', (text) => {
  expect(matches(ada, parseFilter(text, userSchema))).toBe(false)
})

test('an attribute of the other resource type is nothing, and differs from everything', () => {
  const group: JsonObject = { displayName: 'Crew' }
  expect(matches(group, parseFilter('userName eq "x"', groupSchema))).toBe(false)
  expect(matches(group, parseFilter('userName ne "x"', groupSchema))).toBe(true)
  expect(matches(group, parseFilter('userName eq null', groupSchema))).toBe(true)
})

test('names that the schema does not have are never looked up in objects', () => {
  expect(matches({}, parseFilter('title pr or userName pr', userSchema))).toBe(false)
})
