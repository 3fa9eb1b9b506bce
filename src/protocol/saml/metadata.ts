// Reads an identity provider's SAML metadata. Its signature isn't checked: an administrator provides the document, or its
// address over TLS, and reviews what was read before saving it. @see SAML 2.0 Metadata §2.4
import { childrenOf } from './elements.ts'
import { DS, HTTP_POST, HTTP_REDIRECT, METADATA as MD, PROTOCOL } from './names.ts'
import { readXml, type XmlElement } from './xml-reader.ts'
import { XmlError } from './xml-scan.ts'

export interface IdpMetadata {
  readonly entityId: string
  /** Addresses with a binding that we support, in the order of the document. */
  readonly singleSignOn: readonly Endpoint[]
  readonly singleLogout: readonly Endpoint[]
  /** Base64 of DER, without spaces, in the order of the document. */
  readonly signingCertificates: readonly string[]
  readonly nameIdFormats: readonly string[]
  readonly wantsSignedRequests: boolean
  /** Unchanged; null when it doesn't expire. */
  readonly validUntil: string | null
}

export interface Endpoint {
  readonly binding: 'redirect' | 'post'
  readonly location: string
}

const BINDINGS: ReadonlyMap<string, Endpoint['binding']> = new Map([
  [HTTP_REDIRECT, 'redirect'],
  [HTTP_POST, 'post'],
])

/**
 * Reads the metadata of one identity provider. Comments are removed first: several products write many.
 * @throws {XmlError} it isn't the metadata of one identity provider
 */
export function readIdpMetadata(text: string): IdpMetadata {
  const entity = idpEntity(readXml(withoutComments(text)))
  const entityId = entity.attributes.get('entityID')?.trim()
  if (!entityId) throw new XmlError('has no entityID')
  const role = idpRole(entity)
  if (!role) throw new XmlError('describes no identity provider (it has no IDPSSODescriptor)')
  return {
    entityId,
    singleSignOn: endpoints(role, 'SingleSignOnService'),
    singleLogout: endpoints(role, 'SingleLogoutService'),
    signingCertificates: signingCertificates(role),
    nameIdFormats: childrenOf(role, MD, 'NameIDFormat').map(({ text: format }) => format.trim()),
    wantsSignedRequests: isXmlTrue(role.attributes.get('WantAuthnRequestsSigned')),
    validUntil: role.attributes.get('validUntil') ?? entity.attributes.get('validUntil') ?? null,
  }
}

/** An unclosed comment stays, and the scan refuses it. */
function withoutComments(text: string): string {
  let rest = text
  let kept = ''
  for (;;) {
    const start = rest.indexOf('<!--')
    const end = start < 0 ? -1 : rest.indexOf('-->', start + '<!--'.length)
    if (end < 0) return kept + rest
    kept += rest.slice(0, start)
    rest = rest.slice(end + '-->'.length)
  }
}

/** Returns the root, or the only identity provider of a list. */
function idpEntity(root: XmlElement): XmlElement {
  if (root.namespace !== MD) throw new XmlError('is not SAML metadata (EntityDescriptor)')
  if (root.name === 'EntityDescriptor') return root
  if (root.name !== 'EntitiesDescriptor') throw new XmlError('is not SAML metadata (EntityDescriptor)')
  const [entity, ...more] = childrenOf(root, MD, 'EntityDescriptor').filter(idpRole)
  if (!entity) throw new XmlError('describes no identity provider (it has no IDPSSODescriptor)')
  if (more.length > 0) throw new XmlError('describes several identity providers; give the metadata of one')
  return entity
}

function idpRole(entity: XmlElement): XmlElement | undefined {
  return childrenOf(entity, MD, 'IDPSSODescriptor').find((role) =>
    (role.attributes.get('protocolSupportEnumeration') ?? '').split(/\s+/).includes(PROTOCOL),
  )
}

function endpoints(role: XmlElement, name: string): Endpoint[] {
  return childrenOf(role, MD, name).flatMap(({ attributes }) => {
    const binding = BINDINGS.get(attributes.get('Binding') ?? '')
    const location = attributes.get('Location')?.trim()
    return binding && location ? [{ binding, location }] : []
  })
}

/** A key without `use` serves both purposes. */
function signingCertificates(role: XmlElement): string[] {
  const keys = childrenOf(role, MD, 'KeyDescriptor').filter(
    ({ attributes }) => (attributes.get('use') ?? 'signing') === 'signing',
  )
  const certificates = keys
    .flatMap((key) => childrenOf(key, DS, 'KeyInfo'))
    .flatMap((info) => childrenOf(info, DS, 'X509Data'))
    .flatMap((data) => childrenOf(data, DS, 'X509Certificate'))
    .map(({ text }) => text.replace(/\s+/g, ''))
  return [...new Set(certificates)].filter((certificate) => certificate !== '')
}

function isXmlTrue(value: string | undefined): boolean {
  return value === 'true' || value === '1'
}
