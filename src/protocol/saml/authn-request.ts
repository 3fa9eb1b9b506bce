import type { Message } from './logout.ts'
import { ASSERTION, HTTP_POST, PROTOCOL } from './names.ts'
import { attribute, escaped } from './xml-text.ts'

/**
 * Asks an identity provider to say who sits at the browser. ForceAuthn is left to its own policy.
 * @param nameIdFormat that is asked for; undefined: whichever it uses @see SAML 2.0 Core §3.4.1
 */
export function authnRequest(
  { id, issuedAt, destination, entityId }: Message,
  acsUrl: string,
  nameIdFormat: string | undefined,
): string {
  return `<samlp:AuthnRequest xmlns:samlp="${PROTOCOL}" xmlns:saml="${ASSERTION}"${attribute('ID', id)} Version="2.0"${attribute('IssueInstant', issuedAt.toISOString())}${attribute('Destination', destination)} ProtocolBinding="${HTTP_POST}"${attribute('AssertionConsumerServiceURL', acsUrl)}><saml:Issuer>${escaped(entityId)}</saml:Issuer><samlp:NameIDPolicy${attribute('Format', nameIdFormat)} AllowCreate="true"/></samlp:AuthnRequest>`
}
