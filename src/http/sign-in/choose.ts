import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { listChoices, type ProviderChoice } from '#sign-in/choices.ts'
import { type Html, html, page } from '../page.ts'
import type { SignInOptions } from './door.ts'
import { readReturnTo } from './return-to.ts'

type ChooseRequest = FastifyRequest<{ Querystring: { tenant?: string; return_to?: string } }>

/** Choosing the identity provider. */
export const chooseRoutes: FastifyPluginAsync<SignInOptions> = async (door, { db }) => {
  door.get('/sign-in', async (request: ChooseRequest, reply) => {
    const { tenant, return_to } = request.query
    const { tenantName, choices } = await listChoices(db, typeof tenant === 'string' ? tenant : undefined)
    const returnTo = readReturnTo(return_to)
    const [only] = choices
    if (only && choices.length === 1) return reply.redirect(addressOf(only, returnTo), 303)
    return choosePage(tenantName, choices, returnTo)
  })
}

function addressOf({ id }: ProviderChoice, returnTo: string): string {
  return `/sign-in/with/${id}?${new URLSearchParams({ return_to: returnTo })}`
}

function choosePage(tenantName: string, choices: readonly ProviderChoice[], returnTo: string): string {
  const links = choices.map(
    (choice) => html`<li><a class="choice" href="${addressOf(choice, returnTo)}">${choice.name}</a></li>`,
  )
  const list = links.reduce<Html>((all, one) => html`${all}${one}`, html``)
  return page(
    'Sign in',
    html`<h1>Sign in to ${tenantName}</h1>
${choices.length > 0 ? html`<p>Through which identity provider?</p><ul class="choices">${list}</ul>` : html`<p>There is no identity provider to sign in through yet. An administrator connects one in the portal.</p>`}`,
  )
}
