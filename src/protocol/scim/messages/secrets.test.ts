import { expect, test } from 'vitest'
import { echo, maskCondition, nameWithin } from './secrets.ts'

test.each([
  ['password eq "hunter2"', 'password [masked]'],
  ['password[value eq "hunter2"].x', 'password [masked]'],
  ['userName eq "a" and urn:x:User:clientSecret eq "hunter2"', 'urn:x:User:clientSecret [masked]'],
  ['password=hunter2', 'password [masked]'],
  ['password.hunter2', 'password [masked]'],
  ['password hunter2', 'password [masked]'],
  ['"hunter2" eq password', 'password [masked]'],
  ['password eq "hunter2', 'password [masked]'],
  ['displayName eq "x" and password eq "a\\"hunter2"', 'password [masked]'],
  ['emails[type eq "password" and value eq "hunter2"]', 'password [masked]'],
])('of %s the name of the secret is left', (text, masked) => {
  expect(maskCondition(text)).toBe(masked)
})

test.each([
  'userName eq "ada"',
  'displayName eq "Secretaries"',
  'displayName eq "Password reset team" and active eq true',
  'emails[type eq "work"].value',
  'password',
  'urn:x:User:clientSecret',
  '',
])('%s mentions no secret, or has no room for one', (text) => {
  expect(maskCondition(text)).toBe(text)
})

test.each([
  ['emails[type eq "work"].x', 'emails.x'],
  ['shoe size', 'shoe size'],
  ['password eq "hunter2"', 'password'],
  ['urn:x:User:apiKey:hunter2', 'urn:x:User:apiKey'],
  ['password[hunter2', 'password'],
])('the name within %s is %s', (text, name) => {
  expect(nameWithin(text)).toBe(name)
})

test('what an error repeats is short and well-formed', () => {
  expect(echo('x'.repeat(100))).toBe(`${'x'.repeat(80)}…`)
  expect(echo('a\ud800')).toBe('a\ufffd')
})

test('masking a long text takes no longer than reading it', () => {
  for (const text of [
    'a'.repeat(1_000_000),
    '"'.repeat(200_001),
    `${'\\"'.repeat(200_000)}token`,
    `token${' a'.repeat(300_000)}"`,
  ])
    expect(maskCondition(text).length).toBeGreaterThan(0)
})
