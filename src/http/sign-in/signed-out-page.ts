import { html, type Page } from '../page.ts'
import type { Texts } from '../texts/en.ts'
import { messagePage } from './errors.ts'

/** Where signing out ends, when it goes on nowhere. Signing in again is a link: nobody is signed in by signing out. */
export function signedOutPage({ messages }: Texts): Page {
  return messagePage(messages.signedOut, html`<a href="/sign-in">${messages.signInAgain}</a>`)
}
