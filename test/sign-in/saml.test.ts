import { afterAll, beforeAll, expect, test } from 'vitest'
import { listServiceCertificates } from '#identity-providers/details/service-certificates.ts'
import { readXml } from '#protocol/saml/xml-reader.ts'
import { verifyXml } from '#sign-in/saml/xml-signature.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type KeyPair, keyPair } from './key-pair.ts'
import {
  answerTo,
  begin,
  bring,
  connectSaml,
  messageIn,
  partiesAt,
  provision,
  SSO,
  signIn,
} from './saml-house.ts'
import { openSamlify } from './samlify-idp.ts'
import { openTraveller } from './traveller.ts'

let house: House
let tenantId: string
let key: KeyPair
let idp: ProvidedIdp

beforeAll(async () => {
  house = await openHouse()
  tenantId = await house.tenant('acme')
  key = await keyPair()
  idp = await connectSaml(house, tenantId, 'Acme', key)
  await provision(idp, 'alice@a.example')
})
afterAll(() => house.close())

async function metadataOf({ id }: ProvidedIdp): Promise<string> {
  const answer = await house.raw({ method: 'GET', path: `/saml/${id}/metadata` })
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/samlmetadata+xml'])
  return answer.text
}

test('a provisioned person signs in through an identity provider from npm that knows our metadata', async () => {
  const signing = await connectSaml(house, tenantId, 'Signing', key, { details: { signRequests: true } })
  await provision(signing, 'grace@a.example')
  const samlify = openSamlify(key, await metadataOf(signing))
  const traveller = openTraveller()
  const { headers } = await traveller.step('GET', `${house.url}/sign-in/with/${signing.id}`)
  const answer = await samlify.answer(headers.location ?? '', 'grace@a.example', '_session')
  expect((await bring(house, signing, traveller, answer)).text).toContain(
    'Welcome, grace@a.example provisioned',
  )
})

test('the request names us, where to answer, and the NameID that is asked for', async () => {
  const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
  const asking = await connectSaml(house, tenantId, 'Asking', key, {
    details: { nameIdFormat, ssoUrl: `${SSO}?x=1` },
  })
  const { headers } = await openTraveller().step('GET', `${house.url}/sign-in/with/${asking.id}`)
  expect(headers.location).toMatch(/^https:\/\/idp\.example\/sso\?x=1&SAMLRequest=[^&]+$/)
  const request = readXml(messageIn(headers.location ?? ''))
  const { entityId, acsUrl } = partiesAt(house, asking)
  expect(request.name).toBe('AuthnRequest')
  expect(Object.fromEntries(request.attributes)).toMatchObject({
    Destination: `${SSO}?x=1`,
    AssertionConsumerServiceURL: acsUrl,
    ProtocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
  })
  expect(request.attributes.has('ForceAuthn')).toBe(false)
  const [issuer, policy] = request.children
  expect([issuer?.text, policy?.attributes.get('Format')]).toEqual([entityId, nameIdFormat])
})

test('who has to sign in anew is asked anew by the identity provider too', async () => {
  const start = `${house.url}/sign-in/with/${idp.id}?fresh=yes`
  const { headers } = await openTraveller().step('GET', start)
  expect(readXml(messageIn(headers.location ?? '')).attributes.get('ForceAuthn')).toBe('true')
})

test('by the POST binding the request goes in a form that needs no script and leads to the identity provider alone', async () => {
  const posting = await connectSaml(house, tenantId, 'Posting', key, {
    details: { ssoBinding: 'post', signRequests: true },
  })
  await provision(posting, 'alice@a.example')
  const traveller = openTraveller()
  const page = await traveller.step('GET', `${house.url}/sign-in/with/${posting.id}`)
  expect(page.status).toBe(200)
  expect(page.headers['content-security-policy']).toContain('form-action *')
  expect(page.text).not.toContain('<script')
  expect(page.text).toContain(`<form method="post" action="${SSO}">`)
  const field = /name="SAMLRequest" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const request = Buffer.from(field, 'base64').toString()
  const [ours] = await listServiceCertificates(house.db, tenantId, posting.id)
  const verified = readXml(verifyXml(request, 'AuthnRequest', [ours?.certificate ?? '']))
  const id = verified.attributes.get('ID') ?? ''
  const home = await bring(house, posting, traveller, answerTo(house, posting, key, id))
  expect(home.text).toContain('Welcome, alice@a.example')
})

test('while an identity provider changes its certificate both count, and a key of ECDSA is as good', async () => {
  const next = await keyPair('ec')
  const certificates = key.certificate + next.certificate
  const rolling = await connectSaml(house, tenantId, 'Rolling', key, { details: { certificates } })
  await provision(rolling, 'alice@a.example')
  expect((await signIn(house, rolling, key)).text).toContain('Welcome, alice')
  const signatureAlgorithm = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'
  expect((await signIn(house, rolling, next, { signatureAlgorithm })).text).toContain('Welcome, alice')
  expect((await signIn(house, idp, next, { signatureAlgorithm })).status).toBe(401)
})

test('with self-service a person joins with what the assertion says of them', async () => {
  const selfService = await connectSaml(house, tenantId, 'Self-service', key, { enroll: 'self' })
  const attributes = {
    'urn:oid:2.5.4.42': 'Ada',
    'urn:oid:2.5.4.4': 'Lovelace &amp; Byron',
    'http://schemas.microsoft.com/identity/claims/displayname': 'Ada L.',
    mail: 'ada@mail.example',
  }
  const page = await signIn(house, selfService, key, { nameId: 'ada@a.example', attributes })
  expect(page.text).toContain('Welcome, Ada L.')
  const found = await selfService.get('/Users?filter=userName%20eq%20%22ada@a.example%22')
  expect(found.json.Resources[0]).toMatchObject({
    userName: 'ada@a.example',
    name: { givenName: 'Ada', familyName: 'Lovelace & Byron' },
    emails: [{ value: 'ada@mail.example' }],
  })
})

const TRANSIENT = ' Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"'

test('a transient NameID is nobody; with a rule, the attribute that it names is', async () => {
  const page = await signIn(house, idp, key, { nameIdAttributes: TRANSIENT })
  expect([page.status, page.text]).toEqual([403, expect.stringContaining('a transient NameID')])
  const ruled = await connectSaml(house, tenantId, 'Ruled', key, {
    matching: { source: 'uid', target: 'userName' },
  })
  await provision(ruled, 'linus')
  for (const nameId of ['_one', '_another']) {
    const lies = { nameId, nameIdAttributes: TRANSIENT, attributes: { uid: 'linus' } }
    expect((await signIn(house, ruled, key, lies)).text).toContain('Welcome, linus')
  }
  const links = (await house.dump('user_identity')) as { idp_id: string }[]
  expect(links.filter(({ idp_id }) => idp_id === ruled.id)).toEqual([])
  const without = await signIn(house, ruled, key, { nameId: '_three', nameIdAttributes: TRANSIENT })
  expect(without.status).toBe(403)
})

test('an external second factor has to be in the AuthnContext that is demanded', async () => {
  const MFA = 'https://refeds.org/profile/mfa'
  const demanding = await connectSaml(house, tenantId, 'Demanding', key, {
    mfa: 'external',
    mfaDemand: { authnContext: [MFA] },
  })
  await provision(demanding, 'alice@a.example')
  const without = await signIn(house, demanding, key)
  expect([without.status, without.text]).toEqual([403, expect.stringContaining('second factor')])
  expect((await signIn(house, demanding, key, { authnContext: MFA })).text).toContain('Welcome, alice')
})

test('a session ends when the identity provider said that it ends', async () => {
  const traveller = openTraveller()
  const page = await signIn(house, idp, key, { sessionNotOnOrAfter: 600 }, traveller)
  expect(page.text).toContain('Welcome')
  const rows = (await house.dump('user_session')) as { ends_at: Date | null }[]
  const ends = rows.flatMap(({ ends_at }) => ends_at?.getTime() ?? [])
  expect(Math.max(...ends) - Date.now()).toBeGreaterThan(0)
  expect(Math.max(...ends) - Date.now()).toBeLessThanOrEqual(660_000)
})

test('people come from the page of the identity provider where that is switched on, with each answer once', async () => {
  const unasked = await connectSaml(house, tenantId, 'Unasked', key, { details: { idpInitiated: true } })
  await provision(unasked, 'alice@a.example')
  const message = answerTo(house, unasked, key, null)
  const pages = await Promise.all(
    Array.from({ length: 20 }, () => bring(house, unasked, openTraveller(), message)),
  )
  expect(pages.filter(({ text }) => text.includes('Welcome, alice'))).toHaveLength(1)
  expect(pages.filter(({ status }) => status === 401)).toHaveLength(19)
  const foreign = answerTo(house, unasked, key, '_of-nobody')
  expect((await bring(house, unasked, openTraveller(), foreign)).status).toBe(401)
  const wrapped = answerTo(house, unasked, key, null, { responseInResponseTo: '_of-nobody' })
  expect((await bring(house, unasked, openTraveller(), wrapped)).status).toBe(401)
  const hidden = answerTo(house, unasked, key, '_of-nobody', { responseInResponseTo: null })
  expect((await bring(house, unasked, openTraveller(), hidden)).status).toBe(401)
  // Asked for, it works as everywhere.
  const traveller = openTraveller()
  const asked = answerTo(house, unasked, key, await begin(house, unasked, traveller))
  expect((await bring(house, unasked, traveller, asked)).text).toContain('Welcome, alice')
})
