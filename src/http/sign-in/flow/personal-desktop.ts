import type { FastifyReply, FastifyRequest } from 'fastify'
import { Invalid } from '#errors.ts'
import { lockAttempt } from '#sign-in/attempts.ts'
import { auditContextOf } from '#sign-in/complete.ts'
import { setPersonalDesktop } from '#sign-in/enrollment.ts'
import { requestOrigin } from '../activity.ts'
import { formField, invalidMessage } from '../form.ts'
import { desktopScreen } from '../screens/desktop-screen.ts'
import { screenContext } from '../screens/screen-context.ts'
import type { SignInServices } from '../services.ts'

/** Stores the name of the user's computer. */
export async function submitPersonalDesktop(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const context = await screenContext(services, request, reply, 'personal-desktop')
  if (!context) return reply.redirect('/sign-in/next', 303)
  const { user, token } = context
  const { tenantId } = context.attempt
  try {
    await services.db.transaction({ tenantId }, async (tx) => {
      const attempt = await lockAttempt(tx, token)
      const auditContext = auditContextOf(attempt, user, requestOrigin(request))
      await setPersonalDesktop(tx, auditContext, user, formField(request, 'name'))
    })
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return reply.code(422).send(await desktopScreen(context, invalidMessage(error, request.texts)))
  }
  return reply.redirect('/sign-in/next', 303)
}
