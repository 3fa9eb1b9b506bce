import type { FastifyReply } from 'fastify'
import { html, page } from '../../page.ts'

export interface RedirectTexts {
  readonly title: string
  /** Of the link, for browsers that do not go by themselves. */
  readonly link: string
}

/**
 * Sends the browser on where the way leads to another site and may have begun with a form of ours. Not by a redirect: our
 * pages let forms lead here alone (`form-action`), and Chromium holds a form to that through every redirect after it. This
 * page ends the form's way and begins another one.
 * @param url absolute, or a path of ours
 */
export function redirectByPage(
  url: string,
  { title, link }: RedirectTexts,
  reply: FastifyReply,
): FastifyReply {
  return reply
    .header('refresh', `0; url=${url}`)
    .send(page(title, html`<h1>${title}</h1>\n<p><a href="${url}">${link}</a></p>`))
}
