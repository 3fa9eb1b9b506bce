import { expect, test } from 'vitest'
import { instantOf } from './date-time.ts'

test.each([
  ['2011-05-13T04:42:34Z', '2011-05-13T04:42:34.000Z'],
  ['2011-05-13t04:42:34.5z', '2011-05-13T04:42:34.500Z'],
  ['2011-05-13T04:42:34.123456+02:00', '2011-05-13T02:42:34.123Z'],
  ['2011-05-13T00:12:34-05:30', '2011-05-13T05:42:34.000Z'],
  ['2011-05-13T04:42:34', '2011-05-13T04:42:34.000Z'],
])('%s is an instant', (text, expected) => {
  expect(new Date(instantOf(text) ?? Number.NaN).toISOString()).toBe(expected)
})

test.each([
  '',
  '2011-05-13',
  '2011-05-13 04:42:34Z',
  '2011-13-13T04:42:34Z',
  '2011-02-30T04:42:34Z',
  '2011-05-13T25:42:34Z',
  '2011-05-13T04:60:34Z',
  '2011-05-13T04:42:34.Z',
  '2011-05-13T04:42:34+0200',
  '2011-05-13T04:42:34 Z',
  'tomorrow',
  `2011-05-13T04:42:34.${'1'.repeat(50)}Z`,
])('%s is none', (text) => {
  expect(instantOf(text)).toBeUndefined()
})
