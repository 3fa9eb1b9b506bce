// Whether passkeys work at the public URL. Browsers bind them to a host name and require HTTPS.
import { isIP } from 'node:net'

/** The relying party, in WebAuthn's terms. @see https://www.w3.org/TR/webauthn-3/#relying-party */
export interface RelyingParty {
  readonly rpId: string
  readonly origin: string
}

/** @returns the reason, as a sentence for the reader, if passkeys don't work */
export function relyingParty(publicUrl: string): RelyingParty | { readonly unavailable: string } {
  const { hostname, protocol, origin } = new URL(publicUrl)
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) {
    return {
      unavailable: `Passkeys need a host name, and this service is reached as ${hostname}. Set DOORLIST_PUBLIC_URL to a name, such as https://doorlist.example.com.`,
    }
  }
  if (protocol !== 'https:' && hostname !== 'localhost') {
    return { unavailable: `Passkeys need HTTPS, and this service is reached as ${origin}.` }
  }
  return { rpId: hostname, origin }
}
