import type { FastifyRequest } from 'fastify'
import { Invalid } from '#errors.ts'
import { type Html, html } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { formField } from '../form.ts'

export type PasswordRuleContext = { readonly withFactor: boolean }

export function newPasswordInputs(
  { password }: Texts,
  userName: string,
  { withFactor }: PasswordRuleContext,
): Html {
  return html`<input type="hidden" name="userName" value="${userName}" autocomplete="username">
<label for="password">${password.new}</label>
<p class="hint" id="hint">${password.rule(withFactor ? 8 : 15)}</p>
<input id="password" name="password" type="password" autocomplete="new-password" aria-describedby="hint" required>
<label for="again">${password.again}</label>
<input id="again" name="again" type="password" autocomplete="new-password" required>`
}

/** @throws {Invalid} `password`: the two fields differ */
export function readNewPassword(request: FastifyRequest): string {
  const password = formField(request, 'password')
  if (password !== formField(request, 'again'))
    throw new Invalid('password', 'differs between the two fields')
  return password
}
