import { type Message, messageText } from './message.ts'
import { HTTP_POST } from './names.ts'
import { attribute } from './xml-writer.ts'

export interface AuthnRequestOptions {
  /** Undefined: the identity provider chooses. */
  readonly nameIdFormat: string | undefined
  /** ForceAuthn: the identity provider must ask for credentials again. */
  readonly fresh: boolean
}

/** Writes an AuthnRequest. @see SAML 2.0 Core §3.4.1 */
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
