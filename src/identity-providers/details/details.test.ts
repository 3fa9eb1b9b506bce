import { expect, test } from 'vitest'
import { Invalid } from '#errors.ts'
import type { ProviderType } from '../provider-type.ts'
import { readCertificates } from './certificates.ts'
import { type GivenDetails, missingDetails, readDetails } from './details.ts'

function refusal(type: ProviderType, given: GivenDetails): string {
  try {
    readDetails(type, given)
  } catch (error) {
    if (error instanceof Invalid) return error.field
    throw error
  }
  return 'accepted'
}

test('each wrong detail is refused by its name', () => {
  const cases: [ProviderType, GivenDetails, string][] = [
    ['saml', { ssoUrl: 'http://idp.example/sso' }, 'ssoUrl'],
    ['saml', { ssoUrl: 'http://127.0.0.1/sso' }, 'ssoUrl'],
    ['saml', { ssoUrl: 'javascript:alert(1)' }, 'ssoUrl'],
    ['saml', { ssoUrl: 'https://user:pass@idp.example/' }, 'ssoUrl'],
    ['saml', { entityIssuer: '  ' }, 'entityIssuer'],
    ['saml', { entityIssuer: 'urn:a\u0000b' }, 'entityIssuer'],
    ['saml', { entityIssuer: 'u'.repeat(1_025) }, 'entityIssuer'],
    ['saml', { certificates: 'no PEM' }, 'certificates'],
    ['saml', { issuer: 'https://op.example' }, 'issuer'],
    ['oidc', { issuer: 'http://op.example' }, 'issuer'],
    ['oidc', { issuer: 'https://op.example/?x=1' }, 'issuer'],
    ['oidc', { clientId: '' }, 'clientId'],
    ['oidc', { clientSecret: '' }, 'clientSecret'],
    ['oidc', { scopes: ['a"b'] }, 'scopes'],
    ['oidc', { ssoUrl: 'https://op.example' }, 'ssoUrl'],
    ['local', { clientId: 'x' }, 'clientId'],
  ]
  for (const [type, given, field] of cases) expect(refusal(type, given), JSON.stringify(given)).toBe(field)
})

test('openid is always among the scopes, and the issuer is kept letter by letter', () => {
  const details = readDetails('oidc', {
    issuer: 'https://op.example',
    clientId: 'c',
    scopes: ['email', 'email'],
  })
  expect(details).toEqual({ issuer: 'https://op.example', clientId: 'c', scopes: ['openid', 'email'] })
  expect(readDetails('oidc', { issuer: 'http://127.0.0.1:9000/realm' }).issuer).toBe(
    'http://127.0.0.1:9000/realm',
  )
})

test('what sign-in cannot do without is named while it is missing', () => {
  expect(missingDetails('saml', { entityIssuer: 'urn:idp' }, false)).toEqual(['ssoUrl', 'certificates'])
  expect(missingDetails('oidc', readDetails('oidc', {}), false)).toEqual([
    'issuer',
    'clientId',
    'clientSecret',
  ])
  expect(missingDetails('oidc', { issuer: 'https://op.example', clientId: 'c' }, true)).toEqual([])
})

test('a private key is not taken for a certificate, and neither is rubbish', () => {
  const block = (label: string) => `-----BEGIN ${label}-----\nMIIB\n-----END ${label}-----\n`
  expect(() => readCertificates(block('EC PRIVATE KEY'))).toThrow('must not hold a private key')
  expect(() => readCertificates(block('CERTIFICATE'))).toThrow('cannot be read')
  expect(() => readCertificates('-'.repeat(70_000))).toThrow('at most')
})
