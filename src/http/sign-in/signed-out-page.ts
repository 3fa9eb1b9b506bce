import { html, type Page } from '../page.ts'
import type { Texts } from '../texts/en.ts'
import { messagePage } from './errors.ts'

/**
 * Where signing out ends, when it goes on nowhere. Signing in again is a link: nobody is signed in by signing out.
 * @param idpId by which one was signed in
 */
export function signedOutPage({ messages }: Texts, idpId: string | undefined): Page {
  // Without a tenant, /sign-in would be that of the first one.
  const way = idpId === undefined ? '/sign-in' : `/sign-in/with/${idpId}`
  return messagePage(messages.signedOut, html`<a href="${way}">${messages.signInAgain}</a>`)
}
