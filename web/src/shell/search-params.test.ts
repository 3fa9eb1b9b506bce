import { expect, test } from 'vitest'
import { choice, flag, given, text } from './search-params.ts'

test('a text filter is a string that is not empty; digits in the address arrive as a number', () => {
  expect(text({ q: 'mia' }, 'q')).toBe('mia')
  expect(text({ q: 42 }, 'q')).toBe('42')
  for (const q of ['', undefined, null, true, ['mia'], { mia: 1 }]) expect(text({ q }, 'q')).toBeUndefined()
})

test('a choice is one of its words, and anything else is no choice', () => {
  const words = ['active', 'deleted'] as const
  expect(choice({ status: 'deleted' }, 'status', words)).toBe('deleted')
  for (const status of ['DELETED', '', 'other', 1, undefined, ['deleted']])
    expect(choice({ status }, 'status', words)).toBeUndefined()
})

test('a flag is set by true only', () => {
  expect([flag({ live: true }, 'live'), flag({ live: 'true' }, 'live')]).toEqual([true, true])
  for (const live of [false, 'false', '1', 1, undefined]) expect(flag({ live }, 'live')).toBeUndefined()
})

test('filters that are not set are left out, and those that are false or empty stay', () => {
  const filters = { q: undefined, status: 'active', live: false, after: '' }
  expect(given(filters)).toEqual({ status: 'active', live: false, after: '' })
  expect(Object.keys(given(filters))).not.toContain('q')
})
