import type { FastifyRequest } from 'fastify'
import { type Invalid, Refused } from '#errors.ts'
import { type Html, html } from '../page.ts'
import { isSameOrigin } from '../same-origin.ts'

const CHARACTERS = 20_000 // what a passkey answers with is the largest

/** One field of a form; what came twice, or not at all, is empty. */
export function fieldOf({ body }: FastifyRequest, name: string): string {
  const value = body && typeof body === 'object' ? (body as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' && value.length <= CHARACTERS ? value : ''
}

/** The cookie of an attempt comes along from every site; so a form must come from our own pages. @throws {Refused} */
export function demandOwnForm(request: FastifyRequest): void {
  if (!isSameOrigin(request)) throw new Refused('This request comes from another site.')
}

export const EMPTY: Html = html``

export function joined(parts: readonly Html[]): Html {
  return parts.reduce<Html>((all, one) => html`${all}${one}`, EMPTY)
}

/** What is wrong with what was given, above the form and read out at once. */
export function problemOf(problem: string | undefined): Html {
  return problem === undefined ? EMPTY : html`<p class="problem" role="alert" id="problem">${problem}</p>`
}

const LABELS: Record<string, string> = {
  password: 'The password',
  current: 'The current password',
  code: 'The code',
  credential: 'The passkey',
  personalDesktop: 'The name',
  number: 'The number',
}

/** A refusal as a sentence for a person. */
export function sentenceOf({ field, message }: Invalid): string {
  return `${LABELS[field] ?? field} ${message.slice(field.length + 1)}.`
}
