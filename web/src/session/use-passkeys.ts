import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser'
import { useTexts } from '../texts/use-texts.tsx'

/** Passkeys of this browser. What goes wrong with them is said in words of ours: the browser's are for developers. */
export function usePasskeys() {
  const { signIn } = useTexts()
  const translated = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (cause) {
      throw new Error(signIn.passkeyFailed, { cause })
    }
  }
  return {
    isSupported: browserSupportsWebAuthn(),
    /** @param options what the API answered, for `navigator.credentials.create` */
    create: (options: object) =>
      translated(startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON })),
    /** @param options what the API answered, for `navigator.credentials.get` */
    get: (options: object) =>
      translated(startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON })),
  }
}
