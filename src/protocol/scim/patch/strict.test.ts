// Answers to an identity provider in strict mode: the interop profile draft (draft-zollner-scim-interop-profile),
// 6.5.
import { expect, test } from 'vitest'
import type { JsonObject } from '../messages/json.ts'
import { userSchema } from '../schema/resource-schema.ts'
import { planMembers, readMembers } from './membership.ts'
import { applyPatch, type PatchOperation } from './patch.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ada: JsonObject = {
  schemas: [CORE],
  userName: 'ada',
  name: { familyName: 'Lovelace', givenName: 'Ada' },
  emails: [
    { value: 'a@example.com', type: 'work', primary: true },
    { value: 'b@example.com', type: 'home' },
    { value: 'c@example.com', type: 'home' },
  ],
}

const strict = (operation: PatchOperation) => applyPatch(ada, [operation], userSchema, 'strict').resource

test('replace of a complex attribute replaces it whole, and add completes it', () => {
  const value = { givenName: 'Augusta' }
  expect(strict({ op: 'replace', path: 'name', value }).name).toEqual(value)
  expect(strict({ op: 'add', path: 'name', value }).name).toEqual({ ...value, familyName: 'Lovelace' })
  expect(strict({ op: 'replace', path: 'name.givenName', value: 'Augusta' }).name).toEqual({
    ...value,
    familyName: 'Lovelace',
  })
})

test('a sub-attribute of the one element that a filter selects is set and removed', () => {
  const path = 'emails[type eq "work"].value'
  expect(strict({ op: 'replace', path, value: 'x@example.com' }).emails).toContainEqual({
    value: 'x@example.com',
    type: 'work',
    primary: true,
  })
  const { emails } = strict({ op: 'remove', path: 'emails[type eq "work"].primary' })
  expect(emails).toContainEqual({ value: 'a@example.com', type: 'work' })
})

test.each<[PatchOperation, string]>([
  [{ op: 'add', value: { title: 'Dr' } }, 'invalidSyntax'],
  [{ op: 'replace', value: { title: 'Dr' } }, 'invalidSyntax'],
  [{ op: 'remove' }, 'invalidSyntax'],
  [{ op: 'add', path: 'shoeSize', value: 4 }, 'invalidSyntax'],
  [{ op: 'add', path: 'urn:okta:app:1.0:user:custom:level', value: 4 }, 'invalidSyntax'],
  [{ op: 'replace', path: 'name', value: { nick: 'A' } }, 'invalidSyntax'],
  [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'x' }, 'invalidFilter'],
  [{ op: 'remove', path: 'emails[type eq "home"].value' }, 'invalidFilter'],
  [{ op: 'replace', path: 'emails[type eq "work"]', value: { value: 'x' } }, 'invalidPath'],
  [{ op: 'remove', path: 'emails[type eq "work"]' }, 'invalidPath'],
  [{ op: 'replace', path: 'emails[type eq "other"].value', value: 'x' }, 'noTarget'],
])('%j is refused: %s', (operation, scimType) => {
  expect(() => strict(operation)).toThrow(expect.objectContaining({ status: 400, scimType }))
})

test('members are removed one at a time, by their id', () => {
  const plan = (operation: PatchOperation) => planMembers([operation], 'strict')
  expect(plan({ op: 'remove', path: 'members[value eq "7"]' }).members).toMatchObject({ remove: ['7'] })
  for (const filter of ['type eq "User"', 'value eq "7" or value eq "8"', 'value pr']) {
    const refused = () => plan({ op: 'remove', path: `members[${filter}]` })
    expect(refused).toThrow(expect.objectContaining({ scimType: 'invalidPath' }))
  }
})

test('members without a path are left for the engine to refuse, and unknown names in them are refused', () => {
  const operation: PatchOperation = { op: 'add', value: { members: [{ value: '7' }] } }
  expect(planMembers([operation], 'strict')).toEqual({ rest: [operation], members: undefined })
  expect(() => readMembers([{ value: '7', shoe: 1 }], 'strict')).toThrow(
    expect.objectContaining({ scimType: 'invalidSyntax', message: 'There is no attribute members[0].shoe' }),
  )
  expect(readMembers([{ value: '7', $ref: 'x', Display: 'y' }], 'strict')).toEqual([{ value: '7' }])
})
