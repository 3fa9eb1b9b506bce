import { argon2Sync } from 'node:crypto'
import { expect, test } from 'vitest'
import { keepPassword, readPassword } from './passwords.ts'

test('a password is hashed by Argon2id with 19 MiB, two passes and a salt of its own', async () => {
  const password = 'correct horse battery'
  const { hash, isLong } = await keepPassword(password)
  expect(isLong).toBe(true)
  const [, algorithm, version, parameters, salt = '', digest] = hash.split('$')
  expect([algorithm, version, parameters]).toEqual(['argon2id', 'v=19', 'm=19456,t=2,p=1'])
  const nonce = Buffer.from(salt, 'base64')
  expect(nonce).toHaveLength(16)
  const again = argon2Sync('argon2id', {
    message: password,
    nonce,
    parallelism: 1,
    tagLength: 32,
    memory: 19_456,
    passes: 2,
  })
  expect(digest).toBe(again.toString('base64').replace('=', ''))
  expect((await keepPassword(password)).hash).not.toBe(hash)
})

test('15 to 128 characters, counted as people count and equal in every Unicode form', () => {
  expect(() => readPassword('x'.repeat(14))).toThrow('at least 15')
  expect(readPassword('x'.repeat(15))).toHaveLength(15)
  expect(() => readPassword('🔑'.repeat(14))).toThrow('at least 15')
  expect(readPassword('🔑'.repeat(128))).not.toBe('')
  expect(() => readPassword('x'.repeat(129))).toThrow('at most 128')
  expect(readPassword('u\u0308ber alle Berge')).toBe(readPassword('\u00fcber alle Berge'))
})

test('with a second factor 8 characters are enough, and it is remembered that they are few', async () => {
  expect(() => readPassword('x'.repeat(7), { withFactor: true })).toThrow('at least 8')
  expect((await keepPassword('x'.repeat(8), { withFactor: true })).isLong).toBe(false)
  expect((await keepPassword('x'.repeat(15), { withFactor: true })).isLong).toBe(true)
})
