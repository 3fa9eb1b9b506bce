import { expect, test } from 'vitest'
import { changeBody, emptyValues, newBody, valuesOf } from './form-values.ts'

const PEM = '-----BEGIN CERTIFICATE-----'

function filled(type: 'saml' | 'oidc' | 'local') {
  const values = emptyValues()
  values.name = 'Okta'
  values.type = type
  values.mfaDemand = { amr: ['mfa'], acr: [], authnContext: ['urn:strong'] }
  Object.assign(values.details, { issuer: ' https://idp.example ', ssoUrl: ' https://idp.example/sso ' })
  return values
}

test('a new identity provider leaves out what is empty; a change takes it away', () => {
  const values = filled('saml')
  expect(newBody(values).details).toEqual({
    ssoUrl: 'https://idp.example/sso',
    ssoBinding: 'redirect',
    signRequests: false,
    idpInitiated: false,
  })
  expect(changeBody(values).details).toMatchObject({
    ssoUrl: 'https://idp.example/sso',
    entityIssuer: null,
    metadataUrl: null,
    certificates: null,
  })
})

test('only the details and the demand of its own protocol are sent', () => {
  const oidc = changeBody(filled('oidc'))
  expect(Object.keys(oidc.details ?? {}).sort()).toEqual([
    'clientAuthentication',
    'clientId',
    'issuer',
    'scopes',
  ])
  expect(oidc.mfaDemand).toEqual({ amr: ['mfa'] })
  expect(changeBody(filled('saml')).mfaDemand).toEqual({ authnContext: ['urn:strong'] })
})

test('a client secret is sent only when one was typed', () => {
  const values = filled('oidc')
  expect(changeBody(values).details).not.toHaveProperty('clientSecret')
  values.details.clientSecret = ' kept as typed '
  expect(changeBody(values).details).toMatchObject({ clientSecret: ' kept as typed ' })
})

test('certificates are sent as PEM', () => {
  const values = filled('saml')
  values.details.certificates = [{ pem: PEM } as (typeof values.details.certificates)[number]]
  expect(changeBody(values).details).toMatchObject({ certificates: [PEM] })
})

test('a demand, rule or identifier that was emptied is taken away', () => {
  const values = filled('oidc')
  values.mfaDemand.amr = []
  values.stableIdentifier = '  '
  expect(changeBody(values)).toMatchObject({ mfaDemand: 'none', matching: 'default', stableIdentifier: null })
})

test('the local identity provider has neither details nor provisioning', () => {
  const body = changeBody(filled('local'))
  for (const name of [
    'details',
    'autoProvisioning',
    'mode',
    'mapping',
    'stableIdentifier',
    'uniqueGroupNames',
  ])
    expect(body).not.toHaveProperty(name)
  expect(body.mfaDemand).toBe('none')
})

test('days that are no number are none', () => {
  const values = filled('saml')
  for (const [typed, sent] of [
    ['', 0],
    ['x', 0],
    ['7', 7],
    [30, 30],
  ] as const) {
    values.rememberDeviceDays = typed
    expect(changeBody(values).rememberDeviceDays).toBe(sent)
  }
})

test('what was loaded and not edited is sent back as it was', () => {
  const mapping = [{ attribute: 'email', source: 'emails' }]
  const loaded = {
    ...newBody(filled('oidc')),
    mapping,
    matching: { source: 'oid', target: 'externalId' },
    mfaDemand: { acr: ['strong'] },
    stableIdentifier: 'oid',
    details: { issuer: 'https://idp.example', clientId: 'doorlist' },
  } as unknown as Parameters<typeof valuesOf>[0]
  const values = valuesOf(loaded)
  expect(changeBody(values)).toMatchObject({
    mapping,
    matching: { source: 'oid', target: 'externalId' },
    mfaDemand: { acr: ['strong'] },
    stableIdentifier: 'oid',
    details: { issuer: 'https://idp.example', clientId: 'doorlist' },
  })
  expect(values.mapping).not.toBe(mapping) // edited as a copy
})
