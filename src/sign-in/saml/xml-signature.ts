// Enveloped XML signatures, by xml-crypto: verified with the keys of the given certificates alone, and by nothing but the
// algorithms that the profile lets in; the library's own lists have SHA-1 in them, and know no ECDSA.
// The shape of a signature is demanded before (protocol/saml/signature.ts).
import { createHash } from 'node:crypto'
import { DOMParser } from '@xmldom/xmldom'
import { ExclusiveCanonicalization, type HashAlgorithm, type SignatureAlgorithm, SignedXml } from 'xml-crypto'
import { SamlError } from '#protocol/saml/elements.ts'
import {
  DIGEST_METHODS,
  DS,
  ENVELOPED,
  EXCLUSIVE_C14N,
  RSA_SHA256,
  SHA256,
  SIGNATURE_METHODS,
  type SignatureMethod,
  signatureMethodOf,
} from '#protocol/saml/names.ts'
import { isSignedBy, signatureValue } from './signature-value.ts'

/**
 * @param text was scanned, and read by readXml()
 * @param name of the signed element: the root, or the only child of the root that is called so
 * @returns the bytes that the signature covers, in canonical form; nothing else of the text was said by anybody
 * @throws {SamlError}
 */
export function verifyXml(text: string, name: string, certificates: readonly string[]): string {
  try {
    const signed = new SignedXml()
    signed.idAttributes = ['ID']
    signed.CanonicalizationAlgorithms = pickAllowed(signed.CanonicalizationAlgorithms, [
      ENVELOPED,
      EXCLUSIVE_C14N,
    ])
    signed.HashAlgorithms = mapRecord(DIGEST_METHODS, hashAlgorithm)
    signed.SignatureAlgorithms = mapRecord(SIGNATURE_METHODS, (method) => verifier(method, certificates))
    signed.getCertFromKeyInfo = () => null
    signed.publicCert = certificates[0] ?? '' // the library wants one; the verifier knows them all
    const signature = signatureOf(text, name)
    if (!isSigned(signature, certificates)) throw new Error('what a stranger brings gets no further')
    if (!hasDigest(signature)) throw new Error('a signature of something else gets no further')
    signed.loadSignature(signature)
    if (signed.checkSignature(text)) {
      const [bytes, ...more] = signed.getSignedReferences()
      if (bytes !== undefined && more.length === 0) return bytes
    }
  } catch {
    // What the library says quotes the message.
  }
  throw new SamlError('the signature does not verify with a certificate of this identity provider')
}

/** Puts our signature behind the Issuer, where the schemas of SAML have it. @param keys PEM */
export function signXml(
  text: string,
  keys: { readonly privateKey: string; readonly certificate: string },
): string {
  const signed = new SignedXml({
    privateKey: keys.privateKey,
    publicCert: keys.certificate,
    idAttribute: 'ID',
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXCLUSIVE_C14N,
  })
  signed.SignatureAlgorithms[RSA_SHA256] = class implements SignatureAlgorithm {
    getAlgorithmName = () => RSA_SHA256
    getSignature = (info: unknown) => signatureValue(keys.privateKey, String(info)).toString('base64')
    verifySignature = () => false
  } as never
  signed.addReference({ xpath: '/*', transforms: [ENVELOPED, EXCLUSIVE_C14N], digestAlgorithm: SHA256 })
  signed.computeSignature(text, {
    prefix: 'ds',
    location: { reference: "/*/*[local-name(.)='Issuer']", action: 'after' },
  })
  return signed.getSignedXml()
}

// The library searches the document by XPath several times before it compares anything, which takes ten times as long as
// what follows here. So what it would refuse anyway is refused before, by the same canonicalization and in the same order as
// in its core: first the signature of SignedInfo, then the digest. The library has the last word.

/** Whether SignedInfo is signed at all. */
function isSigned(signature: Element, certificates: readonly string[]): boolean {
  const info = onlyNamed(signature, 'SignedInfo')
  const value = onlyNamed(signature, 'SignatureValue')
  const method = signatureMethodOf(onlyNamed(info, 'SignatureMethod').getAttribute('Algorithm') ?? undefined)
  const bytes = new ExclusiveCanonicalization().process(info.cloneNode(true) as Element, {})
  return (
    method !== undefined &&
    isSignedBy(
      certificates,
      method,
      Buffer.from(String(bytes)),
      Buffer.from(value.textContent ?? '', 'base64'),
    )
  )
}

/** Whether the element around the signature, without it, has the digest that SignedInfo names. */
function hasDigest(signature: Element): boolean {
  const reference = onlyNamed(onlyNamed(signature, 'SignedInfo'), 'Reference')
  const method = onlyNamed(reference, 'DigestMethod').getAttribute('Algorithm') ?? ''
  const hash = DIGEST_METHODS[method as keyof typeof DIGEST_METHODS]
  const value = onlyNamed(reference, 'DigestValue').textContent ?? ''
  const bytes = withoutSignature(signature, (parent) =>
    new ExclusiveCanonicalization().process(parent, {
      inclusiveNamespacesPrefixList: prefixesOf(reference),
      ancestorNamespaces: namespacesAround(parent),
    }),
  )
  return createHash(hash).update(String(bytes)).digest().equals(Buffer.from(value, 'base64'))
}

/** The signature is put back afterwards: the library reads it there. */
function withoutSignature<Result>(signature: Element, work: (parent: Element) => Result): Result {
  const parent = signature.parentNode as Element
  const next = signature.nextSibling
  parent.removeChild(signature)
  try {
    return work(parent)
  } finally {
    parent.insertBefore(signature, next)
  }
}

/** Prefixes whose declarations are signed wherever they stand. @see Exclusive XML Canonicalization 1.0 §3 (InclusiveNamespaces) */
function prefixesOf(reference: Element): string[] {
  const last = childrenOf(onlyNamed(reference, 'Transforms')).findLast(isNamed('Transform'))
  return childrenOf(last)
    .filter(isNamed('InclusiveNamespaces'))
    .flatMap((list) => (list.getAttribute('PrefixList') ?? '').split(' '))
    .filter((prefix) => prefix !== '')
}

/** What the elements around this one declare and it doesn't; of two declarations of a prefix, the inner one. */
function namespacesAround(element: Element): { prefix: string; namespaceURI: string }[] {
  const found = new Map<string, string>()
  for (let at: Element | null = element; at?.attributes; at = at.parentNode as Element | null) {
    for (const { prefix, localName, value } of Array.from(at.attributes))
      if (prefix === 'xmlns' && !found.has(localName)) found.set(localName, at === element ? '' : value)
  }
  return [...found].flatMap(([prefix, namespaceURI]) =>
    namespaceURI === '' ? [] : [{ prefix, namespaceURI }],
  )
}

function signatureOf(text: string, name: string): Element {
  const root = new DOMParser().parseFromString(text, 'text/xml').documentElement
  const parent = root.localName === name ? root : onlyNamed(root, name)
  return only(parent, (child) => child.localName === 'Signature' && child.namespaceURI === DS)
}

function onlyNamed(parent: Element, name: string): Element {
  return only(parent, isNamed(name))
}

function only(parent: Element, isWanted: (child: Element) => boolean): Element {
  const [child, ...more] = childrenOf(parent).filter(isWanted)
  if (!child || more.length > 0) throw new Error('not exactly one')
  return child
}

function childrenOf(parent: Element | undefined): Element[] {
  return parent ? Array.from(parent.childNodes as unknown as ArrayLike<Element>) : []
}

function isNamed(name: string): (child: Element) => boolean {
  return ({ localName }) => localName === name
}

function pickAllowed<Kind>(all: Record<string, Kind>, names: readonly string[]): Record<string, Kind> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)))
}

function mapRecord<Value, Made>(
  values: Readonly<Record<string, Value>>,
  make: (value: Value, name: string) => Made,
): Record<string, Made> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, make(value, name)]))
}

function hashAlgorithm(hash: string, name: string): new () => HashAlgorithm {
  return class implements HashAlgorithm {
    getAlgorithmName = () => name as never
    getHash = (xml: string) => createHash(hash).update(xml).digest('base64')
  }
}

/** One pass over the document, whichever of the certificates it is. */
function verifier(method: SignatureMethod, certificates: readonly string[]): new () => SignatureAlgorithm {
  return class {
    getAlgorithmName = () => ''
    getSignature = () => {
      throw new Error('this only verifies')
    }
    verifySignature = (signed: string, _key: unknown, value: string) =>
      isSignedBy(certificates, method, Buffer.from(signed), Buffer.from(value, 'base64'))
  } as never
}
