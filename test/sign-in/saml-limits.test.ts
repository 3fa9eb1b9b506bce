// How much a SAML message may hold: more than any real identity provider sends, and little enough that anybody's message is
// refused quickly. What that costs is measured by `npm run bench -- --parts documents`.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type KeyPair, keyPair } from './key-pair.ts'
import { ISSUER, signedBy } from './lying-idp.ts'
import {
  answerTo,
  begin,
  bring,
  connectSaml,
  FROM_IDP,
  type Lies,
  partiesAt,
  provision,
  signIn,
} from './saml-house.ts'
import { openTraveller } from './traveller.ts'

let house: House
let key: KeyPair
let idp: ProvidedIdp

beforeAll(async () => {
  house = await openHouse()
  key = await keyPair()
  idp = await connectSaml(house, await house.tenant('acme'), 'Acme', key, {
    details: { sloUrl: 'https://idp.example/slo' },
  })
  await provision(idp, 'alice@a.example')
})
afterAll(() => house?.close())

const many = (count: number, one: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => one(n)).join('')
const TYPED =
  'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string"'
const value = (n: number) =>
  `<saml:AttributeValue ${TYPED}>Group ${n} of Sales &amp; Marketing</saml:AttributeValue>`
const attribute = (content: string) =>
  `<saml:Attribute Name="groups" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic" FriendlyName="groups">${content}</saml:Attribute>`
const statement = (content: string) => `<saml:AttributeStatement>${content}</saml:AttributeStatement>`
const inKeyInfo = (content: string): Lies => ({
  inTransit: (xml) => xml.replace(/<X509Data>.*<\/X509Data>/s, () => content),
})
const CERTIFICATE = `<X509Certificate>${'A'.repeat(2_000)}</X509Certificate>`

const ACCEPTED: Record<string, () => Lies> = {
  '1,000 groups as values of one attribute': () => ({
    insertInAssertion: statement(attribute(many(1_000, value))),
  }),
  '700 groups as an attribute each': () => ({
    insertInAssertion: statement(many(700, (n) => attribute(value(n)))),
  }),
  'a chain of ten certificates': () => inKeyInfo(`<X509Data>${many(10, () => CERTIFICATE)}</X509Data>`),
  'text of 200 kB': () => ({ attributes: { bio: 'x'.repeat(200_000) } }),
  'a profile in JSON of 60 kB': () => ({
    attributes: { json: many(2_000, (n) => `{&quot;id&quot;:${n},&quot;x&quot;:1}`) },
  }),
}

test.each(Object.entries(ACCEPTED))('%s is accepted', async (_what, lies) => {
  expect((await signIn(house, idp, key, lies())).text).toContain('Welcome')
})

const attributes = (count: number) => many(count, (n) => ` a${n}=""`)
const REFUSED: Record<string, () => Lies> = {
  '1,400 elements of 30 attributes': () => ({
    insertInAssertion: statement(attribute(many(1_400, () => `<b${attributes(30)}/>`))),
  }),
  'an element of 33 attributes': () => ({ insertInAssertion: statement(attribute(`<b${attributes(33)}/>`)) }),
  '10,001 references': () => ({ attributes: { a: '&amp;'.repeat(10_001) } }),
  '20,001 line ends': () => ({ attributes: { a: '\n'.repeat(20_001) } }),
  '65 elements in KeyInfo': () => inKeyInfo('<a/>'.repeat(65)),
  '65 elements in the status': () => ({
    inTransit: (xml) =>
      xml.replace(
        '</samlp:Status>',
        `<samlp:StatusDetail>${'<a/>'.repeat(65)}</samlp:StatusDetail></samlp:Status>`,
      ),
  }),
}

test.each(Object.entries(REFUSED))('%s is refused, also when the rest is signed', async (_what, lies) => {
  const page = await signIn(house, idp, key, lies())
  expect([page.status, page.text]).toEqual([401, expect.stringContaining('not accepted')])
})

test('an answer that was used is refused before anything in it is looked at', async () => {
  const traveller = openTraveller()
  const id = await begin(house, idp, traveller)
  const message = answerTo(house, idp, key, id)
  const { acsUrl } = partiesAt(house, idp)
  expect((await traveller.step('POST', acsUrl, { SAMLResponse: message }, FROM_IDP)).status).toBe(303)
  const garbage = Buffer.from('<a/>').toString('base64')
  for (const SAMLResponse of [message, garbage]) {
    const page = await traveller.step('POST', acsUrl, { SAMLResponse }, FROM_IDP)
    expect([page.status, page.text]).toEqual([401, expect.stringContaining('already used')])
  }
  expect((await bring(house, idp, openTraveller(), message)).text).toContain('not started in this browser')
})

test('a LogoutRequest names at most 100 sessions', async () => {
  const { logoutUrl } = partiesAt(house, idp)
  const ask = (indexes: number) => {
    const at = new Date().toISOString()
    const xml = `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomUUID()}" Version="2.0" IssueInstant="${at}" Destination="${logoutUrl}"><saml:Issuer>${ISSUER}</saml:Issuer><saml:NameID>bob@a.example</saml:NameID>${many(indexes, (n) => `<samlp:SessionIndex>${n}</samlp:SessionIndex>`)}</samlp:LogoutRequest>`
    const SAMLRequest = Buffer.from(signedBy(xml, 'LogoutRequest', { key })).toString('base64')
    return openTraveller().step('POST', logoutUrl, { SAMLRequest }, FROM_IDP)
  }
  expect([(await ask(100)).status, (await ask(101)).status]).toEqual([303, 401])
})
