import { expect, test } from 'vitest'
import { type AvailableFactors, nextStep, type Proven } from './next-step.ts'

const NOTHING: Proven = { password: false, factor: false, passkey: false }
const NONE: AvailableFactors = { totp: false, passkeys: 0, passkeysElsewhere: 0, recoveryCodes: 0 }

test('nothing is complete without a password or a passkey', () => {
  expect(nextStep(NOTHING, NONE)).toEqual({ next: 'password' })
  expect(nextStep({ ...NOTHING, factor: true }, { ...NONE, totp: true })).toEqual({ next: 'password' })
  expect(nextStep({ ...NOTHING, passkey: true }, NONE)).toEqual({ next: 'complete' })
})

test('a password is enough only where there is no factor', () => {
  const known = { ...NOTHING, password: true }
  expect(nextStep(known, NONE)).toEqual({ next: 'complete' })
  expect(nextStep(known, { totp: true, passkeys: 1, passkeysElsewhere: 0, recoveryCodes: 3 })).toEqual({
    next: 'factor',
    methods: ['passkey', 'totp', 'recovery-code'],
  })
  expect(nextStep({ ...known, factor: true }, { ...NONE, totp: true })).toEqual({ next: 'complete' })
})

test('passkeys of another host still demand a factor, even where none is left to give', () => {
  const factors = { ...NONE, passkeysElsewhere: 1 }
  expect(nextStep({ ...NOTHING, password: true }, factors)).toEqual({ next: 'factor', methods: [] })
})
