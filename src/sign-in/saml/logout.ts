// Single logout with a SAML identity provider: what it asks for is done when it is signed, fresh and new; what we ask for
// goes along with the browser, after the session has ended here.
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

/** A LogoutRequest, as it came. */
export type LogoutMessage = { readonly query: string } | { readonly field: unknown }

export interface LoggedOut {
  /** ID of the request that is to be answered. */
  readonly requestId: string
  /** Whose sessions ended. */
  readonly users: readonly SessionHolder[]
}

/** @throws {Unauthenticated} whatever is wrong with it, which is the cause; or it was used */
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

/** A LogoutRequest that the identity provider has signed. @throws {Unauthenticated} whatever is wrong with it, which is the cause */
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
  /** Ours. */
  readonly entityId: string
  readonly now: Date
  /** PEM; undefined: messages of ours are not signed. */
  readonly privateKey: string | undefined
}

/** Where the browser goes so that the identity provider ends its session too; undefined: it knows none. */
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

/** Where the browser goes with the answer to a LogoutRequest. @param relayState of the request, which has to come back */
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
