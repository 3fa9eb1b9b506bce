import { expect, test } from 'vitest'
import { caseKey } from './text.ts'

test('letter case and width do not count', () => {
  expect(caseKey('Ada.Lovelace@Example.COM')).toBe('ada.lovelace@example.com')
  expect(caseKey('ＡＤＡ')).toBe('ada')
  expect(caseKey('É')).toBe(caseKey('é'))
})

test('the key of a prefix is a prefix of the key, also where a word ends in sigma', () => {
  expect(caseKey('ΟΔΟΣ 5').startsWith(caseKey('ΟΔΟΣ'))).toBe(true)
})
