import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  listServiceCertificates,
  retireServiceCertificate,
  rotateServiceCertificate,
} from '#identity-providers/details/service-certificates.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { createSeal } from '#platform/crypto/seal.ts'
import { readXml, type XmlElement } from '#protocol/saml/xml-reader.ts'
import { readSignedRedirect } from '#sign-in/saml/bindings.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type KeyPair, keyPair } from './key-pair.ts'
import { connectSaml, provision, signIn } from './saml-house.ts'
import { openTraveller } from './traveller.ts'

let house: House
let key: KeyPair
let idp: ProvidedIdp
const seal = createSeal('a secret of this test that nobody guesses')

beforeAll(async () => {
  house = await openHouse()
  key = await keyPair()
  idp = await connectSaml(house, await house.tenant('acme'), 'Acme', key, { details: { signRequests: true } })
  await provision(idp, 'alice@a.example')
})
afterAll(() => house.close())

async function metadata(): Promise<XmlElement> {
  const { text } = await house.raw({ method: 'GET', path: `/saml/${idp.id}/metadata` })
  return readXml(text)
}

const roleOf = (root: XmlElement) => root.children[0] as XmlElement
const keysOf = (root: XmlElement, use: string) =>
  roleOf(root)
    .children.filter(({ name, attributes }) => name === 'KeyDescriptor' && attributes.get('use') === use)
    .map((descriptor) => descriptor.children[0]?.children[0]?.children[0]?.text)

/** Which certificate the request is signed with that a browser is sent away with. */
async function signs(certificates: readonly { readonly certificate: string }[]): Promise<boolean[]> {
  const { headers } = await openTraveller().step('GET', `${house.url}/sign-in/with/${idp.id}`)
  const query = (headers.location ?? '').replace(/^[^?]*\?/, '')
  return certificates.map(({ certificate }) => {
    try {
      return readSignedRedirect(query, 'SAMLRequest', [certificate]) !== ''
    } catch {
      return false
    }
  })
}

test('our metadata says who we are, and that assertions have to be signed', async () => {
  const root = await metadata()
  expect(root.attributes.get('entityID')).toBe(`${house.url}/saml/${idp.id}/metadata`)
  expect(Object.fromEntries(roleOf(root).attributes)).toMatchObject({
    WantAssertionsSigned: 'true',
    AuthnRequestsSigned: 'true',
  })
  const services = roleOf(root).children.flatMap(({ name, attributes }) =>
    name.endsWith('Service')
      ? [[name, attributes.get('Binding')?.split(':').at(-1), attributes.get('Location')]]
      : [],
  )
  expect(services).toEqual([
    ['SingleLogoutService', 'HTTP-Redirect', `${house.url}/saml/${idp.id}/logout`],
    ['SingleLogoutService', 'HTTP-POST', `${house.url}/saml/${idp.id}/logout`],
    ['AssertionConsumerService', 'HTTP-POST', `${house.url}/saml/${idp.id}/acs`],
  ])
})

test('twenty who ask at once see the one certificate that is made', async () => {
  const other = await connectSaml(house, idp.tenantId, 'Other', key)
  const path = `/saml/${other.id}/metadata`
  const answers = await Promise.all(Array.from({ length: 20 }, () => house.raw({ method: 'GET', path })))
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
})

test('a certificate is rolled over: the new one is published beside the old, and signs when that is retired', async () => {
  const provider = await getIdentityProvider(house.db, idp.tenantId, idp.id)
  const [old] = await listServiceCertificates(house.db, idp.tenantId, idp.id)
  const both = await rotateServiceCertificate(house.db, seal, idp.operator, provider)
  expect(both).toHaveLength(2)
  expect(await signs(both)).toEqual([true, false])
  const published = both.map(({ certificate }) => new X509Certificate(certificate).raw.toString('base64'))
  expect(keysOf(await metadata(), 'signing')).toEqual(published)
  expect(keysOf(await metadata(), 'encryption')).toEqual(published)
  await expect(rotateServiceCertificate(house.db, seal, idp.operator, provider)).rejects.toThrow(
    'retire the old one',
  )
  for (const { certificate } of both)
    expect((await signIn(house, idp, key, { encryptTo: certificate })).text).toContain('Welcome, alice')
  await retireServiceCertificate(house.db, idp.operator, provider, old?.id ?? '')
  expect(await signs(both)).toEqual([false, true])
  expect((await signIn(house, idp, key, { encryptTo: both[0]?.certificate ?? '' })).status).toBe(401)
  const [last] = await listServiceCertificates(house.db, idp.tenantId, idp.id)
  const retired = retireServiceCertificate(house.db, idp.operator, provider, last?.id ?? '')
  await expect(retired).rejects.toThrow('the only certificate')
})

test('keys lie sealed, and the audit log names certificates by their fingerprint', async () => {
  const rows = (await house.dump('service_certificate')) as { private_key: Buffer }[]
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.some(({ private_key }) => private_key.toString('latin1').includes('PRIVATE KEY'))).toBe(false)
  const events = (await house.dump('audit_event')) as { change: string | null; object_type: string }[]
  const changes = events.flatMap(({ change }) => (change?.includes('serviceCertificate') ? [change] : []))
  expect(changes.length).toBeGreaterThan(1)
  expect(changes.every((change) => /"([0-9A-F]{2}:){31}[0-9A-F]{2}"/.test(change))).toBe(true)
})
