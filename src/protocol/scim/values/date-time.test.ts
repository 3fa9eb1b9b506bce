import { expect, test } from 'vitest'
import { instantOf } from './date-time.ts'

test.each([
  ['2011-05-13T04:42:34Z', '2011-05-13T04:42:34.000Z'],
  ['2011-05-13t04:42:34.5z', '2011-05-13T04:42:34.500Z'],
  ['2011-05-13T04:42:34.123456+02:00', '2011-05-13T02:42:34.123Z'],
  ['2011-05-13T00:12:34-05:30', '2011-05-13T05:42:34.000Z'],
  ['2011-05-13T04:42:34', '2011-05-13T04:42:34.000Z'],
  ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000Z'],
  ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
  ['0000-01-01T00:00:00+14:00', '-000001-12-31T10:00:00.000Z'],
  ['9999-12-31T23:59:59-14:00', '+010000-01-01T13:59:59.000Z'],
])('%s is an instant', (text, expected) => {
  expect(new Date(Number((instantOf(text) ?? 0n) / 1_000n)).toISOString()).toBe(expected)
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

test('microseconds count, in any year', () => {
  expect(instantOf('2011-05-13T04:42:34.123457Z')).toBe((instantOf('2011-05-13T04:42:34.123456Z') ?? 0n) + 1n)
  expect(instantOf('9999-12-31T23:59:59.999999Z')).toBe((instantOf('9999-12-31T23:59:59.999998Z') ?? 0n) + 1n)
})

test('without a zone it is UTC, whatever the zone of the process', () => {
  const zone = process.env.TZ
  try {
    for (process.env.TZ of ['Asia/Tokyo', 'America/Los_Angeles'])
      expect(instantOf('2011-05-13T04:42:34')).toBe(instantOf('2011-05-13T04:42:34Z'))
  } finally {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  }
})
