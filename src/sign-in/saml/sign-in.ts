// Signing in through a SAML identity provider. Start here: authnRequestOf writes the request, receiveResponse checks the
// answer. An answer passes the scan, the shape check, the signature and the profile in this order, so that a stranger's message
// costs little. What it says about the user is read from the signed bytes only. The reason of a refusal goes to the log only.
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

/** We and the identity provider, as SAML names us. */
export interface Parties {
  /** The identity provider's entityID. */
  readonly issuer: string
  readonly certificates: readonly string[]
  readonly entityId: string
  readonly acsUrl: string
  readonly logoutUrl: string
}

export function samlParties(publicUrl: string, { id, details }: IdentityProvider): Parties {
  const { entityId = '', acsUrl = '', logoutUrl = '' } = serviceProviderOf(publicUrl, id, 'saml')
  const { entityIssuer, certificates } = details
  // Otherwise a missing value would equal a missing value in an answer.
  if (!entityIssuer || !certificates?.length)
    throw new Refused('The sign-in details of this identity provider are not complete.')
  return { issuer: entityIssuer, certificates, entityId, acsUrl, logoutUrl }
}

/** Returns the ID of an attempt's AuthnRequest. Only the browser that began the attempt can be answered. */
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
  /** The attempt's token; null: the answer is unsolicited, which the identity provider's details must allow. */
  readonly token: string | null
  readonly now: Date
  /** Called only for an encrypted assertion. */
  readonly keys: () => Promise<readonly ServiceKey[]>
}

/**
 * Verifies a Response. @param text its XML
 * @throws {Unauthenticated} it is invalid; the cause says why
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

/** Turns every reason for a refusal into the same error, so that the sender can't tell them apart. */
export function toUnauthenticated(error: unknown): unknown {
  if (error instanceof SamlError || error instanceof XmlError)
    return new Unauthenticated('The response from your identity provider was not accepted.', { cause: error })
  return error
}

/** Returns whether a Response claims to answer a request. The claim is checked later. */
export function hasInResponseTo(text: string): boolean {
  try {
    return readXml(text).attributes.has('InResponseTo')
  } catch {
    return true // it isn't a valid Response, which is found out later
  }
}

async function readVerifiedAssertion(
  text: string,
  expected: ExpectedResponse,
  { parties, keys }: ResponseContext,
): Promise<ReadAssertion> {
  // Parsers normalize line ends: XML 1.0 §2.11.
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
  readAssertion(assertion, expected) // an assertion that is refused anyway costs no signature check
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

/** Longer than any session of ours. */
const LONGEST_SECONDS = 86_400

/**
 * Returns when the identity provider's session ends, plus a tolerance for clocks. Some send the year 9999, which with the
 * tolerance is more than the database can store.
 */
function sessionEnd(sessionNotOnOrAfter: Date, now: Date): Date {
  const [end, latest] = [addSeconds(sessionNotOnOrAfter, SKEW_SECONDS), addSeconds(now, LONGEST_SECONDS)]
  return end < latest ? end : latest
}

function addSeconds(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1_000)
}
