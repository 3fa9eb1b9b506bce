import { expect, test } from 'vitest'
import { healthOf } from './health.ts'

const now = new Date('2026-03-04T12:00:00Z')
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const quiet = { requests: 0, lookUps: 0, failed: 0 }

test.each([
  ['off', { isOn: false, lastSyncAt: ago(1), recent: quiet }],
  ['never', { isOn: true, lastSyncAt: null, recent: quiet }],
  ['failing', { isOn: true, lastSyncAt: null, recent: { requests: 1, lookUps: 0, failed: 1 } }],
  ['ok', { isOn: true, lastSyncAt: ago(23), recent: quiet }],
  ['late', { isOn: true, lastSyncAt: ago(25), recent: quiet }],
  ['ok', { isOn: true, lastSyncAt: ago(1), recent: { requests: 9, lookUps: 6, failed: 2 } }],
  ['failing', { isOn: true, lastSyncAt: ago(1), recent: { requests: 90, lookUps: 80, failed: 3 } }],
  ['ok', { isOn: true, lastSyncAt: ago(1), recent: { requests: 900, lookUps: 80, failed: 30 } }],
  ['failing', { isOn: true, lastSyncAt: ago(30), recent: { requests: 2, lookUps: 0, failed: 2 } }],
] as const)('%s: %j', (state, signs) => {
  expect(healthOf(signs, now)).toBe(state)
})
