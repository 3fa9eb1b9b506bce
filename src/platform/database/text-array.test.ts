import { expect, test } from 'vitest'
import { textArray } from './text-array.ts'

test('texts of any letters, and none, in the form that PostgreSQL receives', () => {
  const [header, one, none, empty] = [
    '00000001 00000001 00000019 00000003 00000001',
    '00000003 c3a97b',
    'ffffffff',
    '00000000',
  ]
  expect(textArray(['é{', null, '']).toString('hex')).toBe(
    [header, one, none, empty].join('').replaceAll(' ', ''),
  )
})
