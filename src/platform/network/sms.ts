// Sends text messages through a webhook of the operator, which passes them on to a provider.
import { createHmac } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { GuardedFetch } from './fetch.ts'

export interface Sms {
  /** Resolves when the webhook has accepted the message. @throws when it hasn't */
  send(message: { readonly to: string; readonly text: string }): Promise<void>
}

export interface SmsOptions {
  readonly url: string
  /** Signs each message. */
  readonly secret: string
  readonly fetch: GuardedFetch
  readonly clock: Clock
}

/**
 * POSTs `{"to", "text"}`. `Doorlist-Signature` is `t=<seconds>,v1=<hex>`: the HMAC-SHA256 of `<seconds>.<body>`, which
 * proves the sender to the webhook, and that the message isn't replayed.
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
