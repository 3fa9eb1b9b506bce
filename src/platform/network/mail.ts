// Mail goes out through the operator's SMTP server, where one is set. What sends it is loaded for the first mail.
import type { Transporter } from 'nodemailer'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface Mailer {
  /** Resolves when the server has taken it. @throws when it has not */
  send(mail: Mail): Promise<void>
  close(): void
}

const PATIENCE_MILLISECONDS = 10_000

/** @param from the address that mail comes from */
export function openMailer(smtpUrl: string, from: string): Mailer {
  let transport: Promise<Transporter> | undefined
  return {
    async send({ to, subject, text }) {
      transport ??= openTransport(smtpUrl).catch((error) => {
        transport = undefined // the next mail tries again
        throw error
      })
      // As an object the address is one address, whatever commas are in it.
      await (await transport).sendMail({
        from: { name: 'Doorlist', address: from },
        to: { name: '', address: to },
        subject,
        text,
      })
    },
    close: () =>
      void transport?.then(
        (open) => open.close(),
        () => undefined,
      ),
  }
}

async function openTransport(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url,
    connectionTimeout: PATIENCE_MILLISECONDS,
    greetingTimeout: PATIENCE_MILLISECONDS,
    socketTimeout: PATIENCE_MILLISECONDS,
    // Nothing of ours is a file or a page to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}
