// Converts SAML metadata to sign-in details that an administrator reviews before saving.
import { Invalid } from '#errors.ts'
import { type GuardedFetch, Unreachable } from '#platform/network/fetch.ts'
import { type Endpoint, type IdpMetadata, readIdpMetadata } from '#protocol/saml/metadata.ts'
import { XmlError } from '#protocol/saml/xml-scan.ts'
import { readCertificates } from './certificates.ts'
import type { Details } from './details.ts'

export interface ImportedMetadata {
  readonly details: Details
  readonly nameIdFormats: readonly string[]
  readonly validUntil: string | null
  /** What sign-in still needs, or what the administrator should check. */
  readonly warnings: readonly ImportWarning[]
}

export type ImportWarning = 'no-sso-url' | 'no-certificate' | 'expired-metadata'

/** Converts metadata to details. @param field the caller's name for the text, used in errors @throws {Invalid} */
export function importMetadata(xml: string, now: Date, field: string): ImportedMetadata {
  const metadata = readMetadata(xml, field)
  const sso = metadata.singleSignOn[0]
  const certificates = readBase64Certificates(metadata.signingCertificates, field)
  return {
    details: {
      entityIssuer: metadata.entityId,
      ...(sso && { ssoUrl: sso.location, ssoBinding: sso.binding }),
      ...logout(metadata.singleLogout),
      ...(metadata.nameIdFormats[0] && { nameIdFormat: metadata.nameIdFormats[0] }),
      ...(certificates.length > 0 && { certificates }),
      signRequests: metadata.wantsSignedRequests,
    },
    nameIdFormats: metadata.nameIdFormats,
    validUntil: metadata.validUntil,
    warnings: warningsOf(metadata, certificates, now),
  }
}

/** Fetches metadata from a URL, and stores the URL in the details. @throws {Invalid} `url` */
export async function fetchMetadata(fetch: GuardedFetch, url: string, now: Date): Promise<ImportedMetadata> {
  const accept = 'application/samlmetadata+xml, application/xml, text/xml'
  const answer = await fetch(url, { headers: { accept } }).catch((error: unknown) => {
    if (error instanceof Unreachable) throw new Invalid('url', `cannot be read: ${error.message}`)
    throw error
  })
  if (answer.status !== 200)
    throw new Invalid('url', `cannot be read: it answers with status ${answer.status}`)
  const imported = importMetadata(answer.text, now, 'url')
  return { ...imported, details: { ...imported.details, metadataUrl: url } }
}

function readMetadata(xml: string, field: string): IdpMetadata {
  try {
    return readIdpMetadata(xml)
  } catch (error) {
    if (error instanceof XmlError) throw new Invalid(field, error.message)
    throw error
  }
}

function readBase64Certificates(certificates: readonly string[], field: string): string[] {
  if (certificates.length === 0) return []
  const pem = certificates.map((text) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`)
  try {
    return readCertificates(pem.join('\n'))
  } catch (error) {
    if (error instanceof Invalid) throw new Invalid(field, error.message.replace('certificates ', ''))
    throw error
  }
}

function logout(endpoints: readonly Endpoint[]): { sloUrl?: string } {
  const redirect = endpoints.find(({ binding }) => binding === 'redirect') ?? endpoints[0]
  return redirect ? { sloUrl: redirect.location } : {}
}

function warningsOf(metadata: IdpMetadata, certificates: readonly string[], now: Date): ImportWarning[] {
  const { singleSignOn, validUntil } = metadata
  return [
    ...(singleSignOn.length === 0 ? (['no-sso-url'] as const) : []),
    ...(certificates.length === 0 ? (['no-certificate'] as const) : []),
    ...(validUntil !== null && new Date(validUntil) < now ? (['expired-metadata'] as const) : []),
  ]
}
