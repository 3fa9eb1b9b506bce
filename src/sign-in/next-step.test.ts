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
  ['the user is unknown', {}, {}, {}, { next: 'identify' }],
  [
    'the identity provider is disabled',
    KNOWN,
    { enabled: false },
    {},
    { next: 'deny', reason: 'idp-disabled' },
  ],
  ['deactivated', KNOWN, {}, { active: false }, { next: 'deny', reason: 'inactive' }],
  [
    'disabled by an administrator',
    KNOWN,
    {},
    { active: false, disabled: true },
    { next: 'deny', reason: 'disabled' },
  ],
  ['deleted in the portal', KNOWN, {}, { active: false, deleted: true }, { next: 'deny', reason: 'deleted' }],
  [
    'the first sign-in enrolls a factor',
    KNOWN,
    {},
    {},
    { next: 'enroll-factor', methods: ['totp', 'passkey'] },
  ],
  [
    'a user with a factor is challenged',
    KNOWN,
    {},
    { factors: ['totp'] },
    { next: 'challenge', methods: ['totp'], replaces: false },
  ],
  [
    'a user whose only factor is no longer allowed is challenged to replace it',
    KNOWN,
    { mfaMethods: ['passkey'] },
    { factors: ['totp'] },
    { next: 'challenge', methods: ['totp'], replaces: true },
  ],
  [
    'after proving a factor that is no longer allowed, a new one is enrolled',
    { ...KNOWN, factor: TOTP },
    { mfaMethods: ['passkey'] },
    { factors: ['totp'] },
    { next: 'enroll-factor', methods: ['passkey'] },
  ],
  [
    'a recovery code also allows replacing a factor that is no longer allowed',
    { ...KNOWN, factor: RECOVERY },
    { mfaMethods: ['passkey'] },
    { factors: ['totp'] },
    { next: 'enroll-factor', methods: ['passkey'] },
  ],
  [
    'a recovery code completes the sign-in',
    { ...KNOWN, factor: RECOVERY },
    {},
    { factors: ['totp'] },
    { next: 'complete' },
  ],
  [
    'a factor that is no longer allowed does not replace an allowed one',
    { ...KNOWN, factor: TOTP },
    { mfaMethods: ['passkey'] },
    { factors: ['totp', 'passkey'] },
    { next: 'challenge', methods: ['passkey'], replaces: false },
  ],
  [
    'a remembered browser does not spare a user whose factor is no longer allowed',
    { ...KNOWN, rememberedDevice: true },
    { mfaMethods: ['passkey'] },
    { factors: ['totp'] },
    { next: 'challenge', methods: ['totp'], replaces: true },
  ],
  [
    'a remembered browser spares the challenge',
    { ...KNOWN, rememberedDevice: true },
    {},
    { factors: ['totp'] },
    { next: 'complete' },
  ],
  [
    'a remembered browser does not spare the enrollment',
    { ...KNOWN, rememberedDevice: true },
    {},
    {},
    { next: 'enroll-factor', methods: ['totp', 'passkey'] },
  ],
  [
    'a remembered browser does not count when a new proof is required',
    { ...KNOWN, rememberedDevice: true, fresh: 'factor' },
    {},
    { factors: ['totp'] },
    { next: 'challenge', methods: ['totp'], replaces: false },
  ],
  [
    'a proven factor completes the sign-in',
    { ...KNOWN, factor: TOTP },
    {},
    { factors: ['totp'] },
    { next: 'complete' },
  ],
  ['no factor is required', KNOWN, { mfa: 'none' }, {}, { next: 'complete' }],
  [
    'the identity provider’s factor meets the demand',
    { ...KNOWN, metDemand: {} },
    { mfa: 'external' },
    {},
    { next: 'complete' },
  ],
  [
    'the identity provider’s factor met an earlier demand',
    { ...KNOWN, metDemand: { amr: ['mfa'] } },
    { mfa: 'external', mfaDemand: { amr: ['hwk'] } },
    {},
    { next: 'deny', reason: 'external-factor-missing' },
  ],
  [
    'the identity provider’s factor is missing',
    KNOWN,
    { mfa: 'external' },
    {},
    { next: 'deny', reason: 'external-factor-missing' },
  ],
  [
    'our own factor does not replace the identity provider’s',
    { ...KNOWN, factor: TOTP },
    { mfa: 'external' },
    {},
    { next: 'deny', reason: 'external-factor-missing' },
  ],
  [
    'the personal desktop is required',
    KNOWN,
    { mfa: 'none', askPersonalDesktop: true },
    {},
    { next: 'personal-desktop' },
  ],
  [
    'activation by an administrator is required',
    KNOWN,
    { mfa: 'none', activation: 'manual' },
    {},
    { next: 'await-activation' },
  ],
  ['activated', KNOWN, { mfa: 'none', activation: 'manual' }, { activated: true }, { next: 'complete' }],
] as [string, SignInEvidence, Partial<SignInPolicy>, Partial<AccountState>, object][])(
  '%s',
  (_, proven, policy, standing, step) => {
    const known = proven.userId === undefined ? undefined : { ...STANDING, ...standing }
    expect(nextStep(proven, { ...POLICY, ...policy }, known)).toEqual(step)
  },
)

test('a factor comes before the personal desktop and activation', () => {
  const policy = { ...POLICY, askPersonalDesktop: true, activation: 'manual' } as const
  expect(nextStep(KNOWN, policy, STANDING).next).toBe('enroll-factor')
  expect(nextStep({ ...KNOWN, factor: TOTP }, policy, STANDING).next).toBe('personal-desktop')
})
