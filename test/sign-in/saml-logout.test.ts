import { createPrivateKey, randomUUID, sign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readXml } from '#protocol/saml/xml-reader.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type KeyPair, keyPair } from './key-pair.ts'
import { ISSUER, signedBy } from './lying-idp.ts'
import { bring, connectSaml, FROM_IDP, messageIn, partiesAt, provision, SLO, signIn } from './saml-house.ts'
import { openSamlify, type SamlifyIdp } from './samlify-idp.ts'
import { openTraveller, type Page, type Traveller } from './traveller.ts'

let house: House
let key: KeyPair
let idp: ProvidedIdp
let samlify: SamlifyIdp

beforeAll(async () => {
  house = await openHouse()
  key = await keyPair()
  const details = { sloUrl: SLO, signRequests: true }
  idp = await connectSaml(house, await house.tenant('acme'), 'Acme', key, { details })
  for (const name of ['alice', 'bob']) await provision(idp, `${name}@a.example`)
  const { text } = await house.raw({ method: 'GET', path: `/saml/${idp.id}/metadata` })
  samlify = openSamlify(key, text)
})
afterAll(() => house.close())

const ALICE = 'alice@a.example'

async function signedIn(sessionIndex: string, nameId = ALICE): Promise<Traveller> {
  const traveller = openTraveller()
  const page = await signIn(house, idp, key, { sessionIndex, nameId }, traveller)
  expect(page.text).toContain('Welcome')
  return traveller
}

async function isSignedIn(traveller: Traveller): Promise<boolean> {
  return (await traveller.step('GET', `${house.url}/`)).status === 200
}

interface Asked {
  readonly nameId?: string
  readonly sessionIndex?: string
  readonly issuer?: string
  readonly destination?: string
  readonly issuedSecondsAgo?: number
  readonly notOnOrAfter?: number
}

function logoutRequest(asked: Asked = {}): string {
  const at = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString()
  const until = asked.notOnOrAfter === undefined ? '' : ` NotOnOrAfter="${at(asked.notOnOrAfter)}"`
  const index =
    asked.sessionIndex === undefined ? '' : `<samlp:SessionIndex>${asked.sessionIndex}</samlp:SessionIndex>`
  return `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomUUID()}" Version="2.0" IssueInstant="${at(-(asked.issuedSecondsAgo ?? 0))}"${until} Destination="${asked.destination ?? partiesAt(house, idp).logoutUrl}"><saml:Issuer>${asked.issuer ?? ISSUER}</saml:Issuer><saml:NameID>${asked.nameId ?? ALICE}</saml:NameID>${index}</samlp:LogoutRequest>`
}

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'

function unsigned(xml: string): string {
  return `SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`
}

function redirected(xml: string, by: KeyPair = key, algorithm = RSA_SHA256): string {
  const signed = `${unsigned(xml)}&SigAlg=${encodeURIComponent(algorithm)}`
  const hash = algorithm === RSA_SHA256 ? 'sha256' : 'sha1'
  const value = sign(hash, Buffer.from(signed), createPrivateKey(by.privateKey)).toString('base64')
  return `${signed}&Signature=${encodeURIComponent(value)}`
}

function ask(query: string): Promise<Page> {
  return openTraveller().step('GET', `${partiesAt(house, idp).logoutUrl}?${query}`)
}

function post(xml: string): Promise<Page> {
  const form = { SAMLRequest: Buffer.from(xml).toString('base64'), RelayState: 'relayed' }
  return openTraveller().step('POST', partiesAt(house, idp).logoutUrl, form, FROM_IDP)
}

test('signing out ends the session here, and leads on to the identity provider with a signed LogoutRequest', async () => {
  const traveller = await signedIn('_one')
  const page = await traveller.step('POST', `${house.url}/sign-out`, {}, { 'sec-fetch-site': 'same-origin' })
  expect([page.status, page.text]).toEqual([200, expect.stringContaining('You are signed out here')])
  expect(await isSignedIn(traveller)).toBe(false)
  const onward = page.headers.refresh?.replace(/^0; url=/, '') ?? ''
  expect(onward.startsWith(`${SLO}?SAMLRequest=`)).toBe(true)
  expect(await samlify.takeLogout(onward)).toEqual({ nameId: ALICE, sessionIndex: '_one' })
  const request = readXml(messageIn(onward))
  expect(Object.fromEntries(request.attributes)).toMatchObject({
    Destination: SLO,
    NotOnOrAfter: expect.anything(),
  })
  // The identity provider's answer changes nothing, whatever it says.
  const back = await traveller.step('GET', `${partiesAt(house, idp).logoutUrl}?SAMLResponse=AAAA`)
  expect([back.status, back.text]).toEqual([200, expect.stringContaining('You are signed out')])
})

test('a LogoutRequest names the person as the assertion did', async () => {
  const format = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
  const traveller = openTraveller()
  await signIn(house, idp, key, { nameIdAttributes: ` Format="${format}"` }, traveller)
  const page = await traveller.step('POST', `${house.url}/sign-out`, {}, { 'sec-fetch-site': 'same-origin' })
  const request = readXml(messageIn(page.headers.refresh?.replace(/^0; url=/, '') ?? ''))
  const nameId = request.children.find(({ name }) => name === 'NameID')
  expect([nameId?.text, nameId?.attributes.get('Format')]).toEqual([ALICE, format])
})

test('an identity provider from npm ends a session, and understands our answer', async () => {
  const traveller = await signedIn('_npm')
  const other = await signedIn('_another')
  const asked = samlify.askLogout(ALICE, '_npm')
  const page = await openTraveller().step('GET', asked)
  expect(page.status).toBe(303)
  const location = page.headers.location ?? ''
  expect(new URL(location).searchParams.get('RelayState')).toBe('relayed')
  const id = readXml(messageIn(asked)).attributes.get('ID')
  expect(await samlify.takeLogoutResponse(location)).toBe(id)
  expect([await isSignedIn(traveller), await isSignedIn(other)]).toEqual([false, true])
})

test('without a SessionIndex all sessions of the person end, on every process, and nobody else', async () => {
  const second = await openHouse({ beside: house, publicUrl: house.url })
  try {
    const travellers = [await signedIn('_a'), await signedIn('_b'), await signedIn('_c', 'bob@a.example')]
    const [first] = travellers
    const elsewhere = openTraveller()
    elsewhere.setCookie(second.url, '__Host-doorlist', first?.cookie(house.url, 'doorlist') ?? '')
    expect((await elsewhere.step('GET', `${second.url}/`)).status).toBe(200)
    expect((await post(signedBy(logoutRequest(), 'LogoutRequest', { key }))).status).toBe(303)
    expect(await Promise.all(travellers.map(isSignedIn))).toEqual([false, false, true])
    expect((await elsewhere.step('GET', `${second.url}/`)).status).toBe(303)
  } finally {
    await second.close()
  }
})

test('a LogoutRequest counts once', async () => {
  const query = redirected(logoutRequest())
  expect((await ask(query)).status).toBe(303)
  const traveller = await signedIn('_again')
  expect((await ask(query)).status).toBe(401)
  expect(await isSignedIn(traveller)).toBe(true)
})

const REFUSED: Record<string, () => Promise<Page>> = {
  'saml-54: a LogoutRequest that nobody signed': () => ask(unsigned(logoutRequest())),
  'one with an empty signature': () =>
    ask(`${redirected(logoutRequest()).replace(/&Signature=.*/, '')}&Signature=`),
  'one that was signed by a foreign key': async () => ask(redirected(logoutRequest(), await keyPair())),
  'one that was signed by SHA-1': () =>
    ask(redirected(logoutRequest(), key, 'http://www.w3.org/2000/09/xmldsig#rsa-sha1')),
  'one whose name was changed after signing': () =>
    ask(redirected(logoutRequest()).replace(/SAMLRequest=[^&]*/, unsigned(logoutRequest()))),
  'one with a second, unsigned message': () =>
    ask(`${unsigned(logoutRequest())}&${redirected(logoutRequest({ nameId: 'bob@a.example' }))}`),
  'one of another Issuer': () => ask(redirected(logoutRequest({ issuer: 'https://other-idp.example' }))),
  'one for another Destination': () =>
    ask(redirected(logoutRequest({ destination: 'https://other.example/slo' }))),
  'one that is too old': () => ask(redirected(logoutRequest({ issuedSecondsAgo: 3_600 }))),
  'one of tomorrow': () => ask(redirected(logoutRequest({ issuedSecondsAgo: -86_400 }))),
  'one whose time has passed': () => ask(redirected(logoutRequest({ notOnOrAfter: -120 }))),
  'one that inflates to megabytes': () => ask(redirected(`<a>${' '.repeat(4_000_000)}</a>`)),
  'a posted one that nobody signed': () => post(logoutRequest()),
  'a posted one that was signed by a foreign key': async () =>
    post(signedBy(logoutRequest(), 'LogoutRequest', { key: await keyPair() })),
  'a posted one that was edited after signing': () =>
    post(
      signedBy(logoutRequest({ nameId: 'bob@a.example' }), 'LogoutRequest', { key }).replace(
        'bob@',
        'alice@',
      ),
    ),
  'a posted one with a DOCTYPE': () =>
    post(`<!DOCTYPE a>${signedBy(logoutRequest(), 'LogoutRequest', { key })}`),
  'one with NUL in its NameID': () => ask(redirected(logoutRequest({ nameId: `${ALICE}\0` }))),
  'a posted one with NUL in its SessionIndex': () =>
    post(signedBy(logoutRequest({ sessionIndex: '_stays\0' }), 'LogoutRequest', { key })),
  'one with a NameID of 2 kB': () => ask(redirected(logoutRequest({ nameId: 'a'.repeat(2_000) }))),
  'nothing at all': () => ask(''),
}

test.for(Object.entries(REFUSED))('%s ends no session', async ([, lie]) => {
  const traveller = await signedIn('_stays')
  const page = await lie()
  expect(page.status).toBe(401)
  expect(await isSignedIn(traveller)).toBe(true)
})

test('an assertion is no LogoutRequest, and the other way round', async () => {
  const traveller = openTraveller()
  await traveller.step('GET', `${house.url}/sign-in/with/${idp.id}`)
  const message = Buffer.from(signedBy(logoutRequest(), 'LogoutRequest', { key })).toString('base64')
  expect((await bring(house, idp, traveller, message)).status).toBe(401)
})
