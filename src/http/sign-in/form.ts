import type { FastifyRequest } from 'fastify'
import { type Invalid, Refused } from '#errors.ts'
import { type Html, html } from '../page.ts'
import { isSameOrigin } from '../same-origin.ts'
import type { Texts } from '../texts/en.ts'

/** As this service writes them. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const CHARACTERS = 20_000 // what a passkey answers with is the largest

/** One field of a form; what came twice, or not at all, is empty. */
export function formField({ body }: FastifyRequest, name: string): string {
  const value = body && typeof body === 'object' ? (body as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' && value.length <= CHARACTERS ? value : ''
}

/** The cookie of an attempt comes along from every site; so a form must come from our own pages. @throws {Refused} */
export function requireOwnForm(request: FastifyRequest): void {
  if (!isSameOrigin(request)) throw new Refused(request.texts.messages.otherSite)
}

export const EMPTY: Html = html``

export function joinHtml(parts: readonly Html[]): Html {
  return parts.reduce<Html>((all, one) => html`${all}${one}`, EMPTY)
}

/** What is wrong with what was given, above the form and read out at once. */
export function problemBanner(problem: string | undefined): Html {
  return problem === undefined ? EMPTY : html`<p class="problem" role="alert" id="problem">${problem}</p>`
}

/** Of the field that the problem is about. */
export function invalidAttributes(problem: string | undefined): Html {
  return problem === undefined ? EMPTY : html` aria-invalid="true" aria-describedby="problem"`
}

/** A refusal as a sentence for a user. */
export function invalidMessage({ field, message }: Invalid, { invalid }: Texts): string {
  return invalid(field, message.slice(field.length + 1))
}

/** Who was said no, in the user's language where the catalogue knows the sentence. */
export function localized({ refusals }: Texts, message: string): string {
  return refusals[message] ?? message
}
