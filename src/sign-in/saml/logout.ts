// Single logout with a SAML identity provider: its signed, fresh and new requests end sessions here, and our sign-out sends the
// browser to it after the session has ended here.
import { randomBytes } from 'node:crypto'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Database } from '#platform/database/database.ts'
import {
  type LogoutRequest,
  logoutRequest,
  logoutResponse,
  readLogoutRequest,
} from '#protocol/saml/logout.ts'
import { requireSignatureShape } from '#protocol/saml/signature.ts'
import { readXml } from '#protocol/saml/xml-reader.ts'
import { scanXml } from '#protocol/saml/xml-scan.ts'
import { consumeMessage } from '../provider-answer.ts'
import { endSessionsNamed, type SessionAtIdp, type SessionHolder } from '../sessions/sessions.ts'
import { readPosted, readSignedRedirect, redirectUrl } from './bindings.ts'
import { type Parties, toUnauthenticated } from './sign-in.ts'
import { verifyXml } from './xml-signature.ts'

/** A LogoutRequest as received: in a query or in a form field. */
export type LogoutMessage = { readonly query: string } | { readonly field: unknown }

export interface LoggedOut {
  /** The ID of the request, for the answer. */
  readonly requestId: string
  /** The users whose sessions ended. */
  readonly users: readonly SessionHolder[]
}

/**
 * Ends the sessions that a LogoutRequest names.
 * @throws {Unauthenticated} the message is invalid (the cause says why), or was used
 */
export async function receiveLogoutRequest(
  db: Database,
  { id: idpId, tenantId }: IdentityProvider,
  parties: Parties,
  brought: LogoutMessage,
  now: Date,
): Promise<LoggedOut> {
  const request = readLogoutMessage(parties, brought, now)
  const { id, expiresAt, nameId, sessionIndexes } = request
  const users = await db.transaction({ tenantId }, async (tx) => {
    await consumeMessage(tx, idpId, { id: `logout ${id}`, expiresAt })
    return endSessionsNamed(tx, idpId, { subject: nameId.value, sessionIndexes })
  })
  return { requestId: id, users }
}

/** Verifies a LogoutRequest. @throws {Unauthenticated} it is invalid; the cause says why */
export function readLogoutMessage(parties: Parties, brought: LogoutMessage, now: Date): LogoutRequest {
  const expected = { ...parties, now }
  try {
    if ('query' in brought) {
      const text = readSignedRedirect(brought.query, 'SAMLRequest', parties.certificates)
      return readLogoutRequest(readXml(text), expected)
    }
    const text = scanXml(readPosted(brought.field)).replace(/\r\n?/g, '\n')
    const root = readXml(text)
    readLogoutRequest(root, expected)
    requireSignatureShape(root, root)
    return readLogoutRequest(readXml(verifyXml(text, 'LogoutRequest', parties.certificates)), expected)
  } catch (error) {
    throw toUnauthenticated(error)
  }
}

export interface LogoutParty {
  readonly sloUrl: string
  /** Our entityID. */
  readonly entityId: string
  readonly now: Date
  /** PEM; undefined: our messages aren't signed. */
  readonly privateKey: string | undefined
}

/** Returns where the browser ends its session at the identity provider; undefined: it knows no session. */
export function logoutRequestUrl(
  { sloUrl, entityId, now, privateKey }: LogoutParty,
  { subject, nameIdFormat, sessionIndex }: SessionAtIdp,
): string | undefined {
  if (subject === null) return undefined
  const message = { id: newId(), issuedAt: now, destination: sloUrl, entityId }
  const nameId = { value: subject, ...(nameIdFormat !== null && { format: nameIdFormat }) }
  const xml = logoutRequest(message, nameId, sessionIndex ?? undefined)
  return redirectUrl(sloUrl, 'SAMLRequest', xml, { privateKey })
}

/** Returns where the browser takes the answer to a LogoutRequest. @param relayState from the request; it must be returned */
export function logoutResponseUrl(
  { sloUrl, entityId, now, privateKey }: LogoutParty,
  requestId: string,
  relayState: string | undefined,
): string {
  const message = { id: newId(), issuedAt: now, destination: sloUrl, entityId }
  return redirectUrl(sloUrl, 'SAMLResponse', logoutResponse(message, requestId), { privateKey, relayState })
}

/** @see SAML 2.0 Core §1.3.4 */
function newId(): string {
  return `_${randomBytes(20).toString('hex')}`
}
