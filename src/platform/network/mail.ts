// Sends email through the operator's SMTP server. The library is loaded for the first email.
import type { Transporter } from 'nodemailer'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface Mailer {
  /** Resolves when the server has accepted the email. @throws when it hasn't */
  send(mail: Mail): Promise<void>
  close(): void
}

const PATIENCE_MILLISECONDS = 10_000

/** @param from address of the sender */
export function openMailer(smtpUrl: string, from: string): Mailer {
  let transport: Promise<Transporter> | undefined
  return {
    async send({ to, subject, text }) {
      transport ??= openTransport(smtpUrl).catch((error) => {
        transport = undefined // the next email tries again
        throw error
      })
      // As an object, the address is a single one, even with commas in it.
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
    // Emails never contain files or pages to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}
