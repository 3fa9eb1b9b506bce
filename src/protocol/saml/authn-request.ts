import { type Message, messageText } from './message.ts'
import { HTTP_POST } from './names.ts'
import { attribute } from './xml-text.ts'

/**
 * Asks an identity provider to say who sits at the browser. ForceAuthn is left to its own policy.
 * @param nameIdFormat that is asked for; undefined: whichever it uses @see SAML 2.0 Core §3.4.1
 */
export function authnRequest(message: Message, acsUrl: string, nameIdFormat: string | undefined): string {
  return messageText(
    'AuthnRequest',
    message,
    { ProtocolBinding: HTTP_POST, AssertionConsumerServiceURL: acsUrl },
    `<samlp:NameIDPolicy${attribute('Format', nameIdFormat)} AllowCreate="true"/>`,
  )
}
