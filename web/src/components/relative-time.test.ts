import { expect, test } from 'vitest'
import { relativeTime } from './relative-time.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const before = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000)

test.each([
  [0, 'now'],
  [59, '59 seconds ago'],
  [60, '1 minute ago'],
  [3_599, '59 minutes ago'],
  [3_600, '1 hour ago'],
  [86_399, '23 hours ago'],
  [86_400, 'yesterday'],
  [400 * 86_400, '400 days ago'],
  [-90, 'in 1 minute'],
])('%d seconds before now is %s', (seconds, text) => {
  expect(relativeTime(before(seconds), NOW, 'en')).toBe(text)
})

test('the words are those of the locale', () => {
  expect(relativeTime(before(180), NOW, 'ja')).toBe('3 分前')
})
