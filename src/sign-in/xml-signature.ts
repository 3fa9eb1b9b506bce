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
export function verifiedXml(text: string, name: string, certificates: readonly string[]): string {
  try {
    const signed = new SignedXml()
    signed.idAttributes = ['ID']
    signed.CanonicalizationAlgorithms = letIn(signed.CanonicalizationAlgorithms, [ENVELOPED, EXCLUSIVE_C14N])
    signed.HashAlgorithms = mapped(DIGEST_METHODS, hashAlgorithm)
    signed.SignatureAlgorithms = mapped(SIGNATURE_METHODS, (method) => verifier(method, certificates))
    signed.getCertFromKeyInfo = () => null
    signed.publicCert = certificates[0] ?? '' // the library wants one; the verifier knows them all
    const signature = signatureOf(text, name)
    if (!isSigned(signature, certificates)) throw new Error('what a stranger brings gets no further')
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
export function signedXml(
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

/**
 * Whether SignedInfo is signed at all, which is quick to know. The library comes to that last, after it has searched and
 * digested the whole document: up to 0.1 s of work, which is done only for who has something that was signed.
 */
function isSigned(signature: Element, certificates: readonly string[]): boolean {
  const [info, value] = ['SignedInfo', 'SignatureValue'].map((name) =>
    only(signature, (child) => child.localName === name),
  ) as [Element, Element]
  const method = signatureMethodOf(
    only(info, (child) => child.localName === 'SignatureMethod').getAttribute('Algorithm') ?? undefined,
  )
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

function signatureOf(text: string, name: string): Element {
  const root = new DOMParser().parseFromString(text, 'text/xml').documentElement
  const parent = root.localName === name ? root : only(root, (child) => child.localName === name)
  return only(parent, (child) => child.localName === 'Signature' && child.namespaceURI === DS)
}

function only(parent: Element, isWanted: (child: Element) => boolean): Element {
  const wanted = Array.from(parent.childNodes as unknown as ArrayLike<Element>).filter(isWanted)
  const [child, ...more] = wanted
  if (!child || more.length > 0) throw new Error('not exactly one')
  return child
}

function letIn<Kind>(all: Record<string, Kind>, names: readonly string[]): Record<string, Kind> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)))
}

function mapped<Value, Made>(
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
