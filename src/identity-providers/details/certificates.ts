import { X509Certificate } from 'node:crypto'
import { Invalid } from '#errors.ts'

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g
const FILE_CHARACTERS = 65_536
const CERTIFICATES = 10

/**
 * The certificates of a PEM text, in its order, each in the standard spelling.
 * @throws {Invalid} `certificates`: none, too many, unreadable, or a private key among them
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

/** SHA-256 of the certificate, as `AB:CD:…`. @param pem one certificate */
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

/** What an administrator looks at; one that has expired is shown so, not refused. @param pem one certificate */
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

/** Until when one of them is good; undefined where there is none. @param pems one certificate each */
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

/** As SAML metadata has it: DER in base64. @param pem one certificate */
export function derOf(pem: string): string {
  return new X509Certificate(pem).raw.toString('base64')
}
