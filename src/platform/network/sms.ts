// Text messages go out through a webhook of the operator's, which passes them on to whoever sends them.
import { createHmac } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { GuardedFetch } from './fetch.ts'

export interface Sms {
  /** Resolves when the webhook has taken it. @throws when it has not */
  send(message: { readonly to: string; readonly text: string }): Promise<void>
}

export interface SmsOptions {
  readonly url: string
  /** With which each message is signed. */
  readonly secret: string
  readonly fetch: GuardedFetch
  readonly clock: Clock
}

/**
 * POSTs `{"to", "text"}`. `Doorlist-Signature` is `t=<seconds>,v1=<hex>`: the HMAC-SHA256 of `<seconds>.<body>`, by which the
 * webhook knows the sender, and that a message is not an old one again.
 */
export function openSms({ url, secret, fetch, clock }: SmsOptions): Sms {
  return {
    async send({ to, text }) {
      const body = JSON.stringify({ to, text })
      const seconds = Math.floor(clock().getTime() / 1_000)
      const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
      const { status } = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'doorlist-signature': `t=${seconds},v1=${signature}`,
        },
        body,
      })
      if (status < 200 || status >= 300) throw new Error(`the SMS webhook answered ${status}`)
    },
  }
}
