import { expect, test } from 'vitest'
import type { Json } from '../messages/json.ts'
import { applyPatch, type PatchOperation } from '../patch/patch.ts'
import { readResource } from '../values/resource.ts'
import { requireImmutable } from './complete.ts'
import { readCustomSchema } from './custom-schema.ts'
import { userSchema, withExtensions } from './resource-schema.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const URN = 'urn:example:params:scim:schemas:1.0:Staff'
const schema = withExtensions(userSchema, [
  readCustomSchema({
    id: URN,
    attributes: [
      { name: 'badge', required: true },
      { name: 'hired', type: 'dateTime', mutability: 'immutable' },
      {
        name: 'skills',
        type: 'complex',
        multiValued: true,
        subAttributes: [{ name: 'name', required: true }, { name: 'level' }],
      },
    ],
  }),
])
const read = (data: Json) => readResource({ userName: 'ada', [URN]: data }, schema, 'lenient').resource
const missing = (name: string) =>
  expect.objectContaining({ scimType: 'invalidValue', message: `${URN}:${name} is required` })

test('a user may lack an extension, but not a part of it that is required', () => {
  expect(read(null)).toEqual({ schemas: [USER], userName: 'ada' })
  expect(read({ BADGE: '7' })).toEqual({ schemas: [USER, URN], userName: 'ada', [URN]: { badge: '7' } })
  expect(() => read({ hired: '2020-01-01T00:00:00Z' })).toThrow(missing('badge'))
  expect(() => read({ badge: '7', skills: [{ name: 'a' }, { level: 'b' }] })).toThrow(missing('skills.name'))
})

test('a PATCH leaves an extension complete, or none', () => {
  const ada = read({ badge: '7', skills: [{ name: 'x' }] })
  const patch = (...operations: PatchOperation[]) => applyPatch(ada, operations, schema, 'lenient').resource
  expect(() => patch({ op: 'remove', path: `${URN}:badge` })).toThrow(missing('badge'))
  expect(() => patch({ op: 'add', path: `${URN}:skills`, value: [{ level: 'x' }] })).toThrow(
    missing('skills.name'),
  )
  const none = { schemas: [USER], userName: 'ada' }
  expect(patch({ op: 'remove', path: URN })).toEqual(none)
  const oneByOne = ['badge', 'skills'].map((name) => ({ op: 'remove' as const, path: `${URN}:${name}` }))
  expect(patch(...oneByOne)).toEqual(none)
})

test('what is immutable stays what it is when the whole user is replaced', () => {
  const before = read({ badge: '7', hired: '2020-01-01T00:00:00Z' })
  const replaced = (data: Json) => () => requireImmutable(before, read(data), schema)
  expect(replaced({ badge: '8', hired: '2020-01-01T00:00:00Z' })).not.toThrow()
  for (const data of [{ badge: '7' }, { badge: '7', hired: '2021-01-01T00:00:00Z' }, null])
    expect(replaced(data)).toThrow(expect.objectContaining({ scimType: 'mutability' }))
  expect(() => requireImmutable(read(null), before, schema)).not.toThrow()
})
