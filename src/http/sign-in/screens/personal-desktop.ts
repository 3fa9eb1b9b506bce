import type { FastifyPluginAsync } from 'fastify'
import { Invalid } from '#errors.ts'
import { lockAttempt } from '#sign-in/attempts.ts'
import { auditContextOf } from '#sign-in/complete.ts'
import { setPersonalDesktop } from '#sign-in/enrolment.ts'
import { html, type Page, page } from '../../page.ts'
import { requestOrigin } from '../activity.ts'
import type { SignInOptions } from '../door.ts'
import { EMPTY, formField, invalidMessage, problemBanner } from '../form.ts'
import { type ScreenContext, screenContext } from './screen-context.ts'

/** The name of the machine that a user works at, where the administrator asks for it. */
export async function desktopScreen(
  { request: { texts } }: Pick<ScreenContext, 'request'>,
  problem?: string,
): Promise<Page> {
  const invalid = problem === undefined ? EMPTY : html` aria-invalid="true"`
  return page(
    texts.desktop.heading,
    html`<h1>${texts.desktop.heading}</h1>
<p>${texts.desktop.text}</p>
${problemBanner(problem)}<form method="post" action="/sign-in/personal-desktop">
<label for="name">${texts.desktop.name}</label>
<p class="hint" id="hint">${texts.desktop.hint}</p>
<input id="name" name="name" maxlength="100" aria-describedby="hint${problem === undefined ? '' : ' problem'}" autocomplete="off" spellcheck="false" required autofocus${invalid}>
<button type="submit">${texts.continue}</button></form>`,
  )
}

export const desktopRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  door.post('/sign-in/personal-desktop', async (request, reply) => {
    const context = await screenContext(options, request, reply, 'personal-desktop')
    if (!context) return reply.redirect('/sign-in/next', 303)
    const { user, token } = context
    const { tenantId } = context.attempt
    try {
      await options.db.transaction({ tenantId }, async (tx) => {
        const attempt = await lockAttempt(tx, token)
        const auditContext = auditContextOf(attempt, user, requestOrigin(request))
        await setPersonalDesktop(tx, auditContext, user, formField(request, 'name'))
      })
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      return reply.code(422).send(await desktopScreen(context, invalidMessage(error, request.texts)))
    }
    return reply.redirect('/sign-in/next', 303)
  })
}
