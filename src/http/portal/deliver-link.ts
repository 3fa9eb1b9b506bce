import type { FastifyBaseLogger } from 'fastify'
import type { Mail, Mailer } from '#platform/network/mail.ts'
import type { HandedLink } from './administrators/contract.ts'

/**
 * Mails a link. When it can't be mailed, the link is part of the answer, for the administrator to pass on.
 * @param mailer undefined when SMTP isn't configured
 */
export async function deliverLink(
  mailer: Mailer | undefined,
  log: FastifyBaseLogger,
  mail: Mail,
  url: string,
): Promise<HandedLink> {
  if (!mailer) return { mailed: false, url }
  try {
    await mailer.send(mail)
    return { mailed: true }
  } catch (err) {
    log.warn({ err }, 'an email could not be sent; its link was shown to the administrator instead')
    return { mailed: false, url }
  }
}
