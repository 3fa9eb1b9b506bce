import { expect, test } from 'vitest'
import { type AccessPolicy, decideAccess, type SessionAccess } from './decide.ts'

const POLICY: AccessPolicy = { enabled: true, sessionMinutes: null, factorMinutes: null }
const VISIT: SessionAccess = { granted: true, sessionAgeSeconds: 100, factorAgeSeconds: null }

test.each([
  ['a good session', {}, {}, { allow: true }],
  ['no session', {}, undefined, { signIn: 'no-session' }],
  ['not granted', {}, { granted: false }, { deny: 'not-granted' }],
  ['switched off', { enabled: false }, {}, { deny: 'application-disabled' }],
  ['switched off, and nobody is signed in', { enabled: false }, undefined, { deny: 'application-disabled' }],
  ['a sign-in of the last second', { sessionMinutes: 1 }, { sessionAgeSeconds: 60 }, { allow: true }],
  [
    'a sign-in that is too old',
    { sessionMinutes: 1 },
    { sessionAgeSeconds: 61 },
    { signIn: 'session-too-old' },
  ],
  [
    'a sign-in that nobody knows the age of',
    { sessionMinutes: 720 },
    { sessionAgeSeconds: null },
    { signIn: 'session-too-old' },
  ],
  [
    'a sign-in that nobody knows the age of, without a limit',
    {},
    { sessionAgeSeconds: null },
    { allow: true },
  ],
  ['a fresh factor', { factorMinutes: 5 }, { factorAgeSeconds: 300 }, { allow: true }],
  ['an old factor', { factorMinutes: 5 }, { factorAgeSeconds: 301 }, { signIn: 'factor-too-old' }],
  ['no factor where one is asked for', { factorMinutes: 5 }, {}, { signIn: 'factor-too-old' }],
  [
    'too old, and not granted',
    { sessionMinutes: 1 },
    { granted: false, sessionAgeSeconds: 999 },
    { deny: 'not-granted' },
  ],
] as [string, Partial<AccessPolicy>, Partial<SessionAccess> | undefined, object][])(
  '%s',
  (_, policy, visit, decision) => {
    expect(decideAccess({ ...POLICY, ...policy }, visit && { ...VISIT, ...visit })).toEqual(decision)
  },
)
