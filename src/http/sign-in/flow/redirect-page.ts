import type { FastifyReply } from 'fastify'
import { html, page } from '../../page.ts'

export interface RedirectTexts {
  readonly title: string
  /** The link's text, for browsers that don't follow the refresh. */
  readonly link: string
}

/**
 * Sends the browser to another site with a page instead of a redirect. Our pages allow forms to lead to our own origin only
 * (`form-action`), and Chromium applies that to every redirect after the form. A page ends the form's navigation and begins a
 * new one.
 * @param url absolute, or one of our paths
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
