// An identity provider that says whatever a test wants it to, true or not, and signs it with whatever key.
import { createCipheriv, createHmac, publicEncrypt, randomBytes, randomUUID, sign } from 'node:crypto'
import { type HashAlgorithmType, type SignatureAlgorithmType, SignedXml } from 'xml-crypto'
import type { KeyPair } from './key-pair.ts'

export const ISSUER = 'https://idp.example/entity'
const SAMLP = 'urn:oasis:names:tc:SAML:2.0:protocol'
const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'

/** null: it is left out. Times are seconds from now. */
export interface Said {
  readonly key: KeyPair
  readonly nameId: string
  readonly entityId: string
  readonly acsUrl: string
  readonly inResponseTo: string | null
  readonly sign?: 'assertion' | 'response' | 'none'
  readonly signatureAlgorithm?: string
  readonly digestAlgorithm?: string
  readonly transforms?: readonly string[]
  readonly nameIdAttributes?: string
  readonly issuer?: string
  readonly responseIssuer?: string
  readonly audience?: string | null
  readonly recipient?: string | null
  readonly destination?: string | null
  readonly responseInResponseTo?: string | null
  readonly notBefore?: number
  readonly notOnOrAfter?: number | null
  readonly confirmedUntil?: number | null
  readonly sessionNotOnOrAfter?: number
  readonly authnInstant?: number | null
  readonly method?: string
  readonly confirmations?: number
  readonly status?: string
  readonly sessionIndex?: string
  readonly authnContext?: string
  readonly attributes?: Readonly<Record<string, string>>
  /** Markup at the end of the Response, and at the end of the assertion before it is signed. */
  readonly insert?: string
  readonly insertInAssertion?: string
  /** Certificate of ours, to which the assertion is encrypted once it is signed. */
  readonly encryptTo?: string
  readonly cipher?: 'aes256-gcm' | 'aes256-cbc'
  /** What happens to the text when all is done. */
  readonly inTransit?: (xml: string) => string
}

export function assertionId(): string {
  return `_${randomUUID()}`
}

/** @returns the field of the form */
export function response(said: Said): string {
  const bare = assertion(said)
  const signed =
    said.sign === undefined || said.sign === 'assertion' ? signedBy(bare, 'Assertion', said) : bare
  const enclosed = said.encryptTo === undefined ? signed : encrypted(signed, said.encryptTo, said.cipher)
  const whole = wrapper(enclosed, said)
  const xml = said.sign === 'response' ? signedBy(whole, 'Response', said) : whole
  return Buffer.from(said.inTransit ? said.inTransit(xml) : xml).toString('base64')
}

function at(seconds: number): string {
  return new Date(Date.now() + seconds * 1_000).toISOString()
}

function attribute(name: string, value: string | null | undefined): string {
  return value === null || value === undefined ? '' : ` ${name}="${value}"`
}

function wrapper(enclosed: string, said: Said): string {
  const { destination = said.acsUrl, responseInResponseTo = said.inResponseTo, insert = '' } = said
  const status = said.status ?? 'urn:oasis:names:tc:SAML:2.0:status:Success'
  return `<samlp:Response xmlns:samlp="${SAMLP}" ID="${assertionId()}" Version="2.0" IssueInstant="${at(0)}"${attribute('Destination', destination)}${attribute('InResponseTo', responseInResponseTo)}><saml:Issuer xmlns:saml="${SAML}">${said.responseIssuer ?? said.issuer ?? ISSUER}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${status}"/></samlp:Status>${enclosed}${insert}</samlp:Response>`
}

function assertion(said: Said): string {
  const { audience = said.entityId, recipient = said.acsUrl, notOnOrAfter = 300, confirmedUntil = 300 } = said
  const until = confirmedUntil === null ? null : at(confirmedUntil)
  const confirmation = `<saml:SubjectConfirmation Method="${said.method ?? 'urn:oasis:names:tc:SAML:2.0:cm:bearer'}"><saml:SubjectConfirmationData${attribute('NotOnOrAfter', until)}${attribute('Recipient', recipient)}${attribute('InResponseTo', said.inResponseTo)}/></saml:SubjectConfirmation>`
  const restriction =
    audience === null
      ? ''
      : `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction>`
  const { authnInstant = -5 } = said
  const authenticated = authnInstant === null ? null : at(authnInstant)
  const session = said.sessionNotOnOrAfter === undefined ? null : at(said.sessionNotOnOrAfter)
  const attributes = Object.entries(said.attributes ?? {}).map(
    ([name, value]) =>
      `<saml:Attribute Name="${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`,
  )
  const statement =
    attributes.length > 0 ? `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>` : ''
  return `<saml:Assertion xmlns:saml="${SAML}" ID="${assertionId()}" Version="2.0" IssueInstant="${at(0)}"><saml:Issuer>${said.issuer ?? ISSUER}</saml:Issuer><saml:Subject><saml:NameID${said.nameIdAttributes ?? ''}>${said.nameId}</saml:NameID>${confirmation.repeat(said.confirmations ?? 1)}</saml:Subject><saml:Conditions NotBefore="${at(said.notBefore ?? -30)}"${attribute('NotOnOrAfter', notOnOrAfter === null ? null : at(notOnOrAfter))}>${restriction}</saml:Conditions><saml:AuthnStatement${attribute('AuthnInstant', authenticated)}${attribute('SessionIndex', said.sessionIndex)}${attribute('SessionNotOnOrAfter', session)}><saml:AuthnContext><saml:AuthnContextClassRef>${said.authnContext ?? 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password'}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>${statement}${said.insertInAssertion ?? ''}</saml:Assertion>`
}

interface Signing {
  readonly key: KeyPair
  readonly signatureAlgorithm?: string
  readonly digestAlgorithm?: string
  readonly transforms?: readonly string[]
}

export function signedBy(xml: string, name: string, { key, ...how }: Signing): string {
  const algorithm = (how.signatureAlgorithm ?? RSA_SHA256) as SignatureAlgorithmType
  const signed = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate, // in KeyInfo, whoever's it is
    idAttribute: 'ID',
    signatureAlgorithm: algorithm,
    canonicalizationAlgorithm: EXCLUSIVE_C14N,
  })
  signed.SignatureAlgorithms[algorithm] ??= signer(algorithm, key) as never
  signed.addReference({
    xpath: '/*',
    transforms: [
      ...(how.transforms ?? ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', EXCLUSIVE_C14N]),
    ] as never,
    digestAlgorithm: (how.digestAlgorithm ?? SHA256) as HashAlgorithmType,
  })
  const reference = `/*[local-name(.)='${name}']/*[local-name(.)='Issuer']`
  signed.computeSignature(xml, { location: { reference, action: 'after' } })
  return signed.getSignedXml()
}

/** What the library does not sign with by itself: ECDSA, and HMAC with a certificate for its key. */
function signer(algorithm: string, { privateKey, certificate }: KeyPair) {
  return class {
    getAlgorithmName = () => algorithm
    getSignature = (info: unknown) =>
      algorithm.includes('hmac')
        ? createHmac('sha1', certificate).update(String(info)).digest('base64')
        : sign('sha256', Buffer.from(String(info)), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString(
            'base64',
          )
  }
}

function encrypted(xml: string, certificate: string, cipher: Said['cipher'] = 'aes256-gcm'): string {
  const secret = randomBytes(32)
  const isGcm = cipher === 'aes256-gcm'
  const iv = randomBytes(isGcm ? 12 : 16)
  const engine = createCipheriv(isGcm ? 'aes-256-gcm' : 'aes-256-cbc', secret, iv)
  const bytes = Buffer.concat([iv, engine.update(xml, 'utf8'), engine.final()])
  const tag = isGcm ? (engine as unknown as { getAuthTag(): Buffer }).getAuthTag() : Buffer.alloc(0)
  const data = Buffer.concat([bytes, tag]).toString('base64')
  const key = publicEncrypt({ key: certificate, oaepHash: 'sha1' }, secret).toString('base64')
  const method = isGcm
    ? 'http://www.w3.org/2009/xmlenc11#aes256-gcm'
    : 'http://www.w3.org/2001/04/xmlenc#aes256-cbc'
  return `<saml:EncryptedAssertion xmlns:saml="${SAML}"><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="${method}"/><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"><DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/></xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue>${key}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></KeyInfo><xenc:CipherData><xenc:CipherValue>${data}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>`
}
