// Turns a finished request and its response into a row of the request log: its operation, effects and affected
// object, with secrets masked. ../request-log.ts decides what is stored; the SCIM door supplies the `Exchange`.
// Nothing here changes a request or its response. Start with `kept` and `rowOf` below, then operation.ts and mask.ts.
import type { ResourceSchema } from '#protocol/scim/schema/schema.ts'
import type { Note } from '../notes.ts'
import { maskJson } from './mask.ts'
import type { Meaning } from './operation.ts'
import { type LoggedRefusal, refusalOfParts } from './refusal.ts'
import { maskLiterals, maskPath, maskQuery, type Secrets, without } from './secrets.ts'

/** One operation of a bulk request and its outcome. */
export interface Part {
  readonly method: string
  readonly route: string | undefined
  readonly body: unknown
  readonly status: number
  readonly detail: string | undefined
  readonly refusal?: LoggedRefusal
}

/** What the door knows after its response. Bodies are parsed only when the row is written. */
export interface Exchange {
  readonly id: string
  readonly idpId: string
  /** Undefined if the request was refused before it was authenticated. */
  readonly credentialId: string | undefined
  readonly schemas: { readonly users: ResourceSchema; readonly groups: ResourceSchema } | undefined
  readonly method: string
  /** Path and query as received. */
  readonly url: string
  /** The route pattern as registered with the server. */
  readonly route: string | undefined
  readonly objectId: string | undefined
  readonly status: number
  readonly milliseconds: number
  readonly body: unknown
  readonly received: Buffer | undefined
  readonly answer: string | undefined
  /** The operations of a bulk request. */
  readonly parts?: readonly Part[] | undefined
  readonly refusal?: LoggedRefusal | undefined
  readonly notes?: readonly Note[]
  readonly userAgent: string | undefined
  readonly sourceAddress: string
}

/** Limit per body. Of the response to a successful look-up, fewer characters are enough. */
const BODY_BYTES = 16_384
const LOOK_UP_LETTERS = 1_024

/** A request waiting to be written. It contains only what is stored. */
export interface Kept extends Omit<Exchange, 'body' | 'received' | 'answer' | 'route' | 'parts'>, Meaning {
  readonly at: Date
  readonly failed: boolean
  readonly received: Buffer | undefined
  readonly receivedBytes: number
  readonly answer: string | Buffer | undefined
  readonly answerLetters: number
  /** Summary of the failed operations. */
  readonly partsFailed: string | undefined
}

export function kept(exchange: Exchange, meaning: Meaning, failed: boolean, at: Date): Kept {
  const { body: _, route: __, parts = [], received, answer = '', ...rest } = exchange
  const letters = !failed && exchange.method === 'GET' ? LOOK_UP_LETTERS : BODY_BYTES
  return {
    ...rest,
    ...meaning,
    at,
    failed,
    received:
      received && received.length > BODY_BYTES ? Buffer.from(received.subarray(0, BODY_BYTES)) : received,
    receivedBytes: received?.length ?? 0,
    // A substring would keep the whole string in memory, so the text is copied.
    answer: answer.length > letters ? Buffer.from(answer.slice(0, letters)) : answer || undefined,
    answerLetters: answer.length,
    partsFailed: failureOf(parts),
    refusal: exchange.refusal ?? refusalOfParts(parts),
  }
}

function failureOf(parts: readonly Part[]): string | undefined {
  const failed = parts.filter(({ status }) => status >= 400)
  const [first] = failed
  if (!first) return undefined
  return `${failed.length} of ${parts.length} operations failed; the first: ${first.status} ${first.detail}`
}

/** Returns the approximate memory in bytes while the request is waiting. */
export function weightOf({ received, answer }: Kept): number {
  return 500 + (received?.length ?? 0) + (answer?.length ?? 0)
}

export interface Row {
  readonly path: string
  readonly query: string
  readonly objectName: string | undefined
  readonly scimType: string | undefined
  readonly detail: string | undefined
  readonly requestBody: string | undefined
  readonly answerBody: string | undefined
  /** As JSON. */
  readonly refusalParams: string | undefined
  readonly notes: string | undefined
}

/** Parses and masks a waiting request. */
export function rowOf(exchange: Kept, secrets: Secrets): Row {
  const [path = '', query = ''] = split(exchange.url)
  const asked = maskQuery(query, secrets)
  const sent = maskJson(textOf(exchange.received), secrets, exchange.receivedBytes > BODY_BYTES)
  const found = [...asked.found, ...sent.found]
  const answered = textOf(exchange.answer)
  const answer = without(found, maskJson(answered, secrets, answered.length < exchange.answerLetters).text)
  const { scimType, detail = exchange.partsFailed } = exchange.status >= 400 ? errorIn(answer) : {}
  return {
    path: clean(maskPath(path), 300),
    query: clean(asked.text, 2_000),
    objectName: nameIn(exchange, sent.text, answer, asked.text),
    scimType: scimType && clean(scimType, 100),
    detail: detail && clean(maskLiterals(without(found, detail), secrets), 2_000),
    requestBody: sent.text === '' ? undefined : clean(sent.text),
    answerBody: answer === '' ? undefined : clean(answer),
    refusalParams: exchange.refusal && maskedJson(exchange.refusal.params, found, secrets),
    notes: exchange.notes?.length ? maskedJson(exchange.notes, found, secrets) : undefined,
  }
}

/** Masks each string separately, because masking the JSON as a whole could break it. */
function maskedJson(value: unknown, found: readonly string[], secrets: Secrets): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (Array.isArray(each)) return each.slice(0, MOST_IN_LIST)
    if (typeof each !== 'string') return each
    return clean(maskLiterals(without(found, each), secrets), 300).toWellFormed()
  })
}

/** Limit of lists in notes and parameters, such as attribute names or member ids. */
const MOST_IN_LIST = 50

/** Splits a URL into the path below the identity provider's endpoint and the query. */
function split(url: string): [string, string] {
  const mark = url.indexOf('?')
  const path = mark === -1 ? url : url.slice(0, mark)
  const below = /^\/+scim\/+v2\/+[^/]+(.*)$/.exec(path)?.[1] ?? path
  return [below === '' ? '/' : below, mark === -1 ? '' : url.slice(mark + 1)]
}

function textOf(body: string | Buffer | undefined): string {
  // Drops a character that was cut in two.
  return typeof body === 'string' ? body : (body?.toString('utf8').replace(/\uFFFD{1,3}$/, '') ?? '')
}

/** Replaces characters that PostgreSQL doesn't accept in text. */
export function clean(text: string, letters = Number.POSITIVE_INFINITY): string {
  const short = text.length > letters ? `${text.slice(0, letters - 1)}…` : text
  return short.includes('\0') ? short.replaceAll('\0', '\uFFFD') : short
}

function errorIn(answer: string): { scimType?: string; detail?: string } {
  try {
    return JSON.parse(answer) as { scimType?: string; detail?: string }
  } catch {
    return {}
  }
}

const NAMES = {
  User: /"userName"\s*:\s*("(?:[^"\\]|\\.)*")/i,
  Group: /"displayName"\s*:\s*("(?:[^"\\]|\\.)*")/i,
}
const LITERAL = /"((?:[^"\\]|\\.)+)"/

/** Returns the object's name after the change, or the value that was looked up, as far as the messages contain it. */
function nameIn(
  { objectType, operation, status }: Kept,
  sent: string,
  answer: string,
  asked: string,
): string | undefined {
  if (operation === 'look-up') return firstOf(LITERAL.exec(asked)?.[1])
  if (!objectType) return undefined
  const name = NAMES[objectType]
  const quoted =
    (status < 400 && operation !== 'create' ? name.exec(answer)?.[1] : undefined) ?? name.exec(sent)?.[1]
  return firstOf(quoted && unquoted(quoted))
}

function unquoted(json: string): string {
  try {
    return JSON.parse(json) as string
  } catch {
    return json
  }
}

function firstOf(name: string | undefined): string | undefined {
  return name ? clean(name, 200) : undefined
}
