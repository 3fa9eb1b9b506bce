import { X509Certificate } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness.ts'
import { CERTIFICATE } from '../identity-providers/certificate.ts'
import type { ApiClient } from '../portal-client.ts'
import { keyPair } from '../sign-in/key-pair.ts'

let house: House
let closed: House
let ada: ApiClient
let eve: ApiClient
let far: Server
let farUrl: string
let hits = 0
const pages = new Map<string, string>()

beforeAll(async () => {
  ;[house, closed] = await Promise.all([openHouse({ allowPrivateNetworks: ['127.0.0.0/8'] }), openHouse()])
  ada = await house.administrator(await house.tenant('acme'), 'admin')
  eve = await closed.administrator(await closed.tenant('acme'), 'admin')
  far = createServer((request, answer) => {
    hits += 1
    const page = pages.get(request.url ?? '')
    answer.writeHead(page === undefined ? 404 : 200).end(page)
  })
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve))
  farUrl = `http://127.0.0.1:${(far.address() as AddressInfo).port}`
})
afterAll(async () => {
  far.close()
  await Promise.all([house.close(), closed.close()])
})

const der = CERTIFICATE.replace(/-----[A-Z ]+-----/g, '').trim()
const METADATA = `<?xml version="1.0"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:idp">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
      <X509Certificate>${der}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>`

test('pasted metadata becomes sign-in details', async () => {
  const answer = await ada.post('/identity-providers/metadata', { xml: METADATA })
  expect(answer.json).toMatchObject({
    details: {
      entityIssuer: 'urn:idp',
      ssoUrl: 'https://idp.example/sso',
      ssoBinding: 'redirect',
      certificates: [{ subject: 'CN=idp.example' }],
    },
    warnings: [],
  })
})

test('metadata is read at its address, and where it came from is remembered', async () => {
  pages.set('/metadata', METADATA)
  const answer = await ada.post('/identity-providers/metadata', { url: `${farUrl}/metadata` })
  expect(answer.json.details).toMatchObject({ entityIssuer: 'urn:idp', metadataUrl: `${farUrl}/metadata` })
  const missing = await ada.post('/identity-providers/metadata', { url: `${farUrl}/none` })
  expect(missing.json.errors).toEqual([
    { field: 'url', message: 'cannot be read: it answers with status 404' },
  ])
})

test('metadata with a DOCTYPE is refused, and nothing is fetched for it (saml-55)', async () => {
  const before = hits
  const xml = `<!DOCTYPE m [<!ENTITY e SYSTEM "${farUrl}/md">]><EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="&e;"/>`
  const answer = await ada.post('/identity-providers/metadata', { xml })
  expect([answer.status, answer.json.errors]).toEqual([
    422,
    [{ field: 'xml', message: 'must not contain a DOCTYPE' }],
  ])
  expect(hits).toBe(before)
})

test('an address in a private network is not reached unless the operator allowed it (saml-56, oidc-20)', async () => {
  const before = hits
  for (const url of [`${farUrl}/metadata`, 'https://169.254.169.254/latest/meta-data', 'http://[::1]:1/']) {
    const answer = await eve.post('/identity-providers/metadata', { url })
    expect([answer.status, answer.json.errors[0].message]).toEqual([
      422,
      expect.stringContaining('private network'),
    ])
  }
  const { checks } = (await eve.post('/identity-providers/discover', { issuer: farUrl })).json
  expect(checks).toEqual([
    { name: 'configuration', outcome: 'failed', detail: expect.stringContaining('private network') },
  ])
  expect(hits).toBe(before)
})

const outcomes = async (issuer: string, scopes?: string[]) => {
  const { json } = await ada.post('/identity-providers/discover', { issuer, ...(scopes && { scopes }) })
  return json.checks.map(({ name, outcome }: { name: string; outcome: string }) => `${name} ${outcome}`)
}
function configuration(issuer: string, change: object = {}): string {
  return JSON.stringify({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    code_challenge_methods_supported: ['S256'],
    scopes_supported: ['openid', 'email'],
    ...change,
  })
}

test('an issuer is discovered and checked', async () => {
  const issuer = `${farUrl}/op`
  pages.set('/op/.well-known/openid-configuration', configuration(issuer))
  pages.set('/op/keys', JSON.stringify({ keys: [{ kty: 'RSA' }] }))
  expect(await outcomes(issuer, ['openid', 'groups'])).toEqual([
    'configuration passed',
    'issuer passed',
    'keys passed',
    'pkce passed',
    'scopes warning',
    'clientAuthentication passed',
  ])
})

test('a configuration that names another issuer is not taken (oidc-24)', async () => {
  pages.set('/evil/.well-known/openid-configuration', configuration('https://evil.example'))
  expect(await outcomes(`${farUrl}/evil`)).toEqual(['configuration passed', 'issuer failed'])
})

test('keys at an internal address are not fetched (oidc-21)', async () => {
  const issuer = `${farUrl}/inner`
  const jwks_uri = 'https://10.0.0.1/keys'
  pages.set('/inner/.well-known/openid-configuration', configuration(issuer, { jwks_uri }))
  expect(await outcomes(issuer)).toContain('keys failed')
})

test('pasted certificates are read, several in one text', async () => {
  const answer = await ada.post('/identity-providers/certificates', {
    certificates: [CERTIFICATE, CERTIFICATE],
  })
  expect(answer.json.certificates).toHaveLength(1)
  const wrong = await ada.post('/identity-providers/certificates', { certificates: ['nothing'] })
  expect([wrong.status, wrong.json.errors[0].field]).toEqual([422, 'certificates'])
})

test('metadata is read again where it came from: what is different is shown, and nothing is changed by looking', async () => {
  pages.set('/rolling', METADATA)
  const read = await ada.post('/identity-providers/metadata', { url: `${farUrl}/rolling` })
  const { certificates, ...details } = read.json.details
  const pems = certificates.map(({ pem }: { pem: string }) => pem)
  const body = { name: 'Rolling', type: 'saml', details: { ...details, certificates: pems } }
  const { id } = (await ada.post('/identity-providers', body)).json
  const path = `/identity-providers/${id}/metadata/comparison`
  expect((await ada.post(path)).json).toMatchObject({
    url: `${farUrl}/rolling`,
    changes: [],
    certificates: { added: [], removed: [], kept: [{ subject: 'CN=idp.example' }] },
  })

  const next = new X509Certificate((await keyPair()).certificate).toString()
  const nextDer = next.replace(/-----[A-Z ]+-----/g, '').trim()
  pages.set('/rolling', METADATA.replace(der, nextDer).replace('idp.example/sso', 'idp.example/new'))
  const { json } = await ada.post(path)
  expect(json).toMatchObject({
    changes: [{ field: 'ssoUrl', before: 'https://idp.example/sso', after: 'https://idp.example/new' }],
    certificates: { added: [{ pem: next }], removed: [{ subject: 'CN=idp.example' }], kept: [] },
  })
  const kept = await ada.get(`/identity-providers/${id}`)
  expect([kept.json.details.ssoUrl, kept.json.version]).toEqual(['https://idp.example/sso', json.version])
})

test('where no address is known, or nothing answers there, the comparison says so', async () => {
  const details = { entityIssuer: 'urn:idp', metadataUrl: `${farUrl}/gone` }
  const { id } = (await ada.post('/identity-providers', { name: 'Gone', type: 'saml', details })).json
  const gone = await ada.post(`/identity-providers/${id}/metadata/comparison`)
  expect([gone.status, gone.json.detail]).toEqual([422, expect.stringContaining('status 404')])
  const bare = (await ada.post('/identity-providers', { name: 'Bare', type: 'saml' })).json.id
  const unknown = await ada.post(`/identity-providers/${bare}/metadata/comparison`)
  expect([unknown.status, unknown.json.errors[0].field]).toEqual([422, 'metadataUrl'])
  expect((await eve.post(`/identity-providers/${id}/metadata/comparison`)).status).toBe(404)
})

test('metadata that has moved into a private network is not read again', async () => {
  const details = { entityIssuer: 'urn:idp', metadataUrl: `${farUrl}/metadata` }
  const { id } = (await eve.post('/identity-providers', { name: 'Inside', type: 'saml', details })).json
  const before = hits
  const answer = await eve.post(`/identity-providers/${id}/metadata/comparison`)
  expect([answer.status, answer.json.detail]).toEqual([422, expect.stringContaining('private network')])
  expect(hits).toBe(before)
})
