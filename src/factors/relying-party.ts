// Whether passkeys can work under the public URL: browsers bind them to a host name, and ask for HTTPS.
import { isIP } from 'node:net'

/** For whom passkeys are made, in the words of WebAuthn. */
export interface RelyingParty {
  readonly rpId: string
  readonly origin: string
}

/** @returns why not, in a sentence for a user, where they cannot */
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
