import { argon2Sync } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashPassword, normalizePassword, verifyPassword } from './passwords.ts'

test('a password is hashed by Argon2id with 19 MiB, two passes and a salt of its own', async () => {
  const password = 'correct horse battery'
  const { hash, isLong } = await hashPassword(password)
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
  expect((await hashPassword(password)).hash).not.toBe(hash)
})

test('a password has 15 to 128 characters, counted as code points after normalization', () => {
  expect(() => normalizePassword('x'.repeat(14))).toThrow('at least 15')
  expect(normalizePassword('x'.repeat(15))).toHaveLength(15)
  expect(() => normalizePassword('🔑'.repeat(14))).toThrow('at least 15')
  expect(normalizePassword('🔑'.repeat(128))).not.toBe('')
  expect(() => normalizePassword('x'.repeat(129))).toThrow('at most 128')
  expect(normalizePassword('u\u0308ber alle Berge')).toBe(normalizePassword('\u00fcber alle Berge'))
})

test('with a second factor 8 characters are enough, and the hash is marked as short', async () => {
  expect(() => normalizePassword('x'.repeat(7), { withFactor: true })).toThrow('at least 8')
  expect((await hashPassword('x'.repeat(8), { withFactor: true })).isLong).toBe(false)
  expect((await hashPassword('x'.repeat(15), { withFactor: true })).isLong).toBe(true)
})

test('common passwords are refused in any capitalization', async () => {
  for (const password of ['password', 'Qwertyuiop', 'iloveyou', 'q1w2e3r4t5y6', '1234567890'])
    await expect(hashPassword(password, { withFactor: true })).rejects.toThrow('most used passwords')
  await expect(hashPassword('correct horse battery')).resolves.toMatchObject({ isLong: true })
})

test('a password made of the user’s name or address, or of the service’s name, is refused', async () => {
  const about = ['Ada.Lovelace@example.com', 'Ada Lovelace', null]
  for (const password of ['lovelace-2026', 'Doorlist2026!', 'ada.lovelace@example.com', 'LOVELACE lovelace'])
    await expect(hashPassword(password, { withFactor: true, about })).rejects.toThrow('mostly your name')
  await hashPassword('lovelace keeps difference engines', { about })
  await hashPassword('a quite ordinary sentence', { about })
})

test('a longer password that begins with the right one is wrong', async () => {
  const password = `${'long '.repeat(25)}end`
  const { hash } = await hashPassword(password)
  expect(await verifyPassword(password, hash)).toBe(true)
  expect(await verifyPassword(`${password}!`, hash)).toBe(false)
})
