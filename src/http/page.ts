// What all plain pages share: the HTML around the content, the style sheet, and the Content-Security-Policy.
import { createHash } from 'node:crypto'

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif;
  --ground: light-dark(#f1f4f9, #12151b); --card: light-dark(#fff, #1b2029); --ink: light-dark(#1a2233, #e8ecf3);
  --soft: light-dark(#505b6e, #a9b3c4); --edge: light-dark(#d5dce8, #343c4a); --field: light-dark(#7a8596, #7d899c);
  --link: light-dark(#243f7d, #a9c0f5); --main: #b34700; --bad: light-dark(#b3261e, #ff9a90); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; align-items: safe center; justify-content: center; padding: 1rem; color: var(--ink); background: var(--ground); }
main { width: 100%; max-width: 26rem; padding: 2rem; background: var(--card); border: 1px solid var(--edge); border-radius: .75rem; box-shadow: 0 1px 2px #0000000f, 0 8px 24px #0000000f; overflow-wrap: anywhere; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; }
h2 { margin: 1.75rem 0 .5rem; font-size: .95rem; color: var(--soft); }
p { margin: .5rem 0; }
a { color: var(--link); }
label { display: block; font-weight: 600; margin-top: 1rem; }
input { width: 100%; margin-top: .25rem; padding: .6rem .75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--field); border-radius: .4rem; }
input[aria-invalid] { border: 2px solid var(--bad); }
input.code { font-size: 1.25rem; letter-spacing: .2em; font-variant-numeric: tabular-nums; }
.check { display: flex; gap: .6rem; align-items: center; font-weight: 400; }
.check input { width: 1.15rem; height: 1.15rem; margin: 0; flex: none; accent-color: var(--main); }
:focus-visible { outline: 3px solid light-dark(#d15700, #ff9d4d); outline-offset: 2px; }
button, .button { display: block; text-align: center; text-decoration: none; width: 100%; min-height: 2.75rem; margin-top: 1.5rem; padding: .6rem 1.5rem; font: inherit; font-weight: 600; color: #fff; background: var(--main); border: 0; border-radius: .4rem; cursor: pointer; }
button:hover, .button:hover { background: #963b00; }
button.quiet, a.quiet { margin-top: .75rem; color: var(--link); background: transparent; border: 1px solid var(--edge); }
.hint { margin: .1rem 0; font-size: .9rem; font-weight: 400; color: var(--soft); }
.brand { display: flex; align-items: center; gap: .6rem; margin: 0 0 1.25rem; font-weight: 600; color: var(--soft); }
.brand img { max-width: 10rem; max-height: 2.5rem; flex: none; }
.back { margin-top: 1.5rem; }
dl { margin: .75rem 0; }
dt { font-size: .9rem; color: var(--soft); }
dd { margin: 0 0 .75rem; }
.cards { list-style: none; margin: .75rem 0; padding: 0; display: grid; gap: .5rem; }
.cards > li { padding: .75rem .9rem; border: 1px solid var(--edge); border-radius: .4rem; }
.mark { padding: .05rem .45rem; font-size: .8rem; font-weight: 600; border: 1px solid var(--edge); border-radius: 1rem; color: var(--soft); white-space: nowrap; }
.problem { margin: .75rem 0; padding: .5rem .75rem; border-left: 4px solid var(--bad); background: light-dark(#fdeceb, #3a1f1e); border-radius: .25rem; font-weight: 600; }
[hidden] { display: none; }
.choices { list-style: none; margin: .75rem 0 0; padding: 0; display: grid; gap: .5rem; }
a.quiet { display: inline-block; padding: .35rem .9rem; font-weight: 600; text-decoration: none; border-radius: .4rem; }
button.quiet:hover, a.quiet:hover { background: transparent; border-color: var(--link); }
.choice .hint { display: block; }
.choice { display: block; padding: .65rem .9rem; color: var(--ink); border: 1px solid var(--edge); border-radius: .4rem; text-decoration: none; font-weight: 600; }
.choice:hover { border-color: var(--link); }
.qr { display: block; width: 200px; height: 200px; margin: 1rem auto; padding: .25rem; background: #fff; border-radius: .5rem; }
summary { cursor: pointer; color: var(--link); }
code { font-family: ui-monospace, monospace; font-size: .95em; }
.secret code { font-size: 1.05rem; letter-spacing: .05em; }
.codes { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .35rem; padding: 0; list-style-position: inside; font-variant-numeric: tabular-nums; }
@media (max-width: 30rem) { body { padding: 0; align-items: stretch; background: var(--card); } main { max-width: none; padding: 1.5rem 1.25rem; border: 0; border-radius: 0; box-shadow: none; } }
@media print { button, form { display: none; } }
`

const styleHash = createHash('sha256').update(STYLE).digest('base64')

/**
 * Returns the Content-Security-Policy of a page.
 * @param more directives that the page needs in addition to or in place of the common ones, such as `script-src 'self'`
 */
export function policyOf(...more: readonly string[]): string {
  const base = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "img-src 'self'", // the logo of the tenant
  ]
  const named = new Set(more.map((source) => source.split(' ')[0]))
  return [...base.filter((source) => !named.has(source.split(' ')[0])), ...more].join('; ')
}

export const contentSecurityPolicy = policyOf()

/** Markup that is safe to put into a page. */
export interface Html {
  readonly markup: string
}

/** Builds markup: values that are text are escaped, values that are markup are inserted as they are. */
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

/** A page without the HTML around it, which the door adds (plain-pages.ts). */
export class Page {
  readonly title: string
  readonly content: Html
  constructor(title: string, content: Html) {
    this.title = title
    this.content = content
  }
}

export function page(title: string, content: Html): Page {
  return new Page(title, content)
}

/** Name and logo of the tenant, shown at the top of a page. */
export interface PageBrand {
  readonly name: string
  /** URL of the image. */
  readonly logo?: string | undefined
}

export function framed({ title, content }: Page, language: string, brand?: PageBrand): string {
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${brand?.name ?? 'Doorlist'}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
${brand && brandLine(brand)}${content}
</main>
</body>
</html>
`.markup
}

function brandLine({ name, logo }: PageBrand): Html {
  if (logo === undefined) return html`<p class="brand">${name}</p>\n`
  return html`<p class="brand"><img src="${logo}" alt=""> ${name}</p>\n`
}
