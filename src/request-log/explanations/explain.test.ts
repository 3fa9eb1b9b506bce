import { expect, test } from 'vitest'
import { LANGUAGES } from '#platform/language.ts'
import { REFUSALS, type RefusalCode } from '#protocol/scim/refusals/refusals.ts'
import { NOTE_CODES } from '../notes.ts'
import { EXPLANATIONS, explain, type Failure } from './explain.ts'
import { IDP_KINDS, kindOf } from './idp-kind.ts'
import { whereOf } from './places.ts'

const CODES = Object.keys(REFUSALS) as RefusalCode[]
const OTHER = '0199f0a0-0000-7000-8000-000000000001'

function failure(
  refusalCode: string | null,
  refusalParams: Failure['refusalParams'] = {},
  more: Partial<Failure> = {},
): Failure {
  return {
    status: 400,
    scimType: null,
    detail: 'the sentence',
    operation: 'change',
    objectType: 'User',
    objectName: 'ada@example.com',
    refusalCode,
    refusalParams,
    ...more,
  }
}

test.each(LANGUAGES)('every code of the catalogue is explained, and nothing else: %s', (language) => {
  expect(Object.keys(EXPLANATIONS[language].refusals).sort()).toEqual([...CODES].sort())
  expect(Object.keys(EXPLANATIONS[language].notes).sort()).toEqual([...NOTE_CODES].sort())
})

test('every explanation says what to do, in the words of each console; nowhere does one fail', () => {
  for (const language of LANGUAGES)
    for (const kind of IDP_KINDS)
      for (const code of CODES) {
        const { cause, steps, where } = explain(failure(code, { ids: ['1'], names: [] }), kind, language)
        expect(cause, `${code} ${language}`).not.toBe('')
        expect(steps.length > 0 || where === 'nowhere', `${code} ${language}`).toBe(true)
        expect(where).toBe(whereOf(code))
      }
})

test('a taken name is that of the other user, who is named with the state that they are in', () => {
  const taken = { value: 'bob', holderId: OTHER, holderName: 'Bob', holderState: 'deactivated' }
  const { cause, otherUserId, field, steps } = explain(failure('user-name-taken', taken), 'entra', 'en')
  expect(cause).toContain('userName “bob” is taken by the user “Bob”, who is deactivated')
  expect(cause).not.toContain('ada')
  expect([otherUserId, field]).toEqual([OTHER, 'userName'])
  expect(steps.join(' ')).toContain('Provisioning › Attribute mapping')
})

test('a bulk request tells how many operations failed, and explains the first', () => {
  const first = { code: 'value-missing', params: { at: 'userName', how: 'absent' } }
  const params = { failed: 1, operations: 3, status: 400, first }
  const { cause, steps } = explain(
    failure('bulk-part', params, { operation: 'bulk', status: 200 }),
    'okta',
    'en',
  )
  expect(cause).toMatch(/^1 of 3 operations failed.*no value for userName/)
  expect(steps.join(' ')).toContain('Attribute Mappings')
})

test.each([
  [401, null, /credentials/],
  [403, null, /not allowed/],
  [404, null, /not here/],
  [409, 'uniqueness', /taken/],
  [400, 'invalidFilter', /searched/],
  [400, 'tooMany', /searched/],
  [400, 'invalidValue', /not accepted/],
  [413, null, /larger/],
  [429, null, /could not answer/],
  [503, null, /could not answer/],
  [500, null, /went wrong/],
])('a row from before codes were kept is explained by its status: %i %s', (status, scimType, cause) => {
  const given = failure(null, null, { status, scimType })
  expect(explain(given, 'generic', 'en').cause).toMatch(cause)
  expect(explain(given, 'generic', 'ja').cause).toMatch(/[ぁ-ん]/)
})

test('a code that is no longer in the catalogue is explained by its status', () => {
  expect(explain(failure('of-long-ago', {}, { status: 503 }), 'generic', 'en').code).toBe('status-503')
})

test.each([
  ['Microsoft Azure AD SCIM provisioning', 'entra'],
  ['Okta SCIM Client 1.0.0', 'okta'],
  ['Google-Auto-Provisioning', 'google'],
  ['JumpCloud/1', 'jumpcloud'],
  ['PingOne', 'ping'],
  ['OneLogin SCIM', 'onelogin'],
  ['Apache-HttpClient/4.5 (Java)', 'generic'],
  [undefined, 'generic'],
])('%s is %s', (userAgent, kind) => {
  expect(kindOf(userAgent)).toBe(kind)
})
