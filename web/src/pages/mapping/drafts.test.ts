import { expect, test } from 'vitest'
import { draftOf, isSame, moved, type Rule, rulesOf } from './drafts.ts'

const RULES: Rule[] = [
  {
    attribute: 'email',
    source: 'emails',
    steps: [{ op: 'first' }, { op: 'before', text: '+' }],
    default: 'none',
  },
  { attribute: 'groups', source: 'groups', steps: [{ op: 'join', separator: '; ' }] },
  { attribute: 'country', constant: '' },
]

test('rules come back from their drafts as they were, also an empty constant', () => {
  expect(rulesOf(RULES.map(draftOf))).toEqual(RULES)
})

test('what was typed in the other form of a rule is kept in the draft, and not sent', () => {
  const draft = { ...draftOf({ attribute: ' email ', source: ' emails ' }), constant: 'typed before' }
  expect(rulesOf([draft])).toEqual([{ attribute: 'email', source: 'emails' }])
  expect(rulesOf([{ ...draft, kind: 'constant' }])).toEqual([
    { attribute: 'email', constant: 'typed before' },
  ])
})

test('rules are the same by what they say and by their order', () => {
  expect(isSame(RULES, structuredClone(RULES))).toBe(true)
  expect(isSame(RULES, RULES.toReversed())).toBe(false)
})

test('an item moves to any place, and the others keep their order', () => {
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
  expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'b', 'c'])
})
