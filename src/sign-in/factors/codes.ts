// One-time codes by mail and text message. A code belongs to one sign-in in one browser. Its digest includes the token that
// only that browser has, so the six digits can't be guessed from the database.
import { hash, randomInt } from 'node:crypto'
import { Refused } from '#errors.ts'
import type { Database } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Language } from '#platform/language.ts'
import type { Mailer } from '#platform/network/mail.ts'
import type { Sms } from '#platform/network/sms.ts'
import { countGuess } from '#throttle/guesses.ts'
import { type BrowserOrigin, findGuessOrigin } from '#throttle/known-browsers.ts'
import { guessLimits } from '#throttle/limits.ts'
import { type Attempt, deriveValue } from '../attempts.ts'
import { codeMail, codeMessage } from '../local/mail-texts.ts'

export type CodeMethod = 'email' | 'phone'

export interface CodeTools {
  readonly db: Database
  readonly mailer: Mailer | undefined
  readonly sms: Sms | undefined
  readonly publicUrl: () => string
}

/** Who gets a code, and where. */
export interface CodeRequest {
  readonly userId: string
  readonly method: CodeMethod
  readonly address: string
  /** The language of the page that asks for the code. */
  readonly language: Language
  readonly origin: BrowserOrigin
}

/** Mail arrives at once and stays in a mailbox, so its code expires soon; a text message may take a while. */
const SECONDS: Record<CodeMethod, number> = { email: 60, phone: 300 }

/**
 * Sends a code and voids the previous one.
 * @throws {Throttled} too many within the hour @throws {Refused} it couldn't be sent
 */
export async function sendCode(
  tools: CodeTools,
  { id, tenantId }: Attempt,
  token: string,
  { userId, method, address, language, origin }: CodeRequest,
): Promise<void> {
  const from = await findGuessOrigin(tools.db, tenantId, { kind: 'user', id: userId }, origin)
  await countGuess(tools.db, guessLimits('code', userId, from))
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  await tools.db.run(
    { tenantId },
    sql`insert into user_code (attempt_id, tenant_id, method, address, digest, expires_at)
      values (${id}, ${tenantId}, ${method}, ${address}, ${codeDigest(token, code)},
        now() + make_interval(secs => ${SECONDS[method]}))
      on conflict (attempt_id) do update set method = excluded.method, address = excluded.address,
        digest = excluded.digest, expires_at = excluded.expires_at`,
  )
  try {
    await deliver(tools, { method, to: address, code, language })
  } catch (error) {
    throw new Refused('The code could not be sent. Try again in a moment, or use another method.', {
      cause: error,
    })
  }
}

async function deliver(
  { mailer, sms, publicUrl }: CodeTools,
  { method, to, code, language }: { method: CodeMethod; to: string; code: string; language: Language },
): Promise<void> {
  const facts = { code, host: new URL(publicUrl()).host, seconds: SECONDS[method] }
  if (method === 'email' && mailer) return mailer.send({ to, ...codeMail(language, facts) })
  if (method === 'phone' && sms) return sms.send({ to, text: codeMessage(language, facts) })
  throw new Error(`no way to send a code by ${method}`)
}

/** Uses up a code. @returns the address it was sent to; undefined: the code is wrong or expired */
export async function consumeCode(
  db: Database,
  { id, tenantId }: Attempt,
  token: string,
  method: CodeMethod,
  code: string,
): Promise<string | undefined> {
  const digits = code.replace(/\s/g, '')
  const [spent] = await db.run<{ address: string }>(
    { tenantId },
    sql`delete from user_code where attempt_id = ${id} and tenant_id = ${tenantId} and method = ${method}
      and digest = ${codeDigest(token, digits)} and expires_at > now() returning address`,
  )
  return spent?.address
}

function codeDigest(token: string, code: string): Buffer {
  return hash('sha256', `${deriveValue(token, 'code')} ${code}`, 'buffer')
}

/** Returns a phone number in international form; undefined: it isn't one. */
export function parsePhone(text: string): string | undefined {
  const number = text.replace(/[\s().-]/g, '').replace(/^00/, '+')
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined
}
