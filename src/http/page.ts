// What the plain pages have in common: the frame of the HTML, its one style, and the policy that allows nothing else.
import { createHash } from 'node:crypto'

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 32rem; margin: 4rem auto; padding: 0 1rem; }
label { display: block; font-weight: 600; margin-top: 1rem; }
input { box-sizing: border-box; width: 100%; padding: .5rem; font: inherit; border: 1px solid #767676; border-radius: .25rem; }
input[aria-invalid] { border: 2px solid #c62828; }
:focus-visible { outline: 3px solid #d15700; outline-offset: 2px; }
button { margin-top: 1.5rem; padding: .6rem 1.5rem; font: inherit; font-weight: 600; color: #fff; background: #b34700; border: 0; border-radius: .25rem; }
.hint { margin: .25rem 0; }
.problem { margin: .25rem 0; padding-left: .75rem; border-left: 4px solid #c62828; font-weight: 600; }
`

const styleHash = createHash('sha256').update(STYLE).digest('base64')

/** @param more sources that one page needs beside its own, such as `script-src 'self'` */
export function policyOf(...more: readonly string[]): string {
  const base = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  const form = more.some((source) => source.startsWith('form-action')) ? [] : ["form-action 'self'"]
  return [...base, ...form, ...more].join('; ')
}

export const contentSecurityPolicy = policyOf()

/** Markup that is safe to put into a page. */
export interface Html {
  readonly markup: string
}

/** Text is escaped; markup is taken as it is. */
export function html(strings: TemplateStringsArray, ...values: (string | Html | undefined)[]): Html {
  const parts = values.map((value = '', i) => {
    const markup = typeof value === 'string' ? escapeHtml(value) : value.markup
    return markup + (strings[i + 1] ?? '')
  })
  return { markup: (strings[0] ?? '') + parts.join('') }
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter)
}

export function page(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Doorlist</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`.markup
}
