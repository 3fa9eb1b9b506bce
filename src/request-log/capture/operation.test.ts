import { expect, test } from 'vitest'
import { isFailure, meaningOf } from './operation.ts'

const AT = '/scim/v2/:idpId'
const patch = (...operations: object[]) => ({ Operations: operations })

test.each([
  ['POST', '/Users', {}, 'create User'],
  ['GET', '/Users', undefined, 'look-up User'],
  ['POST', '/Users/.search', {}, 'look-up User'],
  ['POST', '/.search', {}, 'look-up undefined'],
  ['GET', '/Users/:id', undefined, 'read User'],
  ['PUT', '/Users/:id', { userName: 'a', active: true }, 'replace User'],
  ['PUT', '/Users/:id', { userName: 'a', active: false }, 'deactivate User'],
  ['PATCH', '/Users/:id', patch({ op: 'Replace', path: 'active', value: 'False' }), 'deactivate User'],
  ['PATCH', '/Users/:id', patch({ op: 'replace', value: { active: false } }), 'deactivate User'],
  ['PATCH', '/Users/:id', patch({ op: 'replace', path: 'active', value: true }), 'activate User'],
  ['PATCH', '/Users/:id', patch({ op: 'replace', path: 'title', value: 'x' }), 'change User'],
  ['PATCH', '/Users/:id', 'what', 'change User'],
  ['DELETE', '/Users/:id', undefined, 'delete User'],
  ['POST', '/Groups', {}, 'create Group'],
  ['PATCH', '/Groups/:id', patch({ op: 'Add', path: 'members', value: [] }), 'add-members Group'],
  ['PATCH', '/Groups/:id', patch({ op: 'add', value: { members: [] } }), 'add-members Group'],
  ['PATCH', '/Groups/:id', patch({ op: 'remove', path: 'members[value eq "1"]' }), 'remove-members Group'],
  ['PATCH', '/Groups/:id', patch({ op: 'replace', path: 'members', value: [] }), 'change-members Group'],
  ['PATCH', '/Groups/:id', patch({ op: 'replace', path: 'displayName', value: 'x' }), 'change Group'],
  ['PATCH', '/Groups/:id', patch(), 'change Group'],
  ['POST', '/Bulk', {}, 'bulk undefined'],
  ['GET', '/ServiceProviderConfig', undefined, 'discover undefined'],
  ['GET', '/Schemas/:id', undefined, 'discover undefined'],
  ['DELETE', '/Users', undefined, 'other User'],
  ['PUT', undefined, undefined, 'other undefined'],
])('%s %s %j is: %4$s', (method, path, body, meaning) => {
  const { operation, objectType } = meaningOf(method, path && AT + path, body)
  expect(`${operation} ${objectType}`).toBe(meaning)
})

test('who reads what is not there has not failed; who changes it has', () => {
  expect([
    isFailure('read', 404),
    isFailure('change', 404),
    isFailure('read', 401),
    isFailure('create', 201),
  ]).toEqual([false, true, true, false])
})
