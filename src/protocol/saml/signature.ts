// Checks the shape of an enveloped signature before it is verified: one SignedInfo with one Reference to the element that
// contains the signature, and only algorithms of our profile. Others verify it. @see XML Signature §4, SAML 2.0 Core §5.4
import { childrenOf, everyElement, onlyChild, requireChildrenAmong, requireThat, textOf } from './elements.ts'
import { DIGEST_METHODS, DS, ENVELOPED, EXCLUSIVE_C14N, signatureMethodOf } from './names.ts'
import type { XmlElement } from './xml-reader.ts'

/** Base64 of a 16,384-bit signature. */
const SIGNATURE_CHARACTERS = 4_096
/**
 * Elements around the signed one and in its signature: about 40 with two signatures, and one for each certificate of a chain.
 */
const UNSIGNED_ELEMENTS = 64

/**
 * @param root of the document @param parent the element that should be signed
 * @throws {SamlError}
 */
export function requireSignatureShape(root: XmlElement, parent: XmlElement): void {
  const signature = onlyChild(parent, DS, 'Signature')
  // The signature doesn't cover these elements, so anyone could add to them.
  const unsigned = countElements(root) - countElements(parent) + countElements(signature)
  requireThat(unsigned <= UNSIGNED_ELEMENTS, 'too many elements are not signed')
  requireChildrenAmong(signature, [
    [DS, 'SignedInfo'],
    [DS, 'SignatureValue'],
    [DS, 'KeyInfo'], // ignored: the trusted keys are configured
  ])
  requireSignedInfo(onlyChild(signature, DS, 'SignedInfo'), parent.attributes.get('ID'))
  const value = textOf(onlyChild(signature, DS, 'SignatureValue'))
  requireThat(value !== '' && value.length <= SIGNATURE_CHARACTERS, 'the SignatureValue is empty or too long')
}

function requireSignedInfo(signedInfo: XmlElement, parentId: string | undefined): void {
  const { length } = signedInfo.children
  const canonicalization = onlyChild(signedInfo, DS, 'CanonicalizationMethod')
  const isExclusive = canonicalization.attributes.get('Algorithm') === EXCLUSIVE_C14N
  requireThat(
    isExclusive && canonicalization.children.length === 0,
    'the CanonicalizationMethod is not plain Exclusive C14N',
  )
  const method = onlyChild(signedInfo, DS, 'SignatureMethod').attributes.get('Algorithm')
  requireThat(
    signatureMethodOf(method) !== undefined,
    'the SignatureMethod is not allowed (RSA or ECDSA, SHA-256 and up)',
  )
  const reference = onlyChild(signedInfo, DS, 'Reference')
  requireThat(length === 3, 'SignedInfo contains an element that is not allowed')
  requireThat(
    parentId !== undefined && /^[A-Za-z_][\w.-]*$/.test(parentId),
    'the signed element has no valid ID',
  )
  requireThat(
    reference.attributes.get('URI') === `#${parentId}`,
    'the Reference is not to the element around the signature',
  )
  requireChildrenAmong(reference, [
    [DS, 'Transforms'],
    [DS, 'DigestMethod'],
    [DS, 'DigestValue'],
  ])
  requireTransforms(onlyChild(reference, DS, 'Transforms'))
  const digest = onlyChild(reference, DS, 'DigestMethod').attributes.get('Algorithm') ?? ''
  requireThat(Object.hasOwn(DIGEST_METHODS, digest), 'the DigestMethod is not allowed (SHA-256 and up)')
  textOf(onlyChild(reference, DS, 'DigestValue'))
}

/** The enveloped signature is removed, then the rest is canonicalized. */
function requireTransforms(transforms: XmlElement): void {
  const algorithms = childrenOf(transforms, DS, 'Transform').map(({ attributes }) =>
    attributes.get('Algorithm'),
  )
  const isLetIn =
    transforms.children.length === 2 && algorithms[0] === ENVELOPED && algorithms[1] === EXCLUSIVE_C14N
  requireThat(isLetIn, 'the Transforms are not the enveloped signature and Exclusive C14N')
}

function countElements(element: XmlElement): number {
  return element.children.reduce((sum, child) => sum + countElements(child), 1)
}

/**
 * Refuses what could make two readers disagree on the signed element: a repeated ID, or a signature in an unexpected place.
 * @param signed elements that may contain a signature @throws {SamlError}
 */
export function requireUnambiguous(root: XmlElement, signed: readonly XmlElement[]): void {
  const ids = new Set<string>()
  const signatures = new Set(signed.flatMap((element) => childrenOf(element, DS, 'Signature')))
  for (const element of everyElement(root)) {
    for (const name of ['ID', 'Id', 'id']) {
      const id = element.attributes.get(name)
      if (id === undefined) continue
      requireThat(!ids.has(id), 'an ID is repeated')
      ids.add(id)
    }
    requireThat(
      element.name !== 'Signature' || signatures.has(element),
      'a Signature stands where none is allowed',
    )
  }
}
