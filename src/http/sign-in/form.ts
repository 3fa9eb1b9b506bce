import type { FastifyRequest } from 'fastify'
import { type Invalid, Refused } from '#errors.ts'
import { type Html, html } from '../page.ts'
import { isSameOrigin } from '../same-origin.ts'
import type { Texts } from '../texts/en.ts'

const CHARACTERS = 20_000 // a passkey's answer is the largest field

/** Returns a form field; a missing, repeated or too long one is empty. */
export function formField({ body }: FastifyRequest, name: string): string {
  const value = body && typeof body === 'object' ? (body as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' && value.length <= CHARACTERS ? value : ''
}

/**
 * Refuses forms of other sites. This is needed since the attempt cookie is sent from every site (cookies.ts). @throws {Refused}
 */
export function requireOwnForm(request: FastifyRequest): void {
  if (!isSameOrigin(request)) throw new Refused(request.texts.messages.otherSite)
}

export const EMPTY: Html = html``

export function joinHtml(parts: readonly Html[]): Html {
  return parts.reduce<Html>((all, one) => html`${all}${one}`, EMPTY)
}

/** The problem, above the form. Screen readers announce it at once. */
export function problemBanner(problem: string | undefined): Html {
  return problem === undefined ? EMPTY : html`<p class="problem" role="alert" id="problem">${problem}</p>`
}

/** Attributes of an input that has the problem. */
export function invalidAttributes(problem: string | undefined): Html {
  return problem === undefined ? EMPTY : html` aria-invalid="true" aria-describedby="problem"`
}

/** Returns a validation error as a sentence in the user's language. */
export function invalidMessage({ field, message }: Invalid, { invalid }: Texts): string {
  return invalid(field, message.slice(field.length + 1))
}

/** Returns a refusal in the user's language; in English if the catalog doesn't have it. */
export function localized({ refusals }: Texts, message: string): string {
  return refusals[message] ?? message
}
