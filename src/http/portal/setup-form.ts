import { type Html, html, page } from './page.ts'

export interface FormState {
  readonly tenantName: string
  readonly email: string
  readonly name: string
  readonly problem?: { readonly field: string; readonly message: string } | undefined
}

export function formPage({ tenantName, email, name, problem }: FormState): string {
  const about = (field: string) => (problem?.field === field ? problem.message : undefined)
  const title = 'Become the first administrator'
  return page(
    problem ? `Error: ${title}` : title,
    html`<h1>${title}</h1>
<p>You will be the owner of the tenant <strong>${tenantName}</strong>. This link works once.</p>
<form method="post">
${input({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', value: email, problem: about('email') })}
${input({ name: 'name', label: 'Name', type: 'text', autocomplete: 'name', value: name, problem: about('name') })}
${input({
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'new-password',
  value: '',
  hint: 'At least 15 characters. Several words make a good one.',
  problem: about('password'),
})}
<button type="submit">Create the administrator</button>
</form>`,
  )
}

interface Input {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly autocomplete: string
  readonly value: string
  readonly hint?: string
  readonly problem: string | undefined
}

function input({ name, label, type, autocomplete, value, hint, problem }: Input): Html {
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(' ')
  return html`<label for="${name}">${label}</label>
${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : undefined}
${problem ? html`<p class="problem" id="${name}-problem" role="alert">${problem}</p>` : undefined}
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" value="${value}" required
  ${described ? html`aria-describedby="${described}"` : undefined} ${problem ? html`aria-invalid="true" autofocus` : undefined}>`
}

export function donePage(email: string, tenantName: string): string {
  return page(
    'Done',
    html`<h1>You are the first administrator</h1>
<p><strong>${email}</strong> is now the owner of the tenant <strong>${tenantName}</strong>.</p>
<p>Connect an identity provider next: <code>bin/doorlist idp create --help</code></p>`,
  )
}

export function messagePage(title: string, ...sentences: string[]): string {
  const paragraphs = sentences.map((sentence) => html`<p>${sentence}</p>`)
  return page(title, html`<h1>${title}</h1>${paragraphs.reduce((all, one) => html`${all}${one}`, html``)}`)
}
