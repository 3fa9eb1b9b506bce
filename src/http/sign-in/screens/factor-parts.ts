// Parts that the screens of second factors share.
import type { TotpEnrollment } from '#factors/totp.ts'
import type { MfaMethod } from '#identity-providers/settings.ts'
import { type Html, html, policyOf } from '../../page.ts'
import { qrCodeOf } from '../../qr-code.ts'
import type { Texts } from '../../texts/en.ts'
import { EMPTY, invalidAttributes, joinHtml } from '../form.ts'
import type { ScreenContext } from './screen-context.ts'

export type ShownMethod = MfaMethod | 'recovery'

/** Returns the method that the user chose, else the first. */
export function chosenMethod<Method extends ShownMethod>(
  { request }: Pick<ScreenContext, 'request'>,
  methods: readonly Method[],
): Method | undefined {
  const { method } = request.query as { method?: unknown }
  return methods.find((one) => one === method) ?? methods[0]
}

/** Returns whether a code was sent. */
export function isCodeSent({ request }: Pick<ScreenContext, 'request'>): boolean {
  return (request.query as { sent?: unknown }).sent === 'yes'
}

export function otherMethodLinks(texts: Texts, methods: readonly ShownMethod[], chosen: ShownMethod): Html {
  const others = methods.filter((method) => method !== chosen)
  if (others.length === 0) return EMPTY
  const links = others.map(
    (method) =>
      html`<li><a class="choice" href="/sign-in/next?method=${method}">${texts.methods[method]}</a></li>`,
  )
  return html`<h2>${texts.factor.otherWay}</h2><ul class="choices">${joinHtml(links)}</ul>`
}

export function rememberCheckbox({
  policy,
  request: { texts },
}: Pick<ScreenContext, 'policy' | 'request'>): Html {
  const { rememberDeviceDays: days } = policy
  if (days === 0) return EMPTY
  return html`<label class="check"><input type="checkbox" name="remember" value="yes"> ${texts.factor.remember(days)}</label>`
}

export function codeInput(label: string, problem: string | undefined): Html {
  const invalid = invalidAttributes(problem)
  return html`<label for="code">${label}</label>
<input class="code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="10" required autofocus${invalid}>`
}

/** A form with the button that sends a code. */
export function sendCodeForm(
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

/** The secret for an authenticator app: as a QR code, and as text to type. */
export async function totpPicture(
  { request, reply }: Pick<ScreenContext, 'request' | 'reply'>,
  { uri, secret }: Pick<TotpEnrollment, 'uri' | 'secret'>,
): Promise<Html> {
  const { enroll } = request.texts
  allowSource({ reply }, "img-src 'self' data:")
  return html`<img class="qr" width="200" height="200" alt="${enroll.qr}" src="${await qrCodeOf(uri)}">
<details><summary>${enroll.cannotScan}</summary><p>${enroll.key}</p><p class="secret"><code>${secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p></details>
`
}

export interface PasskeyForm {
  readonly texts: Texts
  readonly action: string
  readonly call: 'create' | 'get'
  readonly options: object
  readonly id: string
  readonly button: string
  readonly more: Html
}

/** The form that asks for a passkey. passkey.js does that, since browsers have no other way. */
export function passkeyForm({ texts, action, call, options, id, button, more }: PasskeyForm): Html {
  return html`<form method="post" action="${action}" data-passkey="${call}" data-options="${JSON.stringify(options)}" data-there="${texts.factor.passkeyThere}" data-failed="${texts.factor.passkeyFailed}">
<input type="hidden" name="method" value="passkey">
<input type="hidden" name="id" value="${id}">
<input type="hidden" name="credential">
<p class="problem" role="alert" hidden></p>
${more}<button type="submit">${button}</button></form>
<noscript><p class="problem">${texts.factor.passkeyNeedsScript}</p></noscript>
<script src="/sign-in/passkey.js" defer></script>`
}

/** Extends the page's content security policy by one source. */
export function allowSource(
  { reply }: Pick<ScreenContext, 'reply'>,
  source: "img-src 'self' data:" | "script-src 'self'",
): void {
  reply.header('content-security-policy', policyOf(source))
}
