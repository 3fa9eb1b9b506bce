import { expect, test } from 'vitest'
import { type AccountState, nextStep, type SignInEvidence, type SignInPolicy } from './next-step.ts'

const POLICY: SignInPolicy = {
  enabled: true,
  mfa: 'mandatory',
  mfaMethods: ['totp', 'passkey'],
  mfaDemand: {},
  askPersonalDesktop: false,
  activation: 'automatic',
}
const STANDING: AccountState = {
  active: true,
  disabled: false,
  deleted: false,
  activated: false,
  personalDesktop: null,
  factors: [],
}
const TOTP = { method: 'totp', at: '2026-01-01T00:00:00.000Z' } as const
const RECOVERY = { ...TOTP, method: 'recovery' } as const
const KNOWN: SignInEvidence = { userId: 'u' }

test.each([
  ['nobody is known yet', {}, {}, {}, { next: 'identify' }],
  ['the IdP is off', KNOWN, { enabled: false }, {}, { next: 'deny', reason: 'idp-disabled' }],
  ['deactivated', KNOWN, {}, { active: false }, { next: 'deny', reason: 'inactive' }],
  [
    'held by an administrator',
    KNOWN,
    {},
    { active: false, disabled: true },
    { next: 'deny', reason: 'disabled' },
  ],
  ['deleted in the portal', KNOWN, {}, { active: false, deleted: true }, { next: 'deny', reason: 'deleted' }],
  ['first time', KNOWN, {}, {}, { next: 'enroll-factor', methods: ['totp', 'passkey'] }],
  [
    'has a factor',
    KNOWN,
    {},
    { factors: ['totp'] },
    { next: 'challenge', methods: ['totp'], replaces: false },
  ],
  [
    'has only a factor that is no longer allowed',
    KNOWN,
    { mfaMethods: ['passkey'] },
    { factors: ['totp'] },
    { next: 'challenge', methods: ['totp'], replaces: true },
  ],
  [
    'has proven a factor that is no longer allowed',
    { ...KNOWN, factor: TOTP },
    { mfaMethods: ['passkey'] },
    { factors: ['totp'] },
    { next: 'enroll-factor', methods: ['passkey'] },
  ],
  [
    'has used a recovery code in place of a factor that is no longer allowed',
    { ...KNOWN, factor: RECOVERY },
    { mfaMethods: ['passkey'] },
    { factors: ['totp'] },
    { next: 'enroll-factor', methods: ['passkey'] },
  ],
  [
    'has used a recovery code',
    { ...KNOWN, factor: RECOVERY },
    {},
    { factors: ['totp'] },
    { next: 'complete' },
  ],
  [
    'has proven a factor that is no longer allowed beside one that is',
    { ...KNOWN, factor: TOTP },
    { mfaMethods: ['passkey'] },
    { factors: ['totp', 'passkey'] },
    { next: 'challenge', methods: ['passkey'], replaces: false },
  ],
  [
    'a remembered device of somebody whose factor is no longer allowed',
    { ...KNOWN, rememberedDevice: true },
    { mfaMethods: ['passkey'] },
    { factors: ['totp'] },
    { next: 'challenge', methods: ['totp'], replaces: true },
  ],
  [
    'remembered device',
    { ...KNOWN, rememberedDevice: true },
    {},
    { factors: ['totp'] },
    { next: 'complete' },
  ],
  [
    'a remembered device of somebody without a factor',
    { ...KNOWN, rememberedDevice: true },
    {},
    {},
    { next: 'enroll-factor', methods: ['totp', 'passkey'] },
  ],
  [
    'a remembered device where everything is to be proven anew',
    { ...KNOWN, rememberedDevice: true, fresh: 'factor' },
    {},
    { factors: ['totp'] },
    { next: 'challenge', methods: ['totp'], replaces: false },
  ],
  ['factor proven', { ...KNOWN, factor: TOTP }, {}, { factors: ['totp'] }, { next: 'complete' }],
  ['no factor wanted', KNOWN, { mfa: 'none' }, {}, { next: 'complete' }],
  ['the IdP vouches', { ...KNOWN, metDemand: {} }, { mfa: 'external' }, {}, { next: 'complete' }],
  [
    'the IdP vouched for what was demanded before',
    { ...KNOWN, metDemand: { amr: ['mfa'] } },
    { mfa: 'external', mfaDemand: { amr: ['hwk'] } },
    {},
    { next: 'deny', reason: 'external-factor-missing' },
  ],
  [
    'the IdP does not vouch',
    KNOWN,
    { mfa: 'external' },
    {},
    { next: 'deny', reason: 'external-factor-missing' },
  ],
  [
    'our own factor does not stand for the IdP',
    { ...KNOWN, factor: TOTP },
    { mfa: 'external' },
    {},
    { next: 'deny', reason: 'external-factor-missing' },
  ],
  ['desktop asked for', KNOWN, { mfa: 'none', askPersonalDesktop: true }, {}, { next: 'personal-desktop' }],
  ['waits', KNOWN, { mfa: 'none', activation: 'manual' }, {}, { next: 'await-activation' }],
  ['activated', KNOWN, { mfa: 'none', activation: 'manual' }, { activated: true }, { next: 'complete' }],
] as [string, SignInEvidence, Partial<SignInPolicy>, Partial<AccountState>, object][])(
  '%s',
  (_, proven, policy, standing, step) => {
    const known = proven.userId === undefined ? undefined : { ...STANDING, ...standing }
    expect(nextStep(proven, { ...POLICY, ...policy }, known)).toEqual(step)
  },
)

test('a factor is asked for before anything about the user is', () => {
  const policy = { ...POLICY, askPersonalDesktop: true, activation: 'manual' } as const
  expect(nextStep(KNOWN, policy, STANDING).next).toBe('enroll-factor')
  expect(nextStep({ ...KNOWN, factor: TOTP }, policy, STANDING).next).toBe('personal-desktop')
})
