import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readInstant, timestampText } from './storable.ts'

test.each([
  ['2026-02-28T23:59:59Z', '2026-02-28T23:59:59.000Z'],
  ['2024-02-29t00:00:00.5z', '2024-02-29T00:00:00.500Z'],
  ['2026-02-28 23:59:59.123456+09:00', '2026-02-28T14:59:59.123Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
])('%s is an instant', (text, expected) => {
  expect(readInstant(text)?.toISOString()).toBe(expected)
})

test.each([
  '',
  '2026-02-28',
  '2026-02-28T23:59:59',
  '2026-02-29T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T23:60:00Z',
  '2026-06-30T23:59:60Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-14:00',
  '2026-01-01T00:00:00+99:99',
  '2026-01-01T00:00:00.Z',
  '12026-01-01T00:00:00Z',
  'infinity',
])('%s is none', (text) => {
  expect(readInstant(text)).toBeUndefined()
})

test('every instant of JavaScript that is read comes back', () => {
  const date = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  fc.assert(fc.property(date, (at) => void expect(readInstant(at.toISOString())).toEqual(at)))
})

const micro = (iso: string) => BigInt(Date.parse(iso)) * 1_000n

test.each([
  [micro('2026-11-23T20:48:08.460Z'), '2026-11-23T20:48:08.460000Z'],
  [micro('2026-11-23T20:48:08.460Z') + 125n, '2026-11-23T20:48:08.460125Z'],
  [-500n, '1969-12-31T23:59:59.999500Z'],
  [micro('+010000-01-01T13:59:59Z'), '10000-01-01T13:59:59.000000Z'],
  [micro('0001-01-01T00:00:00Z'), '0001-01-01T00:00:00.000000Z'],
  [micro('0000-01-01T00:00:00Z'), '0001-01-01T00:00:00.000000Z BC'],
  [micro('-000001-12-31T10:00:00Z'), '0002-12-31T10:00:00.000000Z BC'],
])('%d is written as PostgreSQL reads it', (microseconds, text) => {
  expect(timestampText(microseconds)).toBe(text)
})
