import { expect, test } from 'vitest'
import { findNamed, indexed } from './named-list.ts'

const nameOf = ({ name }: { name: string }) => name
const list = [{ name: 'userName' }, { name: 'Title' }]

test.each([
  ['prepared', indexed(list, nameOf)],
  ['plain', list],
])('an element of a %s list is found in any letter case', (_kind, elements) => {
  for (const name of ['userName', 'USERNAME', 'username'])
    expect(findNamed(elements, name, nameOf)).toBe(list[0])
  expect(findNamed(elements, 'title', nameOf)).toBe(list[1])
  for (const name of ['', 'name', '__proto__', 'constructor', 'length', '0'])
    expect(findNamed(elements, name, nameOf)).toBeUndefined()
})

test('a prepared list is the same list to JSON and to loops', () => {
  const prepared = indexed(list, nameOf)
  expect(JSON.stringify(prepared)).toBe(JSON.stringify(list))
  expect([...prepared]).toEqual(list)
  expect(Object.keys(prepared)).toEqual(['0', '1'])
})
