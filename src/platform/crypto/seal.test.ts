import { expect, test } from 'vitest'
import { createSeal, keyIdOf } from './seal.ts'

const place = { tenantId: 't', column: 'table.column', row: 'r' }
const seal = createSeal('k'.repeat(32))

test('a sealed text opens in its place, with its key, and shows nothing of itself', () => {
  const sealed = seal.seal('grüße', place)
  expect(seal.open(sealed, place)).toBe('grüße')
  expect(sealed.includes('gr')).toBe(false)
  expect(seal.seal('grüße', place)).not.toEqual(sealed)
  expect(keyIdOf(sealed)).toEqual(seal.keyId)
})

test('moved to another tenant, column or row, or altered anywhere, it does not open', () => {
  const sealed = seal.seal('secret', place)
  for (const part of ['tenantId', 'column', 'row'] as const) {
    expect(() => seal.open(sealed, { ...place, [part]: 'other' })).toThrow()
  }
  for (let i = 0; i < sealed.length; i++) {
    const altered = Buffer.from(sealed)
    altered[i] = (altered[i] ?? 0) ^ 1
    expect(() => seal.open(altered, place), `byte ${i}`).toThrow()
  }
  expect(() => seal.open(sealed.subarray(0, 20), place)).toThrow()
  expect(() => createSeal('j'.repeat(32)).open(sealed, place)).toThrow('another secret key')
})
