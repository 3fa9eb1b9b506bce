import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLookAlike, isSameName } from './same-name.ts'
import { userNameKey } from './user-name.ts'

test.each([
  ['ada@example.com', 'ADA@Example.COM'],
  ['H\u0331anna', '\u1e96anna'],
  ['zo\u00eb', 'ZOE\u0308'],
  ['J\u030cana', '\u01f0ana'],
  ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
  ['STRA\u1e9eE', 'straße'],
  ['ＡＤＡ', 'ａｄａ'],
  ['\u00c5sa', 'a\u030asa'],
])('%s and %s are the same name', (one, other) => {
  expect([isSameName(one, other), isLookAlike(one, other)]).toEqual([true, false])
})

test.each([
  ['full-width letters', 'ａｄａ', 'ada'],
  ['a ligature', 'ﬁnn', 'finn'],
  ['a superscript', 'user²', 'user2'],
  ['a circled digit', 'user①', 'user1'],
  ['the Kelvin sign', '\u212Aelvin', 'kelvin'],
  ['the Ångström sign', '\u212Bsa', '\u00e5sa'],
  ['the long s', 'ſam', 'sam'],
  ['a no-break space', 'ada\u00a0l', 'ada l'],
  ['a mathematical letter', '\u{1d41a}da', 'ada'],
  ['a full stop of another width', 'ada@example．com', 'ada@example.com'],
  ['a dotted capital I', '\u0130da', 'i\u0307da'],
])('a name with %s is a look-alike, not the same name', (_, one, other) => {
  expect([isSameName(one, other), isLookAlike(one, other)]).toEqual([false, true])
})

test.each([
  ['straße', 'strasse'],
  ['аda', 'ada'], // Cyrillic
  ['ıda', 'ida'],
  ['ada ', 'ada'],
])('%s and %s are two names that may stand side by side', (one, other) => {
  expect([isSameName(one, other), isLookAlike(one, other)]).toEqual([false, false])
})

const telling = [
  'a',
  'A',
  'K',
  '\u212a',
  'ﬁ',
  'ς',
  'Σ',
  'É',
  'e\u0301',
  '\u0130',
  'Ａ',
  'ß',
  'ẞ',
  '\u030c',
  'J',
]
const names = fc
  .array(fc.oneof(fc.constantFrom(...telling), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''))

test('names that are the same have one key, so that looking a name up by its key misses none', () => {
  fc.assert(
    fc.property(names, (name) => {
      for (const spelling of [
        name.normalize('NFC'),
        name.normalize('NFD'),
        name.toLowerCase(),
        name.toUpperCase(),
      ])
        if (isSameName(name, spelling)) expect(userNameKey(spelling)).toBe(userNameKey(name))
    }),
    { numRuns: 2_000 },
  )
})

test('being the same name goes both ways', () => {
  fc.assert(
    fc.property(names, names, (one, other) => {
      expect(isSameName(one, one)).toBe(true)
      expect(isSameName(one, other)).toBe(isSameName(other, one))
    }),
    { numRuns: 2_000 },
  )
})
