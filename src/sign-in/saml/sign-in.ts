// Signing in through a SAML identity provider: the request that is sent, and the answer that is believed. An answer goes
// through the scan, the shape, the signature and the profile, in this order, so that little is done for a stranger; and
// who somebody is is read from the bytes that the signature covers. What is wrong is told to the log alone.
import { Refused, Unauthenticated } from '#errors.ts'
import type { ServiceKey } from '#identity-providers/details/service-certificates.ts'
import { serviceProviderOf } from '#identity-providers/details/service-provider.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { type ReadAssertion, readAssertion } from '#protocol/saml/assertion.ts'
import { authnRequest } from '#protocol/saml/authn-request.ts'
import { SamlError } from '#protocol/saml/elements.ts'
import { readEncryptedAssertion } from '#protocol/saml/encrypted-assertion.ts'
import { type ExpectedResponse, readResponse } from '#protocol/saml/response.ts'
import { requireSignatureShape, requireUnambiguous } from '#protocol/saml/signature.ts'
import { SKEW_SECONDS } from '#protocol/saml/timestamps.ts'
import { readXml, type XmlElement } from '#protocol/saml/xml-reader.ts'
import { scanXml, XmlError } from '#protocol/saml/xml-scan.ts'
import { deriveValue } from '../attempts.ts'
import { type Freshness, pastTime } from '../freshness.ts'
import type { Assertion } from '../identity/assertion.ts'
import type { ProviderAnswer } from '../provider-answer.ts'
import { decryptAssertion } from './encryption.ts'
import { verifyXml } from './xml-signature.ts'

/** Who we are to an identity provider, and who it is to us. */
export interface Parties {
  /** Its entityID. */
  readonly issuer: string
  readonly certificates: readonly string[]
  readonly entityId: string
  readonly acsUrl: string
  readonly logoutUrl: string
}

export function samlParties(publicUrl: string, { id, details }: IdentityProvider): Parties {
  const { entityId = '', acsUrl = '', logoutUrl = '' } = serviceProviderOf(publicUrl, id, 'saml')
  const { entityIssuer, certificates } = details
  // What is missing must not be equal to what is missing in an answer.
  if (!entityIssuer || !certificates?.length)
    throw new Refused('The sign-in details of this identity provider are not complete.')
  return { issuer: entityIssuer, certificates, entityId, acsUrl, logoutUrl }
}

/** ID of the AuthnRequest of an attempt: only the browser that began it can be answered. */
function requestIdOf(token: string): string {
  return `_${deriveValue(token, 'authn-request')}`
}

export function authnRequestOf(
  { entityId, acsUrl }: Parties,
  { details }: IdentityProvider,
  {
    token,
    fresh,
    now,
  }: { readonly token: string; readonly fresh: Freshness | undefined; readonly now: Date },
): string {
  const message = { id: requestIdOf(token), issuedAt: now, destination: details.ssoUrl ?? '', entityId }
  return authnRequest(message, acsUrl, { nameIdFormat: details.nameIdFormat, fresh: fresh === 'sign-in' })
}

export interface ResponseContext {
  readonly parties: Parties
  /** Of the attempt; null: the answer comes unasked, which the identity provider's details have to allow. */
  readonly token: string | null
  readonly now: Date
  /** Asked for when something is encrypted to us. */
  readonly keys: () => Promise<readonly ServiceKey[]>
}

/**
 * @param text of the Response, from the form
 * @throws {Unauthenticated} whatever is wrong with it, which is the cause
 */
export async function receiveResponse(text: string, receiving: ResponseContext): Promise<ProviderAnswer> {
  const { parties, token, now } = receiving
  const { issuer, entityId, acsUrl } = parties
  const expected = { issuer, entityId, acsUrl, requestId: token === null ? null : requestIdOf(token), now }
  const said = await readVerifiedAssertion(text, expected, receiving).catch((error: unknown) => {
    throw toUnauthenticated(error)
  })
  return {
    assertion: assertionOf(issuer, said, now),
    message: { id: `assertion ${said.id}`, expiresAt: said.expiresAt },
  }
}

/** What the identity provider must not be told apart by. */
export function toUnauthenticated(error: unknown): unknown {
  if (error instanceof SamlError || error instanceof XmlError)
    return new Unauthenticated('The answer of the identity provider was not accepted', { cause: error })
  return error
}

/** Whether an answer claims to be one to a request of ours; what it claims is checked when it is received. */
export function hasInResponseTo(text: string): boolean {
  try {
    return readXml(text).attributes.has('InResponseTo')
  } catch {
    return true // and nothing that could be received
  }
}

async function readVerifiedAssertion(
  text: string,
  expected: ExpectedResponse,
  { parties, keys }: ResponseContext,
): Promise<ReadAssertion> {
  // Line ends are one letter to whoever parses: XML 1.0 §2.11.
  const scanned = scanXml(text).replace(/\r\n?/g, '\n')
  const root = readXml(scanned)
  const enclosed = readResponse(root, expected)
  if ('assertion' in enclosed) return verifyAssertion(scanned, root, enclosed.assertion, expected, parties)
  const encrypted = readEncryptedAssertion(enclosed.encrypted)
  const inside = decryptAssertion(
    encrypted,
    (await keys()).map(({ privateKey }) => privateKey),
  )
  const plain = scanXml(inside).trim().replace(/\r\n?/g, '\n')
  const assertion = readXml(plain)
  requireUnambiguous(assertion, [assertion])
  return verifyAssertion(plain, assertion, assertion, expected, parties)
}

function verifyAssertion(
  text: string,
  root: XmlElement,
  assertion: XmlElement,
  expected: ExpectedResponse,
  { certificates }: Parties,
): ReadAssertion {
  readAssertion(assertion, expected) // what could not be believed anyway is not worth its verification
  requireSignatureShape(root, assertion)
  return readAssertion(readXml(verifyXml(text, 'Assertion', certificates)), expected)
}

function assertionOf(issuer: string, said: ReadAssertion, now: Date): Assertion {
  const { nameId, attributes, authnContext, sessionIndex, sessionNotOnOrAfter } = said
  const authenticatedAt = pastTime(said.authnInstant.getTime(), now)
  return {
    issuer,
    subject: nameId.value,
    attributes,
    nameId,
    ...(authenticatedAt && { authenticatedAt }),
    ...(authnContext !== undefined && { authnContext }),
    ...(sessionIndex !== undefined && { sessionIndex }),
    ...(sessionNotOnOrAfter && { sessionNotOnOrAfter: sessionEnd(sessionNotOnOrAfter, now) }),
  }
}

/** Longer than a session of ours lasts. */
const LONGEST_SECONDS = 86_400

/**
 * The clocks may differ, so a session ends a little later than its identity provider says. Some say the year 9999, which
 * with that little more is past what the database can hold.
 */
function sessionEnd(sessionNotOnOrAfter: Date, now: Date): Date {
  const [end, latest] = [addSeconds(sessionNotOnOrAfter, SKEW_SECONDS), addSeconds(now, LONGEST_SECONDS)]
  return end < latest ? end : latest
}

function addSeconds(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1_000)
}
