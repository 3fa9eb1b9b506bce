import { html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { joinHtml } from '../form.ts'

/** Shows new recovery codes, once. @param nextUrl where the button leads */
export function recoveryPage({ recovery }: Texts, codes: readonly string[], nextUrl: string): Page {
  const items = joinHtml(codes.map((code) => html`<li><code>${code}</code></li>`))
  return page(
    recovery.title,
    html`<h1>${recovery.heading}</h1>
<p>${recovery.text}</p>
<ol class="codes">${items}</ol>
<form method="get" action="${nextUrl}"><button type="submit">${recovery.kept}</button></form>`,
  )
}
