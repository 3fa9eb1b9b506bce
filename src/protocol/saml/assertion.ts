// Checks an assertion against the profile and reads it. Callers pass only the signed bytes. Pure. @see SAML 2.0 Core §2.3–2.7,
// Profiles §4.1.4.3
import {
  childrenOf,
  isNamed,
  onlyChild,
  requireChildrenAmong,
  requireIdentifier,
  requireThat,
  textOf,
} from './elements.ts'
import { ASSERTION, BEARER, DS } from './names.ts'
import type { ExpectedResponse } from './response.ts'
import {
  parseInstant,
  requireNearExpiry,
  requireNotExpired,
  requireNotFuture,
  SKEW_SECONDS,
} from './timestamps.ts'
import type { XmlElement } from './xml-reader.ts'

export interface ReadAssertion {
  readonly id: string
  /** Until when it must be remembered as used. */
  readonly expiresAt: Date
  readonly nameId: NameId
  /** By Name; only values that are text. */
  readonly attributes: Readonly<Record<string, readonly string[]>>
  /** When the user entered their credentials at the identity provider. */
  readonly authnInstant: Date
  readonly authnContext?: string
  readonly sessionIndex?: string
  readonly sessionNotOnOrAfter?: Date
}

export interface NameId {
  readonly value: string
  readonly format?: string
}

/** @throws {SamlError} */
export function readAssertion(assertion: XmlElement, expected: ExpectedResponse): ReadAssertion {
  requireThat(isNamed(assertion, ASSERTION, 'Assertion'), 'this is not an Assertion')
  // Unknown elements can't be checked, so there must be none; Advice isn't used.
  requireChildrenAmong(assertion, [
    [ASSERTION, 'Issuer'],
    [DS, 'Signature'],
    [ASSERTION, 'Subject'],
    [ASSERTION, 'Conditions'],
    [ASSERTION, 'AuthnStatement'],
    [ASSERTION, 'AttributeStatement'],
  ])
  const id = assertion.attributes.get('ID') ?? ''
  requireThat(id !== '' && id.length <= 256, 'the Assertion has no valid ID')
  requireThat(assertion.attributes.get('Version') === '2.0', 'the Version of the Assertion is not 2.0')
  const issuedAt = parseInstant(assertion.attributes.get('IssueInstant'), 'IssueInstant of the Assertion')
  requireNotFuture(issuedAt, expected.now, 'IssueInstant of the Assertion')
  requireThat(
    textOf(onlyChild(assertion, ASSERTION, 'Issuer')) === expected.issuer,
    'the Issuer of the Assertion is not this identity provider',
  )
  const subject = onlyChild(assertion, ASSERTION, 'Subject')
  const confirmedUntil = readConfirmation(subject, expected)
  const until = readConditions(onlyChild(assertion, ASSERTION, 'Conditions'), expected)
  const last = Math.max(confirmedUntil.getTime(), until.getTime())
  return {
    id,
    expiresAt: new Date(last + SKEW_SECONDS * 1_000),
    nameId: readNameId(onlyChild(subject, ASSERTION, 'NameID'), expected),
    attributes: readAttributes(assertion),
    ...readAuthnStatement(onlyChild(assertion, ASSERTION, 'AuthnStatement'), expected),
  }
}

/**
 * Reads a NameID. Its qualifiers must be empty or name the two parties, as the same name means another user in another
 * namespace.
 * @throws {SamlError} @see SAML 2.0 Core §2.2.2
 */
export function readNameId(
  nameId: XmlElement,
  { issuer, entityId }: Pick<ExpectedResponse, 'issuer' | 'entityId'>,
): NameId {
  const value = textOf(nameId)
  requireIdentifier(value, 'NameID')
  const { attributes } = nameId
  requireThat(
    (attributes.get('NameQualifier') || issuer) === issuer,
    'the NameQualifier is another identity provider',
  )
  requireThat(
    (attributes.get('SPNameQualifier') || entityId) === entityId,
    'the SPNameQualifier is another service',
  )
  const format = attributes.get('Format')
  return { value, ...(format && { format }) }
}

function readConfirmation(subject: XmlElement, { acsUrl, requestId, now }: ExpectedResponse): Date {
  requireChildrenAmong(subject, [
    [ASSERTION, 'NameID'],
    [ASSERTION, 'SubjectConfirmation'],
  ])
  const confirmation = onlyChild(subject, ASSERTION, 'SubjectConfirmation')
  requireThat(confirmation.attributes.get('Method') === BEARER, 'the SubjectConfirmation is not of a bearer')
  const { attributes } = onlyChild(confirmation, ASSERTION, 'SubjectConfirmationData')
  requireThat(attributes.get('Recipient') === acsUrl, 'the Recipient is not our AssertionConsumerService')
  const inResponseTo = attributes.get('InResponseTo') ?? null
  requireThat(inResponseTo === requestId, 'InResponseTo of the assertion is not the request of this browser')
  return readPeriod(attributes, now, 'SubjectConfirmationData')
}

function readConditions(conditions: XmlElement, { entityId, now }: ExpectedResponse): Date {
  // An unknown condition makes the assertion's validity indeterminate: SAML 2.0 Core §2.5.1.1.
  requireChildrenAmong(conditions, [
    [ASSERTION, 'AudienceRestriction'],
    [ASSERTION, 'OneTimeUse'],
    [ASSERTION, 'ProxyRestriction'],
  ])
  const restrictions = childrenOf(conditions, ASSERTION, 'AudienceRestriction')
  const isForUs = (restriction: XmlElement) =>
    childrenOf(restriction, ASSERTION, 'Audience').some((audience) => textOf(audience) === entityId)
  requireThat(restrictions.length > 0 && restrictions.every(isForUs), 'the Audience is not our entityID')
  return readPeriod(conditions.attributes, now, 'Conditions')
}

/** Requires that `now` is between NotBefore and NotOnOrAfter, and that the end is near. @returns the end */
function readPeriod(attributes: ReadonlyMap<string, string>, now: Date, of: string): Date {
  const [end, begin] = [`NotOnOrAfter of ${of}`, `NotBefore of ${of}`]
  const notOnOrAfter = parseInstant(attributes.get('NotOnOrAfter'), end)
  requireNotExpired(notOnOrAfter, now, end)
  requireNearExpiry(notOnOrAfter, now, end)
  const notBefore = attributes.get('NotBefore')
  if (notBefore !== undefined) requireNotFuture(parseInstant(notBefore, begin), now, begin)
  return notOnOrAfter
}

function readAuthnStatement(
  statement: XmlElement,
  { now }: ExpectedResponse,
): Pick<ReadAssertion, 'authnInstant' | 'authnContext' | 'sessionIndex' | 'sessionNotOnOrAfter'> {
  const { attributes } = statement
  const authnInstant = parseInstant(attributes.get('AuthnInstant'), 'AuthnInstant')
  requireNotFuture(authnInstant, now, 'AuthnInstant')
  const until = attributes.get('SessionNotOnOrAfter')
  const sessionNotOnOrAfter = until === undefined ? undefined : parseInstant(until, 'SessionNotOnOrAfter')
  if (sessionNotOnOrAfter) requireNotExpired(sessionNotOnOrAfter, now, 'SessionNotOnOrAfter')
  const sessionIndex = attributes.get('SessionIndex')
  if (sessionIndex) requireIdentifier(sessionIndex, 'SessionIndex')
  const [context] = childrenOf(statement, ASSERTION, 'AuthnContext')
  const [reference] = context ? childrenOf(context, ASSERTION, 'AuthnContextClassRef') : []
  return {
    authnInstant,
    ...(reference && { authnContext: textOf(reference) }),
    ...(sessionIndex && { sessionIndex }),
    ...(sessionNotOnOrAfter && { sessionNotOnOrAfter }),
  }
}

/** By Name: a FriendlyName is for people to read and identifies nothing (SAML 2.0 Core §2.7.3.1). */
function readAttributes(assertion: XmlElement): Record<string, string[]> {
  const attributes: Record<string, string[]> = Object.create(null)
  const all = childrenOf(assertion, ASSERTION, 'AttributeStatement').flatMap((statement) =>
    childrenOf(statement, ASSERTION, 'Attribute'),
  )
  for (const attribute of all) {
    const name = attribute.attributes.get('Name') ?? ''
    const values = childrenOf(attribute, ASSERTION, 'AttributeValue').filter(
      ({ children }) => children.length === 0,
    )
    attributes[name] = [...(attributes[name] ?? []), ...values.map(({ text }) => text.trim())]
  }
  return attributes
}
