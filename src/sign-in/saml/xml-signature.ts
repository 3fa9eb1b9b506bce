// Enveloped XML signatures with xml-crypto. Only keys of the given certificates and algorithms of our profile are accepted: the
// library's defaults include SHA-1 and lack ECDSA. The signature's shape is checked before (protocol/saml/signature.ts).
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
 * Verifies a signature. @param text accepted by readXml()
 * @param name the signed element: the root, or the root's only child of this name
 * @returns the signed bytes, in canonical form; nothing else of the text is trusted
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
    signed.publicCert = certificates[0] ?? '' // required by the library; our verifier tries all
    const signature = signatureOf(text, name)
    if (!isSigned(signature, certificates)) throw new Error('what a stranger brings gets no further')
    if (!hasDigest(signature)) throw new Error('a signature of something else gets no further')
    signed.loadSignature(signature)
    if (signed.checkSignature(text)) {
      const [bytes, ...more] = signed.getSignedReferences()
      if (bytes !== undefined && more.length === 0) return bytes
    }
  } catch {
    // The library's error text quotes the message.
  }
  throw new SamlError('the signature does not verify with a certificate of this identity provider')
}

/** Signs a message. The signature follows the Issuer, as the SAML schema requires. @param keys PEM */
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

// The library searches the document by XPath several times before it compares anything, which takes ten times as long as these
// checks. So messages that it would refuse are refused before, with the same canonicalization and in its order: first the
// signature of SignedInfo, then the digest. The library has the final say.

/** Returns whether a certificate's key signed SignedInfo. */
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

/** Returns whether the element around the signature has the digest in SignedInfo. */
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

/** Restores the signature afterwards, as the library reads it there. */
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

/**
 * Returns the prefixes whose declarations are always signed. @see Exclusive XML Canonicalization 1.0 §3 (InclusiveNamespaces)
 */
function prefixesOf(reference: Element): string[] {
  const last = childrenOf(onlyNamed(reference, 'Transforms')).findLast(isNamed('Transform'))
  return childrenOf(last)
    .filter(isNamed('InclusiveNamespaces'))
    .flatMap((list) => (list.getAttribute('PrefixList') ?? '').split(' '))
    .filter((prefix) => prefix !== '')
}

/**
 * Returns namespaces that the surrounding elements declare and this one doesn't. The innermost declaration of a prefix counts.
 */
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

/** Verifies with all certificates in one pass over the document. */
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
