// SAML messages that are as expensive as the limits of the scan allow (src/protocol/saml/xml-scan.ts), and valid ones
// to compare them with. A stranger signs with their own key. A thief has a message that the identity provider signed,
// and adds content to it, in signed or unsigned places.
import { randomUUID } from 'node:crypto'
import { serviceProviderOf } from '#identity-providers/details/service-provider.ts'
import { deriveValue } from '#sign-in/attempts.ts'
import { type KeyPair, keyPair } from '../test/sign-in/key-pair.ts'
import { ISSUER, response, type Said, signedBy } from '../test/sign-in/lying-idp.ts'

export interface Message {
  readonly name: string
  /** The value of the form field. */
  readonly field: string
  /** False if everything signed is unchanged: such a message is accepted once. */
  readonly isRefused: boolean
}

export interface Corpus {
  readonly parties: {
    readonly issuer: string
    readonly certificates: readonly string[]
    readonly entityId: string
    readonly acsUrl: string
    readonly logoutUrl: string
  }
  /** Token of the sign-in attempt that the responses belong to. */
  readonly token: string
  /** Our old and new keys, to which assertions are encrypted. */
  readonly serviceKeys: readonly KeyPair[]
  readonly goodResponse: string
  readonly goodLogoutRequest: string
  readonly responses: readonly Message[]
  readonly logoutRequests: readonly Message[]
}

export async function makeCorpus(): Promise<Corpus> {
  const [own, foreign, older, newer] = await Promise.all([keyPair(), keyPair(), keyPair(), keyPair()])
  const {
    entityId = '',
    acsUrl = '',
    logoutUrl = '',
  } = serviceProviderOf('https://door.example', '1', 'saml')
  const token = randomUUID()
  const inResponseTo = `_${deriveValue(token, 'authn-request')}`
  const said: Said = { key: own, nameId: 'alice@a.example', entityId, acsUrl, inResponseTo }
  const logout = (key: KeyPair, more = '') => logoutRequest(logoutUrl, key, more)
  return {
    parties: { issuer: ISSUER, certificates: [own.certificate], entityId, acsUrl, logoutUrl },
    token,
    serviceKeys: [older, newer],
    goodResponse: response(said),
    goodLogoutRequest: encoded(logout(own)),
    responses: [
      ...named('stranger', AS_CONTENT, (filling) => inAssertion(filling, { ...said, key: foreign })),
      ...named('stranger, in KeyInfo', AS_FEW, (filling) => inKeyInfo(filling, { ...said, key: foreign })),
      ...named('stranger, encrypted to us', smaller(AS_CONTENT), (filling) =>
        response({ ...said, key: foreign, encryptTo: newer.certificate, insertInAssertion: filling }),
      ),
      ...named('thief', AS_CONTENT, (filling) => inAssertion(filling, said)),
      ...named('thief, in KeyInfo', AS_FEW, (filling) => inKeyInfo(filling, said), false),
      ...named('thief, in the status', AS_FEW, (filling) => inStatus(filling, said), false),
      ...OVER_THE_LIMITS.map(([name, text]) => ({ name, field: encoded(text), isRefused: true })),
    ],
    logoutRequests: [
      ...named('stranger', AS_INDEXES, (filling) => encoded(logout(foreign, filling))),
      ...named('thief', AS_INDEXES, (filling) =>
        encoded(logout(own).replace('</samlp:LogoutRequest>', `${filling}</samlp:LogoutRequest>`)),
      ),
    ],
  }
}

const CHARACTERS = 245_000

/** Returns `one`, repeated `times` times or until there are enough characters. */
function many(times: number, one: (n: number) => string, characters = CHARACTERS): string {
  let text = ''
  for (let n = 0; n < times; n++) {
    const next = one(n)
    if (text.length + next.length > characters) break
    text += next
  }
  return text
}

const numbered = (count: number, one: (n: string) => string) =>
  Array.from({ length: count }, (_, n) => one(n.toString(36))).join('')
const attributes = (count: number) => numbered(count, (n) => ` a${n}=""`)
const namespaces = (count: number) => numbered(count, (n) => ` xmlns:p${n}="u"`)
/** Puts content in the scope of 60 namespace prefixes, which parsers have to track. */
const inScope = (inner: string) =>
  `<b${namespaces(30)}><b${namespaces(30).replaceAll(':p', ':q')}>${inner}</b></b>`

type Fillings = Readonly<Record<string, string>>

/** As many elements of each kind as the limits allow. */
const ELEMENTS: Fillings = {
  'many elements': many(3_900, () => '<b/>'),
  'three attributes each': many(2_650, () => `<b${attributes(3)}/>`),
  '31 attributes each': many(256, () => `<b${attributes(31)}/>`),
  '31 namespaces each': many(256, () => `<b${namespaces(31)}/>`),
  'attributes of 60 prefixes': inScope(many(256, () => `<c${numbered(30, (n) => ` p${n}:a=""`)}/>`, 240_000)),
  'elements of 60 prefixes': inScope(many(3_800, (n) => `<q${(n % 30).toString(36)}:c/>`, 240_000)),
  'deep nesting': many(150, () => '<b>'.repeat(25) + '</b>'.repeat(25)),
}

/** Text content of a single element. */
const TEXTS: Fillings = {
  'long text': 'x'.repeat(CHARACTERS),
  'three bytes a character': '\u4e00'.repeat(80_000),
  entities: '&amp;'.repeat(9_900),
  'character references': '&#x9;'.repeat(9_900),
  'line ends': '\r\n'.repeat(9_900),
  '“>”': '>'.repeat(19_000),
}

const IN_TAGS: Fillings = {
  'a long attribute': `<b a="${'x'.repeat(CHARACTERS)}"/>`,
  'quotes in an attribute': `<b a='${'"'.repeat(59_000)}'/>`,
  'tabs in an attribute': `<b a="${'\t'.repeat(59_000)}"/>`,
  'a long name of an attribute': `<b ${'x'.repeat(CHARACTERS)}=""/>`,
  'spaces in a tag': `<b${' '.repeat(CHARACTERS)}/>`,
}

const inElement = (fillings: Fillings, [start, end]: readonly [string, string]): Fillings =>
  Object.fromEntries(Object.entries(fillings).map(([name, text]) => [name, start + text + end]))

/** Content of an attribute in the assertion. */
const AS_CONTENT: Fillings = inElement({ ...ELEMENTS, ...IN_TAGS, ...inElement(TEXTS, ['<b>', '</b>']) }, [
  '<saml:AttributeStatement><saml:Attribute Name="a">',
  '</saml:Attribute></saml:AttributeStatement>',
])

/** With few elements, because more are refused if nothing is signed. */
const AS_FEW: Fillings = {
  ...IN_TAGS,
  ...inElement(TEXTS, ['<b>', '</b>']),
  '31 attributes each': many(40, () => `<b${attributes(31)}/>`),
  '31 namespaces each': many(40, () => `<b${namespaces(31)}/>`),
}

/** As session indexes, of which a LogoutRequest may contain many. */
const AS_INDEXES: Fillings = {
  ...inElement(TEXTS, ['<samlp:SessionIndex>', '</samlp:SessionIndex>']),
  'many indexes': many(3_900, () => '<samlp:SessionIndex/>'),
  '31 attributes each': many(256, () => `<samlp:SessionIndex${attributes(31)}/>`),
  '31 namespaces each': many(256, () => `<samlp:SessionIndex${namespaces(31)}/>`),
}

const OVER_THE_LIMITS: readonly (readonly [string, string])[] = [
  ['1,400 elements of 30 attributes', `<a>${many(1_400, () => `<b${attributes(30)}/>`)}</a>`],
  ['comments', `<a>${'<!---->'.repeat(37_000)}</a>`],
  ['“<” alone', '<'.repeat(262_000)],
  ['“&” alone', `<a>${'&'.repeat(262_000)}</a>`],
  ['300 references', `<a>${many(300, () => '<Reference URI="#a"><Transforms/></Reference>')}</a>`],
]

/** Returns the shorter fillings, because encryption makes a text a third longer. */
const smaller = (fillings: Fillings): Fillings =>
  Object.fromEntries(Object.entries(fillings).filter(([, text]) => text.length < 180_000))

function named(
  who: string,
  fillings: Fillings,
  make: (filling: string) => string,
  isRefused = true,
): Message[] {
  return Object.entries(fillings).map(([name, filling]) => ({
    name: `${who}: ${name}`,
    field: make(filling),
    isRefused,
  }))
}

function inAssertion(filling: string, said: Said): string {
  return response({
    ...said,
    inTransit: (xml) => xml.replace('</saml:AuthnStatement>', () => `</saml:AuthnStatement>${filling}`),
  })
}

function inKeyInfo(filling: string, said: Said): string {
  return response({ ...said, inTransit: (xml) => xml.replace(/<X509Data>.*<\/X509Data>/s, () => filling) })
}

function inStatus(filling: string, said: Said): string {
  const detail = `<samlp:StatusDetail>${filling}</samlp:StatusDetail></samlp:Status>`
  return response({ ...said, inTransit: (xml) => xml.replace('</samlp:Status>', () => detail) })
}

function logoutRequest(destination: string, key: KeyPair, more: string): string {
  const at = new Date().toISOString()
  const xml = `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomUUID()}" Version="2.0" IssueInstant="${at}" Destination="${destination}"><saml:Issuer>${ISSUER}</saml:Issuer><saml:NameID>alice@a.example</saml:NameID></samlp:LogoutRequest>`
  const signed = signedBy(xml, 'LogoutRequest', { key })
  return signed.replace('</samlp:LogoutRequest>', () => `${more}</samlp:LogoutRequest>`)
}

function encoded(xml: string): string {
  return Buffer.from(xml).toString('base64')
}
