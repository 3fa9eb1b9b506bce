// Single logout: reads LogoutRequests, writes LogoutRequests and LogoutResponses. Pure. @see SAML 2.0 Core §3.7, Profiles §4.4
import { type NameId, readNameId } from './assertion.ts'
import { childrenOf, isNamed, onlyChild, requireChildrenAmong, requireThat, textOf } from './elements.ts'
import { type Message, messageText } from './message.ts'
import { ASSERTION, DS, PROTOCOL, SUCCESS } from './names.ts'
import { requireUnambiguous } from './signature.ts'
import {
  parseInstant,
  requireNotExpired,
  requireNotFuture,
  SKEW_SECONDS,
  secondsBetween,
} from './timestamps.ts'
import type { XmlElement } from './xml-reader.ts'
import { attribute, escapeXml } from './xml-writer.ts'

export interface ExpectedLogout {
  /** The identity provider's entityID. */
  readonly issuer: string
  /** Our entityID. */
  readonly entityId: string
  readonly logoutUrl: string
  readonly now: Date
}

export interface LogoutRequest {
  readonly id: string
  /** Until when it must be remembered as used. */
  readonly expiresAt: Date
  readonly nameId: NameId
  /** Empty: all sessions of the user. */
  readonly sessionIndexes: readonly string[]
}

const OLDEST_SECONDS = 300
/** Sessions of one user. A request without any SessionIndex ends more. */
const SESSION_INDEXES = 100

/** @throws {SamlError} */
export function readLogoutRequest(root: XmlElement, expected: ExpectedLogout): LogoutRequest {
  requireThat(isNamed(root, PROTOCOL, 'LogoutRequest'), 'this is not a LogoutRequest')
  requireChildrenAmong(root, [
    [ASSERTION, 'Issuer'],
    [DS, 'Signature'],
    [ASSERTION, 'NameID'],
    [PROTOCOL, 'SessionIndex'],
  ])
  requireUnambiguous(root, [root])
  const { attributes } = root
  const id = attributes.get('ID') ?? ''
  requireThat(/^[A-Za-z_][\w.-]{0,255}$/.test(id), 'the LogoutRequest has no valid ID')
  requireThat(attributes.get('Version') === '2.0', 'the Version of the LogoutRequest is not 2.0')
  requireThat(
    attributes.get('Destination') === expected.logoutUrl,
    'the Destination is not our SingleLogoutService',
  )
  requireThat(
    textOf(onlyChild(root, ASSERTION, 'Issuer')) === expected.issuer,
    'the Issuer is not this identity provider',
  )
  const indexes = childrenOf(root, PROTOCOL, 'SessionIndex')
  requireThat(indexes.length <= SESSION_INDEXES, 'there are too many SessionIndexes')
  return {
    id,
    expiresAt: readTimes(attributes, expected.now),
    nameId: readNameId(onlyChild(root, ASSERTION, 'NameID'), expected),
    sessionIndexes: indexes.map(textOf),
  }
}

/** NotOnOrAfter is optional; the allowed age doesn't depend on it. */
function readTimes(attributes: ReadonlyMap<string, string>, now: Date): Date {
  const issuedAt = parseInstant(attributes.get('IssueInstant'), 'IssueInstant')
  requireNotFuture(issuedAt, now, 'IssueInstant')
  requireThat(secondsBetween(issuedAt, now) <= OLDEST_SECONDS + SKEW_SECONDS, 'the LogoutRequest is too old')
  const notOnOrAfter = attributes.get('NotOnOrAfter')
  if (notOnOrAfter !== undefined)
    requireNotExpired(parseInstant(notOnOrAfter, 'NotOnOrAfter'), now, 'NotOnOrAfter')
  return new Date(issuedAt.getTime() + (OLDEST_SECONDS + 2 * SKEW_SECONDS) * 1_000)
}

export function logoutRequest(
  message: Message,
  { value, format }: NameId,
  sessionIndex: string | undefined,
): string {
  const until = new Date(message.issuedAt.getTime() + OLDEST_SECONDS * 1_000)
  const nameId = `<saml:NameID${attribute('Format', format)}>${escapeXml(value)}</saml:NameID>`
  const index =
    sessionIndex === undefined ? '' : `<samlp:SessionIndex>${escapeXml(sessionIndex)}</samlp:SessionIndex>`
  return messageText('LogoutRequest', message, { NotOnOrAfter: until.toISOString() }, nameId + index)
}

export function logoutResponse(message: Message, inResponseTo: string): string {
  const status = `<samlp:Status><samlp:StatusCode Value="${SUCCESS}"/></samlp:Status>`
  return messageText('LogoutResponse', message, { InResponseTo: inResponseTo }, status)
}
