// Identity providers, applications and domains.
import { generateKeyPairSync } from 'node:crypto'
import { CERTIFICATE } from '../identity-providers/certificate.ts'
import type { Cases } from './case.ts'
import { type Fixture, lazily } from './fixture.ts'

const NOBODY = '01890000-0000-7000-8000-000000000000'
const LATER = '2099-01-01T00:00:00Z'
const URN = 'urn:example:params:scim:schemas:extension:sweep:2.0:User'

const mapping = [
  {
    attribute: 'displayName',
    source: 'displayName',
    steps: [{ op: 'before', separator: ' ', text: '@' }],
    default: 'x',
  },
  { attribute: 'username', source: 'userName' },
  { attribute: 'email', source: 'emails[type eq "work"].value' },
]
const settings = {
  enabled: true,
  autoProvisioning: true,
  mode: 'lenient',
  mfa: 'mandatory',
  mfaMethods: ['totp'],
  mfaDemand: { authnContext: ['a'] },
  rememberDeviceDays: 7,
  enroll: 'admin',
  askPersonalDesktop: false,
  activation: 'automatic',
  uniqueGroupNames: true,
  uniqueExternalIds: true,
  mapping: null,
  matching: { source: 'email', target: 'userName' },
}
const samlDetails = {
  entityIssuer: 'https://idp.example/sweep',
  ssoUrl: 'https://idp.example/sso',
  ssoBinding: 'redirect',
  sloUrl: 'https://idp.example/slo',
  nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  signRequests: false,
  idpInitiated: false,
  certificates: [CERTIFICATE],
}
const oidcDetails = {
  issuer: 'https://idp.example/sweep',
  clientId: 'sweep',
  clientSecret: 'a-secret-of-the-sweep',
  clientAuthentication: 'basic',
  scopes: ['openid'],
}
const METADATA = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/x">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
  <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>
  </IDPSSODescriptor></EntityDescriptor>`

export function settingsCases(at: Fixture): Cases {
  const { api, unique } = at
  const provider = async () => {
    const given = { name: unique('IdP'), type: 'saml', details: samlDetails, autoProvisioning: true }
    return (await api('POST', '/identity-providers', given)) as { id: string; name: string }
  }
  const lasting = lazily(provider)
  const idp = async () => ({ id: (await lasting()).id })
  const jwks = () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: unique('kid'), alg: 'ES256' }
    return JSON.stringify({ keys: [jwk] })
  }
  const application = async () => (await api('POST', '/applications', applicationInput())).id as string
  const applicationInput = () => ({
    name: unique('Application'),
    origin: `https://${unique('app')}.example`,
    enabled: true,
    forEverybody: false,
    sessionMinutes: 60,
    factorMinutes: null,
    grants: [],
  })
  const app = lazily(application)
  const user = lazily(() => at.user())
  /** The first key is made when somebody reads the list of keys; the one after that waits. */
  const rotated = lazily(async () => {
    await at.house.raw({ method: 'GET', path: `/gateway/${at.slug}/jwks.json` })
    await api('POST', '/signing-keys')
  })
  const domain = async () => {
    const given = { domain: `${unique('domain')}.example`, idpId: at.saml.id }
    return (await api('POST', '/domains', given)).id as string
  }
  const lastingDomain = lazily(domain)

  return {
    'GET /api/v1/identity-providers': { status: 200, valid: () => ({}) },
    'GET /api/v1/identity-providers/default-mapping': { status: 200, valid: () => ({}) },
    'POST /api/v1/identity-providers': [
      {
        status: 201,
        valid: () => ({
          json: { name: unique('IdP'), type: 'saml', ...settings, mapping, details: samlDetails },
        }),
      },
      {
        status: 201,
        valid: () => ({
          json: {
            name: unique('IdP'),
            type: 'oidc',
            ...settings,
            mfaDemand: { amr: ['mfa'], acr: ['a'] },
            details: oidcDetails,
          },
        }),
      },
    ],
    'GET /api/v1/identity-providers/:id': { status: 200, valid: async () => ({ params: await idp() }) },
    'PATCH /api/v1/identity-providers/:id': {
      status: 200,
      valid: async () => ({
        params: await idp(),
        json: { name: unique('IdP'), ...settings, mapping, details: samlDetails },
      }),
      optional: { headers: { 'if-match': '' } },
    },
    'DELETE /api/v1/identity-providers/:id': {
      status: 200,
      valid: async () => {
        const { id, name } = await provider()
        return { params: { id }, json: { name } }
      },
    },
    'GET /api/v1/identity-providers/:id/deletion': {
      status: 200,
      valid: async () => ({ params: await idp() }),
    },
    'GET /api/v1/identity-providers/:id/identification': {
      status: 200,
      valid: async () => ({ params: await idp() }),
    },
    'GET /api/v1/identity-providers/:id/credentials': {
      status: 200,
      valid: async () => ({ params: await idp() }),
    },
    'POST /api/v1/identity-providers/:id/credentials': {
      status: 201,
      valid: async () => ({ params: { id: (await provider()).id }, json: { expiresAt: LATER } }),
    },
    'POST /api/v1/identity-providers/:id/credentials/:credentialId/retire': {
      status: 404,
      valid: async () => ({ params: { ...(await idp()), credentialId: NOBODY } }),
    },
    'GET /api/v1/identity-providers/:id/client-keys': {
      status: 200,
      valid: async () => ({ params: await idp() }),
    },
    'POST /api/v1/identity-providers/:id/client-keys': {
      status: 201,
      valid: async () => ({
        params: { id: (await provider()).id },
        json: { jwks: jwks(), expiresAt: LATER },
      }),
    },
    'POST /api/v1/identity-providers/:id/client-keys/:keyId/retire': {
      status: 404,
      valid: async () => ({ params: { ...(await idp()), keyId: NOBODY } }),
    },
    'GET /api/v1/identity-providers/:id/service-certificates': {
      status: 200,
      valid: async () => ({ params: await idp() }),
    },
    'POST /api/v1/identity-providers/:id/service-certificates': {
      status: 201,
      valid: async () => ({ params: { id: (await provider()).id } }),
    },
    'POST /api/v1/identity-providers/:id/service-certificates/:certificateId/retire': {
      status: 404,
      valid: async () => ({ params: { ...(await idp()), certificateId: NOBODY } }),
    },
    'GET /api/v1/identity-providers/:id/mapping': {
      status: 200,
      valid: async () => ({ params: await idp() }),
    },
    'PUT /api/v1/identity-providers/:id/mapping': {
      status: 200,
      valid: async () => ({ params: await idp(), json: { mapping } }),
      optional: { headers: { 'if-match': '' } },
    },
    'POST /api/v1/identity-providers/:id/mapping/preview': {
      status: 200,
      valid: async () => ({
        params: { id: at.saml.id },
        json: { mapping, userIds: [await user()], search: 'a' },
      }),
    },
    'POST /api/v1/identity-providers/metadata': { status: 200, valid: () => ({ json: { xml: METADATA } }) },
    'POST /api/v1/identity-providers/:id/metadata/comparison': {
      status: 422,
      valid: async () => ({ params: await idp() }),
    },
    'POST /api/v1/identity-providers/certificates': {
      status: 200,
      valid: () => ({ json: { certificates: [CERTIFICATE] } }),
    },
    'POST /api/v1/identity-providers/discover': {
      status: 200,
      valid: () => ({ json: { issuer: 'https://127.0.0.1:9', scopes: ['openid'] } }),
    },
    'GET /api/v1/identity-providers/:id/provisioning': {
      status: 200,
      valid: () => ({ params: { id: at.saml.id }, query: { zone: 'Asia/Tokyo', days: 7 } }),
    },
    'POST /api/v1/identity-providers/:id/custom-attributes': {
      status: 201,
      valid: async () => ({
        params: { id: (await provider()).id },
        json: { name: `${URN}:badge`, resourceType: 'User', type: 'string', multiValued: false },
      }),
    },
    'POST /api/v1/identity-providers/:id/test-connection': {
      status: 200,
      valid: async () => ({ params: await idp(), json: {} }),
    },
    'GET /api/v1/identity-providers/:id/scim-requests': {
      status: 200,
      valid: () => ({
        params: { id: at.saml.id },
        query: {
          limit: 10,
          after: `2026-01-01T00:00:00.000Z_${NOBODY}`,
          result: 'failure',
          operation: 'create',
          objectType: 'User',
          objectId: NOBODY,
          status: '4xx',
          text: 'a',
          from: '2026-01-01T00:00:00Z',
          to: '2030-01-01T00:00:00Z',
        },
      }),
    },
    'GET /api/v1/applications': { status: 200, valid: () => ({}) },
    'POST /api/v1/applications': {
      status: 201,
      valid: async () => ({
        json: { ...applicationInput(), grants: [{ type: 'User', id: await user() }] },
      }),
    },
    'GET /api/v1/applications/:id': { status: 200, valid: async () => ({ params: { id: await app() } }) },
    'PUT /api/v1/applications/:id': {
      status: 200,
      valid: async () => ({ params: { id: await app() }, json: applicationInput() }),
      optional: { headers: { 'if-match': '' } },
    },
    'DELETE /api/v1/applications/:id/lost-grants/:subjectId': {
      status: 404,
      valid: async () => ({ params: { id: await app(), subjectId: NOBODY } }),
    },
    'POST /api/v1/applications/:id/lost-grants/:subjectId/replace': {
      status: 404,
      valid: async () => ({
        params: { id: await app(), subjectId: NOBODY },
        json: { id: NOBODY },
      }),
    },
    'DELETE /api/v1/applications/:id': {
      status: 204,
      valid: async () => ({ params: { id: await application() } }),
    },
    'GET /api/v1/signing-keys': { status: 200, valid: () => ({}) },
    'POST /api/v1/signing-keys': {
      status: 403, // a new key is published already
      valid: () => rotated().then(() => ({})),
    },
    'POST /api/v1/signing-keys/:id/revoke': {
      status: 404,
      valid: () => ({ params: { id: NOBODY } }),
    },
    'GET /api/v1/domains': { status: 200, valid: () => ({}) },
    'POST /api/v1/domains': {
      status: 201,
      valid: () => ({ json: { domain: `${unique('domain')}.example`, idpId: at.saml.id } }),
    },
    'POST /api/v1/domains/:id/check': {
      status: 200,
      valid: async () => ({ params: { id: await lastingDomain() } }),
    },
    'PATCH /api/v1/domains/:id': {
      status: 200,
      valid: async () => ({ params: { id: await lastingDomain() }, json: { idpId: at.saml.id } }),
    },
    'DELETE /api/v1/domains/:id': { status: 204, valid: async () => ({ params: { id: await domain() } }) },
  }
}
