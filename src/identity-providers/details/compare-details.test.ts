import { expect, test } from 'vitest'
import { compareDetails } from './compare-details.ts'

const now = { entityIssuer: 'urn:idp', ssoUrl: 'https://idp.example/sso', ssoBinding: 'post' } as const

test('what is the same is no change, and what administrators chose among the offers stays', () => {
  const found = { ...now, ssoBinding: 'redirect', signRequests: false, nameIdFormat: 'urn:x' } as const
  expect(compareDetails({ ...now, signRequests: true }, found).changes).toEqual([])
})

test('another address brings its binding; a demand for signatures is a change', () => {
  const found = {
    ...now,
    ssoUrl: 'https://idp.example/new',
    ssoBinding: 'redirect',
    signRequests: true,
  } as const
  expect(compareDetails(now, found).changes).toEqual([
    { field: 'ssoUrl', before: 'https://idp.example/sso', after: 'https://idp.example/new' },
    { field: 'ssoBinding', before: 'post', after: 'redirect' },
    { field: 'signRequests', before: null, after: true },
  ])
})

test('what the metadata does not name is not taken away', () => {
  expect(compareDetails({ ...now, sloUrl: 'https://idp.example/slo' }, {}).changes).toEqual([])
})
