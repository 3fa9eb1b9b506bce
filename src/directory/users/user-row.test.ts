import { expect, test } from 'vitest'
import { wireTime } from './user-row.ts'

test.each([
  ['2026-11-23 20:48:08.466+00', '2026-11-23T20:48:08.466Z'],
  ['2026-11-23 20:48:08.46+00', '2026-11-23T20:48:08.460Z'],
  ['2026-11-23 20:48:08.4+00', '2026-11-23T20:48:08.400Z'],
  ['2026-11-23 20:48:08+00', '2026-11-23T20:48:08.000Z'],
])('the time %s is sent as %s', (text, wire) => {
  expect(wireTime(text)).toBe(wire)
})
