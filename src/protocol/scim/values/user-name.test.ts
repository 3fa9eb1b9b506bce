import fc from 'fast-check'
import { expect, test } from 'vitest'
import { userNameFault, userNameKey } from './user-name.ts'

/** Returns a name after width mapping, toLowerCase and NFC. */
function precis(text: string): string {
  return [...text]
    .map((character) => (/[\u3000\uff01-\uffee]/.test(character) ? character.normalize('NFKC') : character))
    .map((character) => character.toLowerCase())
    .join('')
    .normalize('NFC')
}

test('names that RFC 8265 takes for the same have one key', () => {
  const telling = [
    'H',
    'h',
    '\u0331',
    'J',
    '\u030c',
    'Ａ',
    'ｶ',
    'ﾞ',
    'Σ',
    'ς',
    '\u03f9',
    '\u0130',
    '\u0307',
    'É',
    'e',
    '\u0301',
    'K',
    'ß',
    'ẞ',
  ]
  const character = fc.oneof(
    fc.constantFrom(...telling),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  )
  const names = fc.array(character, { maxLength: 6 }).map((characters) => characters.join(''))
  fc.assert(
    fc.property(names, (name) => {
      expect(userNameKey(precis(name))).toBe(userNameKey(name))
      expect(userNameKey(userNameKey(name))).toBe(userNameKey(name))
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['ADA', 'ada'],
  ['ＡＤＡ', 'ada'],
  ['H\u0331', '\u1e96'],
  ['ΟΔΟΣ', 'οδος'],
  ['ﬁnn', 'finn'],
])('%s and %s are one name', (one, other) => {
  expect(userNameKey(one)).toBe(userNameKey(other))
})

test.each([
  'ada@example.com',
  'EXAMPLE\\ada',
  'Ada Lovelace',
  'ＡＤＡ',
  'Ærøskøbing',
  'ひかり',
  'नि',
  'क्\u200dष',
  "o'neil+x",
  'ada\u0301',
])('strict mode takes %s', (name) => {
  expect(userNameFault(name)).toBeUndefined()
})

test.each([
  ' ada',
  'ada ',
  'a\u00a0b',
  'a\tb',
  'a\u0000b',
  'a\u200bb',
  'a\u200db',
  'a\u202eb',
  '\ud83d\ude00',
  'ﬁnn',
  '①',
  'a™',
  'a\u0378',
  '\u3000',
])('strict mode refuses %j', (name) => {
  expect(userNameFault(name)).toMatch(/^(no-outer-spaces|user-name-characters)$/)
})
