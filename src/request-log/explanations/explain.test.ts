import { expect, test } from 'vitest'
import { explain, type Failure } from './explain.ts'
import { IDP_KINDS, kindOf } from './idp-kind.ts'
import { KNOWN } from './known-failures.ts'

function failure(status: number, scimType?: string, detail?: string, more: Partial<Failure> = {}): Failure {
  const rest = { operation: 'create', objectType: 'User', objectName: 'ada@example.com' } as const
  return { status, scimType: scimType ?? null, detail: detail ?? null, ...rest, ...more }
}

const OTHER = '0199f0a0-0000-7000-8000-000000000001'

test.each([
  [failure(401, undefined, 'These credentials expired at 2026-01-01'), 'credentials', undefined, /expired/],
  [failure(401, undefined, 'Invalid credentials'), 'credentials', undefined, /nobody here has/],
  [failure(403, undefined, 'Auto-provisioning is off for this…'), 'provisioning-off', undefined, /Auto-prov/],
  [failure(403, undefined, 'Discovery endpoints take no filter'), 'not-allowed', undefined, /not allowed/],
  [failure(404, undefined, 'There is no such SCIM endpoint'), 'endpoint', undefined, /base URL/],
  [failure(404, undefined, 'User 1 not found'), 'gone', undefined, /any more/],
  [
    failure(
      409,
      'uniqueness',
      `userName "ada@example.com" is taken by the user "ada@example.com" (id ${OTHER}), who is active.`,
    ),
    'user-name-taken',
    'userName',
    /“ada@/,
  ],
  [
    failure(409, 'uniqueness', 'externalId "7" is taken by the user "eve"'),
    'external-id-taken',
    'externalId',
    /Another/,
  ],
  [
    failure(409, 'uniqueness', 'displayName "Crew" is taken by the group "crew"', { objectType: 'Group' }),
    'group-name-taken',
    'displayName',
    /group/,
  ],
  [failure(400, 'invalidValue', 'userName is required'), 'required', 'userName', /without a value/],
  [failure(400, 'invalidValue', 'emails[0].value must be a string'), 'value', 'emails[0].value', /not what/],
  [
    failure(400, 'invalidValue', 'members[3].value is not the id of a user or group'),
    'member-unknown',
    'members',
    /member/,
  ],
  [
    failure(400, 'invalidSyntax', 'There is no attribute shoeSize'),
    'unknown-attribute',
    'shoeSize',
    /strictly/,
  ],
  [failure(400, 'mutability', 'id is read-only'), 'read-only', 'id', /cannot be set/],
  [failure(400, 'invalidPath', 'The path "hats.size" names nothing'), 'path', 'hats.size', /place/],
  [failure(400, 'invalidFilter', 'Invalid filter: it ends too early'), 'filter', undefined, /filter/],
  [
    failure(200, undefined, '1 of 2 operations failed', { operation: 'bulk' }),
    'bulk-part',
    undefined,
    /Some/,
  ],
  [failure(429, undefined, 'Too many requests; try again in 1 s'), 'too-fast', undefined, /told to wait/],
  [failure(503), 'unavailable', undefined, /database/],
  [failure(500), 'internal', undefined, /wrong in this service/],
])('%#: %j', (given, code, field, cause) => {
  const explanation = explain(given, 'entra')
  expect(explanation).toMatchObject({ code, field })
  expect(explanation.cause).toMatch(cause)
})

test('a conflict names who has the value', () => {
  const { otherUserId, steps } = explain(
    failure(
      409,
      'uniqueness',
      `userName "ada@example.com" is taken by the user "ada@example.com" (id ${OTHER}), who is active.`,
    ),
    'entra',
  )
  expect(otherUserId).toBe(OTHER)
  expect(steps.join(' ')).toMatch('Provisioning › Attribute mapping')
})

test('each explanation says what to do, in the words of each console', () => {
  for (const known of KNOWN) {
    for (const kind of IDP_KINDS) {
      const { code } = known
      const given = failure(400, undefined, 'x')
      const steps = known.steps({ ...consoleOf(kind) }, given, undefined)
      expect(steps.length > 0 || known.where === 'nowhere', code).toBe(true)
    }
  }
})

function consoleOf(kind: string) {
  return { name: kind, credentials: 'a', endpoint: 'b', mapping: 'c', again: 'd', log: 'e' }
}

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
