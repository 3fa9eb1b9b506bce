import { expect, test } from 'vitest'
import { caseKey, compareText } from './text.ts'

test('letter case and width do not count', () => {
  expect(caseKey('Ada.Lovelace@Example.COM')).toBe('ada.lovelace@example.com')
  expect(caseKey('ＡＤＡ')).toBe('ada')
  expect(caseKey('É')).toBe(caseKey('é'))
})

test('the key of a prefix is a prefix of the key, also where a word ends in sigma', () => {
  expect(caseKey('ΟΔΟΣ 5').startsWith(caseKey('ΟΔΟΣ'))).toBe(true)
})

test('a sigma is one letter, and a dotted capital I is an i with a dot', () => {
  expect(caseKey('ΟΔΟΣ')).toBe(caseKey('οδος'))
  expect(caseKey('İnan')).toBe('i\u0307nan')
})

test('text is ordered by code points', () => {
  const sorted = ['', 'a', 'ab', 'b', 'é', '\u{fffd}', '\u{10000}', '\u{10000}a', '\u{10001}']
  expect(sorted.toReversed().sort(compareText)).toEqual(sorted)
})
