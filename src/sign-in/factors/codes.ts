// One-time codes that are sent: by mail, and as a text message. A code belongs to one sign-in in one browser; it is kept
// as a digest made with the token that only that browser holds, so that six digits cannot be guessed from the database.
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

/** Who is to get a code, and where. */
export interface CodeRequest {
  readonly userId: string
  readonly method: CodeMethod
  readonly address: string
  /** Of the page that it is asked for at. */
  readonly language: Language
  readonly origin: BrowserOrigin
}

/** Mail is there at once, and what lies in a mailbox should be worth little; a text message takes its time. */
const SECONDS: Record<CodeMethod, number> = { email: 60, phone: 300 }

/** Sends a code; one that was sent before is void. @throws {Throttled} too many within the hour @throws {Refused} it could not be sent */
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

/** Uses a code up. @returns the address that it was sent to, when it is right */
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

/** As it can be dialled from everywhere; undefined when it cannot. */
export function parsePhone(text: string): string | undefined {
  const number = text.replace(/[\s().-]/g, '').replace(/^00/, '+')
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined
}
