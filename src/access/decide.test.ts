import { expect, test } from 'vitest'
import { type AccessPolicy, decideAccess, type SessionAccess } from './decide.ts'

const POLICY: AccessPolicy = { enabled: true, sessionMinutes: null, factorMinutes: null }
const SESSION: SessionAccess = { granted: true, sessionAgeSeconds: 100, factorAgeSeconds: null }

test.each([
  ['a live session of a granted user', {}, {}, { allow: true }],
  ['no session', {}, undefined, { signIn: 'no-session' }],
  ['not granted', {}, { granted: false }, { deny: 'not-granted' }],
  ['the application is disabled', { enabled: false }, {}, { deny: 'application-disabled' }],
  [
    'the application is disabled, and no session',
    { enabled: false },
    undefined,
    { deny: 'application-disabled' },
  ],
  ['a sign-in just within the limit', { sessionMinutes: 1 }, { sessionAgeSeconds: 60 }, { allow: true }],
  [
    'a sign-in that is too old',
    { sessionMinutes: 1 },
    { sessionAgeSeconds: 61 },
    { signIn: 'session-too-old' },
  ],
  [
    'a sign-in of unknown age',
    { sessionMinutes: 720 },
    { sessionAgeSeconds: null },
    { signIn: 'session-too-old' },
  ],
  ['a sign-in of unknown age, without a limit', {}, { sessionAgeSeconds: null }, { allow: true }],
  ['a fresh factor', { factorMinutes: 5 }, { factorAgeSeconds: 300 }, { allow: true }],
  ['an old factor', { factorMinutes: 5 }, { factorAgeSeconds: 301 }, { signIn: 'factor-too-old' }],
  ['a missing factor', { factorMinutes: 5 }, {}, { signIn: 'factor-too-old' }],
  [
    'too old, and not granted',
    { sessionMinutes: 1 },
    { granted: false, sessionAgeSeconds: 999 },
    { deny: 'not-granted' },
  ],
] as [string, Partial<AccessPolicy>, Partial<SessionAccess> | undefined, object][])(
  '%s',
  (_, policy, visit, decision) => {
    expect(decideAccess({ ...POLICY, ...policy }, visit && { ...SESSION, ...visit })).toEqual(decision)
  },
)
