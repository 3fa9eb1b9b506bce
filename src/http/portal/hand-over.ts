import type { FastifyBaseLogger } from 'fastify'
import type { Mail } from '#platform/network/mail.ts'
import type { HandedLink } from './administrators/contract.ts'
import type { PortalOptions } from './options.ts'

/** Mails a link; where no mail can be sent, it is answered instead, to be handed over by other means. */
export async function handOver(
  { mailer }: Pick<PortalOptions, 'mailer'>,
  log: FastifyBaseLogger,
  mail: Mail,
  url: string,
): Promise<HandedLink> {
  if (!mailer) return { mailed: false, url }
  try {
    await mailer.send(mail)
    return { mailed: true }
  } catch (err) {
    log.warn({ err }, 'a mail could not be sent; its link was shown instead')
    return { mailed: false, url }
  }
}
