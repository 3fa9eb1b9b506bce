import { X509Certificate } from 'node:crypto'
import { Invalid } from '#errors.ts'

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g
const FILE_CHARACTERS = 65_536
const CERTIFICATES = 10

/**
 * Returns the certificates of a PEM text in their order, each in canonical PEM.
 * @throws {Invalid} `certificates`: none, too many, unreadable, or the text contains a private key
 */
export function readCertificates(pem: string): string[] {
  if (pem.length > FILE_CHARACTERS) throw invalid(`must have at most ${FILE_CHARACTERS} characters`)
  const blocks = [...pem.matchAll(PEM)].map(([text, label = '']) => ({ text, label }))
  if (blocks.some(({ label }) => label.includes('PRIVATE KEY'))) {
    throw invalid('must not hold a private key; give the certificate alone')
  }
  const certificates = blocks
    .filter(({ label }) => label === 'CERTIFICATE')
    .map(({ text }) => readCertificate(text))
  if (certificates.length === 0)
    throw invalid('must hold a certificate in PEM form (-----BEGIN CERTIFICATE-----)')
  if (certificates.length > CERTIFICATES) throw invalid(`must hold at most ${CERTIFICATES} certificates`)
  return [...new Set(certificates)]
}

/** Returns the SHA-256 fingerprint of a certificate as `AB:CD:…`. @param pem one certificate */
export function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256
}

export interface CertificateFacts {
  readonly pem: string
  readonly subject: string
  readonly fingerprint: string
  readonly notBefore: Date
  readonly notAfter: Date
}

/**
 * Returns what is shown of a certificate. An expired one is shown as expired, not refused.
 * @param pem one certificate
 */
export function describeCertificate(pem: string): CertificateFacts {
  const { subject, fingerprint256, validFromDate, validToDate } = new X509Certificate(pem)
  return {
    pem,
    subject: subject.replaceAll('\n', ', '),
    fingerprint: fingerprint256,
    notBefore: validFromDate,
    notAfter: validToDate,
  }
}

/**
 * Returns the latest expiry date of the certificates, or undefined if there are none.
 * @param pems one certificate each
 */
export function goodUntil(pems: readonly string[]): Date | undefined {
  const ends = pems.map((pem) => describeCertificate(pem).notAfter)
  return ends.toSorted((a, b) => b.getTime() - a.getTime())[0]
}

function readCertificate(pem: string): string {
  try {
    return new X509Certificate(pem).toString()
  } catch {
    throw invalid('holds a certificate that cannot be read')
  }
}

function invalid(rule: string): Invalid {
  return new Invalid('certificates', rule)
}

/** Returns a certificate as SAML metadata contains it: DER in base64. @param pem one certificate */
export function derOf(pem: string): string {
  return new X509Certificate(pem).raw.toString('base64')
}
