import { expect, test } from 'vitest'
import { readIdpMetadata } from './metadata.ts'
import { XmlError } from './xml-scan.ts'

const NAMESPACES =
  'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
const ROLE = `<md:IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
  <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>
    QUJD
    REVG
  </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
  <md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>R0hJ</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
  <md:KeyDescriptor use="encryption"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>SktM</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
  <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/slo"/>
  <md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>
  <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="https://idp.example/soap"/>
  <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/sso?a=1&amp;b=2"/>
</md:IDPSSODescriptor>`
const entity = (role = ROLE, id = 'urn:idp:1') =>
  `<md:EntityDescriptor ${NAMESPACES} entityID="${id}">${role}</md:EntityDescriptor>`

function refusal(text: string): string {
  try {
    readIdpMetadata(text)
    return 'accepted'
  } catch (error) {
    if (error instanceof XmlError) return error.message
    throw error
  }
}

test('metadata of an identity provider is read', () => {
  const declared = `\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n<!-- of us -->${entity()}`
  expect(readIdpMetadata(declared)).toEqual({
    entityId: 'urn:idp:1',
    singleSignOn: [{ binding: 'post', location: 'https://idp.example/sso?a=1&b=2' }],
    singleLogout: [{ binding: 'redirect', location: 'https://idp.example/slo' }],
    signingCertificates: ['QUJDREVG', 'R0hJ'],
    nameIdFormats: ['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
    wantsSignedRequests: true,
    validUntil: null,
  })
})

test.each(['constructor', '__proto__', 'toString'])('%s is neither an entity nor a binding', (name) => {
  expect(refusal(entity(ROLE, `urn:&${name};`))).toContain('entity')
  const role = ROLE.replaceAll(/Binding="[^"]*"/g, `Binding="${name}"`)
  expect(readIdpMetadata(entity(role))).toMatchObject({ singleSignOn: [], singleLogout: [] })
})

test('a list must have exactly one identity provider', () => {
  const list = (...entities: string[]) =>
    `<md:EntitiesDescriptor ${NAMESPACES}>${entities.join('')}</md:EntitiesDescriptor>`
  const sp = entity('<md:SPSSODescriptor/>', 'urn:sp')
  expect(readIdpMetadata(list(sp, entity())).entityId).toBe('urn:idp:1')
  expect(refusal(list(entity(), entity(ROLE, 'urn:idp:2')))).toContain('several identity providers')
  expect(refusal(list(sp))).toContain('no identity provider')
  expect(refusal(sp)).toContain('no identity provider')
})

test('DOCTYPE, CDATA, processing instructions and unknown entities are refused', () => {
  const doctype = '<!DOCTYPE m [<!ENTITY e SYSTEM "https://evil.example/">]>'
  expect(refusal(doctype + entity(ROLE, '&e;'))).toContain('DOCTYPE')
  expect(refusal(entity('<![CDATA[x]]>'))).toContain('CDATA')
  expect(refusal(entity('<?php x?>'))).toContain('processing instructions')
  expect(refusal(entity('<!-<!-- -->-'))).toContain('declarations')
  expect(refusal(entity(ROLE, '&e;'))).toContain('entity')
  expect(refusal(entity('&#0;'))).toContain('entity')
})

test('a character that XML does not allow is refused, directly and as a reference', () => {
  for (const character of ['\0', '\u0001', '\u001f', '\ud800', '\ufffe', '\uffff']) {
    expect(refusal(entity(ROLE, `urn:${character}`))).toContain('control characters')
    const reference = `&#x${character.charCodeAt(0).toString(16)};`
    expect(refusal(entity(ROLE, `urn:${reference}`))).toContain('entity')
  }
  for (const character of ['\t', '\u0085', '\ue000', '\u{10ffff}'])
    expect(refusal(entity(ROLE, `urn:${character}a`))).toBe('accepted')
})

test('a text that is too large or too deep, or has too many elements, is refused', () => {
  expect(refusal(entity('x'.repeat(262_144)))).toContain('256 kB')
  expect(refusal(entity('<a/>'.repeat(4_001)))).toContain('4000 elements')
  expect(refusal(entity('<a>'.repeat(40) + '</a>'.repeat(40)))).toContain('32 deep')
})

test('what is not well-formed XML, or no metadata, is refused', () => {
  const broken = [
    '',
    'text',
    '<a',
    '<a></b>',
    '<a/><b/>',
    '</a>',
    '<a b="1" b="2"/>',
    '<a b=1/>',
    '<p:a/>',
    '<a>',
  ]
  expect(broken.filter((text) => refusal(text) === 'accepted')).toEqual([])
  expect(refusal('<html><body>Sign in</body></html>')).toContain('not SAML metadata')
  expect(refusal(entity(ROLE, ' '))).toContain('entityID')
})

test('too many prefixes or attributes are refused', () => {
  const numbered = (count: number, text: string) =>
    Array.from({ length: count }, (_, i) => ` ${text}${i}="u"`).join('')
  const many = (count: number, element: string) => refusal(entity(ROLE + element.repeat(count)))
  expect(refusal(entity(`${ROLE}<a${numbered(31, 'xmlns:p')}><a${numbered(31, 'xmlns:q')}/></a>`))).toBe(
    'accepted',
  )
  expect(refusal(entity(`${ROLE}<a${numbered(31, 'xmlns:p')}><a${numbered(32, 'xmlns:q')}/></a>`))).toContain(
    '64 prefixes',
  )
  expect(refusal(entity(`${ROLE}<a${numbered(33, 'a')}/>`))).toContain('32 attributes')
  expect(many(3_000, `<a b="" c = ''/>`)).toBe('accepted')
  expect(many(3_000, `<a b="" c = '' d="'"/>`)).toContain('8000 attributes')
})

test('too many references, line ends or quotes are refused', () => {
  const filled = (text: string, times: number) => refusal(entity(ROLE + text.repeat(times)))
  expect(filled('&amp;', 9_999)).toBe('accepted')
  expect(filled('&amp;', 10_001)).toContain('10000 entity and character references')
  expect(filled('\r\n', 9_000)).toBe('accepted')
  expect(filled('\r\n', 10_001)).toContain('20000 line ends')
  expect(filled('>', 20_001)).toContain('20000 characters')
  expect(filled('"', 60_001)).toContain('60000 quotes')
})
