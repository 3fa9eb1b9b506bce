import { html, type Page } from '../page.ts'
import type { Texts } from '../texts/en.ts'
import { messagePage } from './errors.ts'

/**
 * The last page of a sign-out. Signing in again is a link, so that nobody is signed in by signing out. @param idpId the
 * identity provider of the session that ended
 */
export function signedOutPage({ messages }: Texts, idpId: string | undefined): Page {
  // Plain /sign-in would be the default tenant's.
  const way = idpId === undefined ? '/sign-in' : `/sign-in/with/${idpId}`
  return messagePage(messages.signedOut, html`<a href="${way}">${messages.signInAgain}</a>`)
}
