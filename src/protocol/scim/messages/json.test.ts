import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ScimError } from './error.ts'
import { parseJson } from './json.ts'

const UTF8 = new TextEncoder()

function refusalOf(body: Uint8Array | string) {
  try {
    parseJson(body)
  } catch (error) {
    if (error instanceof ScimError) return { scimType: error.scimType, detail: error.message }
    throw error
  }
  return undefined
}

test('ordinary JSON is read as JSON.parse reads it', () => {
  const ordinary = fc
    .json({ stringUnit: 'grapheme', maxDepth: 5 })
    .filter((text) => !/__proto__|\\u|\0/.test(text))
  fc.assert(
    fc.property(ordinary, (text) => {
      expect(parseJson(UTF8.encode(text))).toEqual(JSON.parse(text))
      expect(parseJson(text)).toEqual(JSON.parse(text))
    }),
  )
})

test('whatever the bytes are, the only refusal is a SCIM error', () => {
  const jsonLike = fc
    .array(fc.constantFrom(...'[]{}",:\\u0d81 e-tn'.split('')), { maxLength: 40 })
    .map((all) => all.join(''))
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void refusalOf(bytes)))
  fc.assert(fc.property(fc.oneof(jsonLike, fc.string({ unit: 'binary' })), (text) => void refusalOf(text)))
})

test('text that is accepted can be kept by any database', () => {
  const escaped = fc.array(fc.constantFrom('\\u0000', '\\ud800', '\\udc00', 'a', '\\\\', '\\"', 'u0000'), {
    maxLength: 6,
  })
  fc.assert(
    fc.property(escaped, (parts) => {
      const body = `{"a":["${parts.join('')}"]}`
      const value = String(Object.values(JSON.parse(body) as object)[0])
      const isSafe = value.isWellFormed() && !value.includes('\0')
      expect(refusalOf(body) === undefined).toBe(isSafe)
    }),
  )
})

test('nesting is refused before anything is built, and not counted in strings', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(refusalOf(nested(64))).toBeUndefined()
  expect(refusalOf(nested(65))?.scimType).toBe('invalidSyntax')
  expect(refusalOf('['.repeat(1_000_000))?.detail).toContain('64')
  expect(refusalOf(JSON.stringify(`\\"${'['.repeat(100)}`))).toBeUndefined()
  expect(() => parseJson('[[1]]', { depth: 1 })).toThrow('1 deep')
})

test('NUL and half surrogate pairs are refused with their place', () => {
  expect(refusalOf('{"emails":[{"value":"a\\u0000b"}]}')).toMatchObject({
    scimType: 'invalidValue',
    detail: expect.stringContaining('emails[0].value'),
  })
  expect(refusalOf('{"name":{"\\udc00":1}}')?.detail).toContain('A name in name')
  expect(refusalOf('"\ud800"')?.scimType).toBe('invalidValue')
  expect(parseJson('"\\ud83d\\ude00"')).toBe('😀')
})

test('a member called __proto__ is refused, the word as a value is not', () => {
  expect(refusalOf('{"name":{"__proto__":{"active":true}}}')?.scimType).toBe('invalidSyntax')
  expect(refusalOf('{"\\u005f_proto__":1}')?.scimType).toBe('invalidSyntax')
  expect(parseJson('{"title":"__proto__"}')).toEqual({ title: '__proto__' })
})

test('bytes that are not UTF-8 are refused, a byte order mark is not', () => {
  expect(refusalOf(new Uint8Array([0x22, 0xff, 0x22]))?.scimType).toBe('invalidSyntax')
  expect(parseJson(new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]))).toEqual({})
})
