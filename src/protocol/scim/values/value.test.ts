import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ScimError } from '../messages/error.ts'
import type { Json } from '../messages/json.ts'
import { resolveName, userSchema } from '../schema/resource-schema.ts'
import type { Attribute } from '../schema/schema.ts'
import { attribute } from '../schema/standard/common.ts'
import { type Mode, readElement, readValue } from './value.ts'

function attributeOf(name: string): Attribute {
  const ref = resolveName(userSchema, name)
  if (!ref) throw new Error(`no attribute ${name}`)
  return ref.sub ?? ref.attribute
}

function read(name: string, value: Json, mode: Mode = 'lenient', unknown: string[] = []) {
  return readValue(value, attributeOf(name), name, unknown, mode)
}

function fault(name: string, value: Json, mode: Mode = 'lenient') {
  try {
    read(name, value, mode)
  } catch (error) {
    if (error instanceof ScimError) return `${error.scimType}: ${error.message}`
    throw error
  }
  return undefined
}

test.each<[string, Json]>([
  ['title', null],
  ['title', ''],
  ['title', []],
  ['emails', []],
  ['emails', null],
  ['emails', ''],
  ['emails', [null, '', {}, { value: '' }]],
  ['name', {}],
  ['name', { givenName: null, familyName: '' }],
  ['active', null],
])('%s is unassigned by %j', (name, value) => {
  expect(read(name, value)).toBeUndefined()
})

test.each<[string, Json, string]>([
  ['title', 7, 'title must be a string'],
  ['title', ['a'], 'title must be a string'],
  ['active', 'true', 'active must be true or false'],
  ['name', 'Ada', 'name must be an object'],
  ['emails', { value: 'a@b.c' }, 'emails must be an array'],
  ['emails', ['a@b.c'], 'emails[0] must be an object'],
  ['emails', [{ value: 'a' }, { value: 1 }], 'emails[1].value must be a string'],
  ['emails', [{ value: 'a', primary: 'yes' }], 'emails[0].primary must be true or false'],
  ['emails', [{ value: { value: 'a' } }], 'emails[0].value must be a string'],
  ['name', { givenname: 1 }, 'name.givenName must be a string'],
  ['meta.created', 'yesterday', 'meta.created must be a dateTime string'],
])('%s = %j is refused: %s', (name, value, detail) => {
  expect(fault(name, value)).toBe(`invalidValue: ${detail}`)
})

test('numbers are what their type says', () => {
  const integer = attribute('size', 'integer', 'A number.')
  const decimal = attribute('weight', 'decimal', 'A number.')
  expect(readElement(7, integer, 'size', [], 'lenient')).toBe(7)
  expect(() => readElement(7.5, integer, 'size', [], 'lenient')).toThrow('size must be an integer')
  expect(readElement(7.5, decimal, 'weight', [], 'lenient')).toBe(7.5)
  expect(() => readElement('7', decimal, 'weight', [], 'lenient')).toThrow('weight must be a number')
  expect(() => readElement(JSON.parse('1e999'), decimal, 'weight', [], 'lenient')).toThrow('must be a number')
})

test('base64 is demanded in strict mode alone', () => {
  expect(read('x509Certificates', [{ value: 'not base64!' }])).toEqual([{ value: 'not base64!' }])
  expect(fault('x509Certificates', [{ value: 'not base64!' }], 'strict')).toContain(
    '[0].value must be base64',
  )
  expect(
    fault('x509Certificates', [{ value: 'AAA=' }, { value: 'AAAA' }, { value: 'A-_' }], 'strict'),
  ).toBeUndefined()
  expect(fault('x509Certificates', [{ value: 'AA=' }], 'strict')).toContain('must be base64')
})

test('members have the spelling and order of the schema; readOnly ones are passed over, unknown ones reported', () => {
  const unknown: string[] = []
  const manager = attributeOf('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager')
  const given = { DISPLAYNAME: 'Boss', Value: '7', constructor: 'x' }
  expect(readValue(given, manager, 'manager', unknown, 'lenient')).toEqual({ value: '7' })
  expect(unknown).toEqual(['manager.constructor'])
  expect(JSON.stringify(read('emails', [{ primary: true, type: 'work', value: 'a@b.c' }]))).toBe(
    '[{"value":"a@b.c","type":"work","primary":true}]',
  )
  expect(fault('emails', [{ value: 'a', rank: 1 }], 'strict')).toBe(
    'invalidSyntax: There is no attribute emails[0].rank',
  )
})

test('of several primary values the last one stays, and nothing is there twice', () => {
  const one = { value: 'a@b.c', primary: true }
  expect(read('emails', [one, { value: 'd@e.f', primary: true }])).toEqual([
    { value: 'a@b.c', primary: false },
    { value: 'd@e.f', primary: true },
  ])
  expect(read('emails', [one, { primary: true, VALUE: 'a@b.c' }])).toEqual([one])
  const twiceAfterwards = [one, { value: 'a@b.c', primary: false }, { value: 'd@e.f', primary: true }]
  expect(read('emails', twiceAfterwards)).toEqual(twiceAfterwards.slice(1))
})

test('an element with the value and type of an earlier one completes it', () => {
  const ada = { value: 'a@b.c', type: 'work' }
  const home = { value: 'a@b.c', type: 'home' }
  const given = [{ ...ada, primary: true, display: 'old' }, home, { ...ada, display: 'new' }]
  const kept = [{ value: 'a@b.c', display: 'new', type: 'work', primary: true }, home]
  expect(JSON.stringify(read('emails', given))).toBe(JSON.stringify(kept))
  expect(read('emails', [{ value: 'a' }, { value: 'A' }, { value: 'a', type: 'work' }])).toHaveLength(3)
  const places = [{ locality: 'London' }, { locality: 'London', type: 'work' }, { locality: 'Paris' }]
  expect(read('addresses', [...places, { locality: 'Paris' }])).toEqual(places)
})

test('a reference is a URI in strict mode, and any text in lenient mode', () => {
  for (const [name, list] of [
    ['profileUrl', (text: string) => text],
    ['photos', (text: string) => [{ value: text }]],
  ] as const) {
    expect(fault(name, list('not a URI'))).toBeUndefined()
    expect(fault(name, list('not a URI'), 'strict')).toContain('must be a URI')
    expect(fault(name, list('https://house.example/a.png'), 'strict')).toBeUndefined()
  }
})

test('what was read is read to the same again', () => {
  const element = fc.record(
    {
      value: fc.constantFrom('a', 'b', '', null),
      type: fc.constantFrom('work', 'home', null),
      primary: fc.constantFrom(true, false, null),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(element, { maxLength: 6 }), (elements) => {
      const once = read('emails', elements) ?? []
      expect(read('emails', once) ?? []).toEqual(once)
      const list = once as { primary?: boolean }[]
      expect(list.filter(({ primary }) => primary === true).length).toBeLessThanOrEqual(1)
      expect(new Set(list.map((each) => JSON.stringify(each))).size).toBe(list.length)
    }),
  )
})

test('text and lists have a limit', () => {
  expect(fault('title', 'x'.repeat(65_536))).toBeUndefined()
  expect(fault('title', 'x'.repeat(65_537))).toContain('title must have at most 65536 characters')
  expect(fault('emails', Array(1_001).fill({ value: 'a' }))).toContain(
    'emails must have at most 1000 elements',
  )
})

test.each(['userName', 'externalId', 'displayName', 'emails.value'])(
  '%s fits into an index, in every form',
  (name) => {
    expect(fault(name, 'x'.repeat(1_024))).toBeUndefined()
    expect(fault(name, 'x'.repeat(1_025))).toContain(`${name} must have at most 1024 characters`)
    expect(fault(name, '語'.repeat(1_000))).toContain('must have at most 2560 bytes')
    expect(fault(name, 'ﷺ'.repeat(100))).toContain('must have at most 2560 bytes')
  },
)
