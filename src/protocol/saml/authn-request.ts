import { type Message, messageText } from './message.ts'
import { HTTP_POST } from './names.ts'
import { attribute } from './xml-writer.ts'

export interface AuthnRequestOptions {
  /** Undefined: whichever the identity provider uses. */
  readonly nameIdFormat: string | undefined
  /** It is to ask the user anew (ForceAuthn); otherwise that is left to its own policy. */
  readonly fresh: boolean
}

/** Asks an identity provider to say who sits at the browser. @see SAML 2.0 Core §3.4.1 */
export function authnRequest(
  message: Message,
  acsUrl: string,
  { nameIdFormat, fresh }: AuthnRequestOptions,
): string {
  return messageText(
    'AuthnRequest',
    message,
    {
      ...(fresh && { ForceAuthn: 'true' }),
      ProtocolBinding: HTTP_POST,
      AssertionConsumerServiceURL: acsUrl,
    },
    `<samlp:NameIDPolicy${attribute('Format', nameIdFormat)} AllowCreate="true"/>`,
  )
}
