// Signatures of XML: what a library signed is verified, whatever it is written like, and any change is noticed.
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { SignedXml } from 'xml-crypto'
import { readXml, type XmlElement } from '#protocol/saml/xml-reader.ts'
import { verifyXml } from '#sign-in/saml/xml-signature.ts'
import { type KeyPair, keyPair } from './key-pair.ts'

const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'

let key: KeyPair
beforeAll(async () => {
  key = await keyPair()
})

/** @param prefixes of an InclusiveNamespaces list: declared around the element, they are signed with it */
function sign(xml: string, prefixes: readonly string[]): string {
  const signed = new SignedXml({
    privateKey: key.privateKey,
    idAttribute: 'ID',
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: EXCLUSIVE_C14N,
  })
  signed.addReference({
    xpath: "//*[local-name(.)='Assertion']",
    transforms: [ENVELOPED, EXCLUSIVE_C14N],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    inclusiveNamespacesPrefixList: [...prefixes],
  })
  signed.computeSignature(xml, {
    location: { reference: "//*[local-name(.)='Assertion']/*[1]", action: 'before' },
  })
  return signed.getSignedXml()
}

const PREFIXES = ['p', 'q', 'xs'] as const
const letters = fc.string({ unit: fc.constantFrom(...'aZ0 .é漢😀\t\n&<>"\''), maxLength: 12 })
const escapedText = letters.map((text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))
const attribute = fc
  .tuple(fc.constantFrom('a', 'b', 'p:a', 'q:a', 'xs:type'), escapedText)
  .map(([name, value]) => [name, value.replaceAll('"', '&quot;')] as const)
const declaration = fc
  .tuple(fc.constantFrom('xmlns', 'xmlns:p', 'xmlns:q', 'xmlns:xs'), fc.constantFrom('u:1', 'u:2', 'u:3'))
  .map(([name, value]) => [name, value] as const)

const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .record({
      name: fc.constantFrom('e', 'p:e', 'q:f'),
      attributes: fc.uniqueArray(fc.oneof(attribute, declaration), {
        selector: ([name]) => name,
        maxLength: 5,
      }),
      content: fc.array(fc.oneof({ maxDepth: 3 }, escapedText, tie('element')), { maxLength: 4 }),
    })
    .map(({ name, attributes, content }) => {
      const written = attributes.map(([key, value]) => ` ${key}="${value}"`).join('')
      return content.length === 0
        ? `<${name}${written}/>`
        : `<${name}${written}>${content.join('')}</${name}>`
    }),
}))

const whole = fc
  .record({
    inner: fc.array(element, { maxLength: 4 }),
    outer: fc.boolean(),
    prefixes: fc.subarray([...PREFIXES]),
  })
  .map(({ inner, outer, prefixes }) => {
    const declared = ' xmlns:p="u:p" xmlns:q="u:q" xmlns:xs="u:xs"'
    const assertion = `<Assertion ID="_1"${outer ? '' : declared}><Issuer>i</Issuer>${inner.join('')}</Assertion>`
    return { xml: `<Response${outer ? declared : ''}>${assertion}</Response>`, prefixes }
  })

test('whatever a library signed is verified, and read as it was written', () => {
  fc.assert(
    fc.property(whole, ({ xml, prefixes }) => {
      const verified = readXml(verifyXml(sign(xml, prefixes), 'Assertion', [key.certificate]))
      const [assertion] = readXml(xml).children
      expect(shapeOf(verified)).toEqual(assertion && shapeOf(assertion))
    }),
    { numRuns: 300 },
  )
})

const shapeOf = ({ namespace, name, attributes, children, text }: XmlElement): unknown => [
  namespace,
  name,
  Object.fromEntries([...attributes].sort(([a], [b]) => (a < b ? -1 : 1))),
  text,
  children.map(shapeOf),
]

test('a change of what is signed is noticed, wherever it is', () => {
  fc.assert(
    fc.property(whole, fc.nat(), ({ xml, prefixes }, where) => {
      const signed = sign(xml, prefixes)
      const at = [...signed.matchAll(/i(?=<\/Issuer>)|(?<=<\/Issuer>)/g)][where % 2]?.index ?? 0
      const changed = `${signed.slice(0, at)}x${signed.slice(at)}`
      expect(() => verifyXml(changed, 'Assertion', [key.certificate])).toThrow('does not verify')
    }),
    { numRuns: 100 },
  )
})
