// What the screens of second factors are put together from.
import type { MfaMethod } from '#identity-providers/settings.ts'
import { type Html, html, policyOf } from '../page.ts'
import { EMPTY, joined } from './form.ts'
import type { Scene } from './scene.ts'

export type ShownMethod = MfaMethod | 'recovery'

const METHOD_NAMES: Record<ShownMethod, string> = {
  totp: 'Authenticator app',
  passkey: 'Passkey',
  email: 'Code by e-mail',
  phone: 'Code by text message',
  recovery: 'Recovery code',
}

/** Which of the methods the person chose; else the first. */
export function chosenOf<Method extends ShownMethod>(
  { request }: Pick<Scene, 'request'>,
  methods: readonly Method[],
): Method | undefined {
  const { method } = request.query as { method?: unknown }
  return methods.find((one) => one === method) ?? methods[0]
}

/** Whether a code is on its way. */
export function wasSent({ request }: Pick<Scene, 'request'>): boolean {
  return (request.query as { sent?: unknown }).sent === 'yes'
}

export function otherMethods(methods: readonly ShownMethod[], chosen: ShownMethod): Html {
  const others = methods.filter((method) => method !== chosen)
  if (others.length === 0) return EMPTY
  const links = others.map(
    (method) =>
      html`<li><a class="choice" href="/sign-in/next?method=${method}">${METHOD_NAMES[method]}</a></li>`,
  )
  return html`<h2>Another way</h2><ul class="choices">${joined(links)}</ul>`
}

export function rememberBox({ policy }: Pick<Scene, 'policy'>): Html {
  const { rememberDeviceDays: days } = policy
  if (days === 0) return EMPTY
  return html`<label class="check"><input type="checkbox" name="remember" value="yes"> Do not ask in this browser for ${days === 1 ? 'a day' : `${days} days`}</label>`
}

export function codeInput({
  label = 'Six digits',
  problem,
}: {
  label?: string
  problem: string | undefined
}): Html {
  const invalid = problem === undefined ? EMPTY : html` aria-invalid="true" aria-describedby="problem"`
  return html`<label for="code">${label}</label>
<input class="code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="10" required autofocus${invalid}>`
}

/** The button that asks for a code. */
export function sendForm(
  method: 'email' | 'phone',
  button: string,
  more: Html = EMPTY,
  isQuiet = false,
): Html {
  const style = isQuiet ? html` class="quiet"` : EMPTY
  return html`<form method="post" action="/sign-in/code">
<input type="hidden" name="method" value="${method}">
${more}<button type="submit"${style}>${button}</button></form>`
}

export interface PasskeyForm {
  readonly action: string
  readonly call: 'create' | 'get'
  readonly options: object
  readonly id: string
  readonly button: string
  readonly more: Html
}

/** Its script is passkey.js: a browser speaks to authenticators by nothing else. */
export function passkeyForm({ action, call, options, id, button, more }: PasskeyForm): Html {
  return html`<form method="post" action="${action}" data-passkey="${call}" data-options="${JSON.stringify(options)}">
<input type="hidden" name="method" value="passkey">
<input type="hidden" name="id" value="${id}">
<input type="hidden" name="credential">
<p class="problem" role="alert" hidden></p>
${more}<button type="submit">${button}</button></form>
<noscript><p class="problem">Passkeys need JavaScript, which this browser does not run here. Use another way, if there is one.</p></noscript>
<script src="/sign-in/passkey.js" defer></script>`
}

/** Lets a page hold what only it needs: a picture in the page, our script. */
export function allow({ reply }: Pick<Scene, 'reply'>, source: 'img-src data:' | "script-src 'self'"): void {
  reply.header('content-security-policy', policyOf(source))
}
