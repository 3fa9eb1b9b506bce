import { expect, test } from 'vitest'
import { printFilter } from '../filter/print.ts'
import type { Json } from '../messages/json.ts'
import { type MemberChange, planMembers, readMembers } from './membership.ts'
import type { PatchOperation } from './patch.ts'

const plan = (...operations: PatchOperation[]) => planMembers(operations).members
const change = (change: Partial<MemberChange>): MemberChange => ({
  clear: false,
  removeWhere: [],
  remove: [],
  add: [],
  ...change,
})
const ids = (...values: string[]) => values.map((value) => ({ value, type: undefined }))

test.each<[string, PatchOperation, Partial<MemberChange>]>([
  [
    'a list is added',
    { op: 'add', path: 'members', value: [{ value: 'a' }, { value: 'b' }] },
    { add: ids('a', 'b') },
  ],
  ['one object is added', { op: 'add', path: 'Members', value: { value: 'a' } }, { add: ids('a') }],
  ['one id is added', { op: 'add', path: 'members', value: 'a' }, { add: ids('a') }],
  ['nothing is added', { op: 'add', path: 'members', value: [] }, {}],
  [
    'a type is kept',
    { op: 'add', path: 'members', value: [{ value: 'a', type: 'group', display: 'A' }] },
    { add: [{ value: 'a', type: 'Group' }] },
  ],
  ['without a path', { op: 'add', value: { members: [{ value: 'a' }] } }, { add: ids('a') }],
  [
    'with a URN',
    { op: 'add', path: 'urn:ietf:params:scim:schemas:core:2.0:Group:members', value: 'a' },
    { add: ids('a') },
  ],
  [
    'all are replaced',
    { op: 'replace', path: 'members', value: [{ value: 'a' }] },
    { clear: true, add: ids('a') },
  ],
  ['all are replaced by none', { op: 'replace', path: 'members', value: [] }, { clear: true }],
  ['all are replaced by null', { op: 'replace', value: { members: null } }, { clear: true }],
  ['all are removed', { op: 'remove', path: 'members' }, { clear: true }],
  [
    'those listed are removed',
    { op: 'remove', path: 'members', value: [{ $ref: null, value: 'a' }, { value: 'b' }] },
    { remove: ['a', 'b'] },
  ],
  [
    'one is put in the place of another',
    { op: 'replace', path: 'members[value eq "a"]', value: { value: 'b' } },
    { remove: ['a'], add: ids('b') },
  ],
  ['one is added by the path that names it', { op: 'add', path: 'members[value eq "a"]' }, { add: ids('a') }],
  ['an empty list removes none', { op: 'remove', path: 'members', value: [] }, {}],
  ['one id is removed', { op: 'remove', path: 'members', value: 'a' }, { remove: ['a'] }],
  ['a selected one is removed', { op: 'remove', path: 'members[value eq "a"]' }, { remove: ['a'] }],
  ['whatever the letter case', { op: 'remove', path: 'MEMBERS[Value EQ "A"]' }, { remove: ['A'] }],
  [
    'a stray value is not heard',
    { op: 'remove', path: 'members[value eq "a"]', value: [{ value: 'b' }] },
    { remove: ['a'] },
  ],
  [
    'several selected ones are removed',
    { op: 'remove', path: 'members[value eq "a" or (value eq "b" or value eq "c")]' },
    { remove: ['a', 'b', 'c'] },
  ],
])('%s', (_title, operation, expected) => {
  expect(plan(operation)).toEqual(change(expected))
})

test('other filters are left to the rows', () => {
  const members = plan(
    { op: 'remove', path: 'members[value eq "a" and type eq "User"]' },
    { op: 'remove', path: 'members[display sw "T"]' },
  )
  expect(members?.removeWhere.map(printFilter)).toEqual(['value eq "a" and type eq "User"', 'display sw "T"'])
})

test('the last operation on an id wins', () => {
  const add = (value: string): PatchOperation => ({ op: 'add', path: 'members', value: [{ value }] })
  const remove = (value: string): PatchOperation => ({ op: 'remove', path: `members[value eq "${value}"]` })
  expect(plan(add('a'), remove('a'))).toEqual(change({ remove: ['a'] }))
  expect(plan(remove('a'), add('a'))).toEqual(change({ add: ids('a') }))
  expect(plan(add('a'), add('b'), remove('a'), add('a'))).toEqual(change({ add: ids('b', 'a') }))
  expect(plan(add('a'), { op: 'remove', path: 'members' }, add('b'), remove('c'))).toEqual(
    change({ clear: true, add: ids('b') }),
  )
  expect(
    plan({ op: 'remove', path: 'members[type eq "User"]' }, { op: 'replace', path: 'members', value: 'x' }),
  ).toEqual(change({ clear: true, add: ids('x') }))
})

test('which members to add a later filter selects is for their rows to say', () => {
  const members = plan(
    {
      op: 'add',
      path: 'members',
      value: [
        { value: 'a', type: 'User' },
        { value: 'b', type: 'Group' },
      ],
    },
    { op: 'remove', path: 'members[type eq "User"]' },
  )
  expect(members?.add).toHaveLength(2)
  expect(members?.undo).toMatchObject([{ ids: ['a', 'b'] }])
})

test('what is not about members is left over, in order', () => {
  const rename: PatchOperation = { op: 'replace', path: 'displayName', value: 'x' }
  const { rest, members } = planMembers([
    rename,
    { op: 'replace', value: { externalId: 'e', Members: [{ value: 'a' }], displayName: 'y' } },
    { op: 'add', path: 'shoeSize', value: 1 },
  ])
  expect(rest).toEqual([
    rename,
    { op: 'replace', value: { externalId: 'e', displayName: 'y' } },
    { op: 'add', path: 'shoeSize', value: 1 },
  ])
  expect(members).toEqual(change({ clear: true, add: ids('a') }))
  expect(planMembers([rename]).members).toBeUndefined()
  expect(planMembers([{ op: 'add', value: { members: [] } }]).rest).toEqual([])
})

test.each<[PatchOperation, string]>([
  [{ op: 'replace', path: 'members.value', value: 'a' }, 'invalidPath'],
  [{ op: 'remove', path: 'members[value eq "a"].display' }, 'invalidPath'],
  [{ op: 'replace', path: 'members[type eq "User"]', value: { value: 'b' } }, 'invalidPath'],
  [{ op: 'remove', path: 'members.value eq "a"' }, 'invalidPath'],
  [{ op: 'remove', path: 'members[0' }, 'invalidPath'],
  [{ op: 'remove', path: 'members[foo eq "a"]' }, 'invalidFilter'],
  [{ op: 'add', path: 'members' }, 'invalidValue'],
  [{ op: 'add', path: 'members', value: [{ value: 'a' }, { display: 'b' }] }, 'invalidValue'],
  [{ op: 'remove', path: 'members', value: [{ $ref: null }] }, 'invalidValue'],
])('%j is refused: %s', (operation, scimType) => {
  expect(() => plan(operation)).toThrow(expect.objectContaining({ status: 400, scimType }))
})

test('members of a body are read once each', () => {
  expect(readMembers([{ value: 'a', type: 'User' }, { Value: 'b' }, 'c', { value: 'a' }])).toEqual([
    { value: 'a', type: 'User' },
    ...ids('b', 'c'),
  ])
  expect(readMembers(null)).toEqual([])
})

test.each<Json>([[{ value: 7 }], [{ value: '' }], [null], [{ __proto__: { value: 'a' } }], 7, {}])(
  '%j is no member',
  (value) => {
    expect(() => readMembers(value)).toThrow(/^members\[0\]\.value/)
  },
)

test('10,000 members are planned at once', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => ({ value: `id-${index}` }))
  expect(plan({ op: 'add', path: 'members', value: many })?.add).toHaveLength(10_000)
})
