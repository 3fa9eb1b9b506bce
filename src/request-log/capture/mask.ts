// Masks secrets in messages of identity providers before they are stored. It scans JSON character by character,
// because a long body is stored only in part and an invalid body must be masked too.
import { maskCondition } from '#protocol/scim/messages/secrets.ts'
import { MASKED, type Masked, maskTextOf, type Secrets } from './secrets.ts'

/** How many entries of a `members` list are kept. */
const MEMBERS = 50
const DEEPEST = 64

/**
 * Masks the secrets in a message.
 * @param json the text of a message, which may be invalid JSON
 * @param isCut whether the text is only the beginning, so that the name of a value may be missing
 */
export function maskJson(json: string, secrets: Secrets, isCut = false): Masked {
  const long = json.length > 4_000 && /"members"/i.test(json)
  if (!long && !isCut && !secrets.mayBeIn(json)) return { text: json, found: [] }
  const reader: Reader = { json, at: 0, depth: 0, secrets, cuts: [] }
  const whole = readValue(reader)
  if (whole?.kind === 'other') reader.at = whole.from
  if (!isAtEnd(reader)) loseTheThread(reader)
  return withoutCuts(reader)
}

interface Cut {
  readonly from: number
  readonly to: number
  readonly text: string
  readonly secret: boolean
}

interface Reader {
  readonly json: string
  readonly secrets: Secrets
  readonly cuts: Cut[]
  at: number
  depth: number
}

interface Span {
  readonly from: number
  readonly to: number
  readonly kind: 'text' | 'object' | 'list' | 'other'
}

function letter({ json, at }: Reader): string {
  return json[at] ?? ''
}

function isAtEnd(reader: Reader): boolean {
  skipSpace(reader)
  return reader.at >= reader.json.length
}

const SPACE = new Set([' ', '\n', '\r', '\t'])

function skipSpace(reader: Reader): void {
  while (SPACE.has(letter(reader))) reader.at += 1
}

/** Reads a value. @returns undefined at the end of the text or where it isn't valid JSON */
function readValue(reader: Reader, name = ''): Span | undefined {
  skipSpace(reader)
  const from = reader.at
  const first = letter(reader)
  if (first === '"') readText(reader)
  else if (first === '{' || first === '[') {
    reader.depth += 1
    if (reader.depth > DEEPEST) loseTheThread(reader)
    else if (first === '{') readObject(reader)
    else readList(reader, name)
    reader.depth -= 1
  } else while (/[^\s,:{}[\]"]/.test(letter(reader))) reader.at += 1
  if (reader.at === from) return undefined
  const kind = first === '"' ? 'text' : first === '{' ? 'object' : first === '[' ? 'list' : 'other'
  return { from, to: reader.at, kind }
}

/** Reads a string, to the end of the text if it isn't closed. */
function readText(reader: Reader): void {
  const { json } = reader
  let at = reader.at + 1
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  reader.at = Math.min(at + 1, json.length)
}

function textOf({ json }: Reader, { from, to }: Span): string {
  try {
    return JSON.parse(json.slice(from, to)) as string
  } catch {
    return json.slice(from + 1, to)
  }
}

/** Keys whose text tells what `value` is in the same object: `path` in a PATCH, `type` or `name` elsewhere. */
const SELECTORS = new Set(['path', 'name', 'type', 'attribute', 'key'])

function readObject(reader: Reader): void {
  let value: Span | undefined
  let selected = ''
  reader.at += 1
  while (!isAtEnd(reader) && letter(reader) !== '}') {
    const key = letter(reader) === '"' ? readValue(reader) : undefined
    skipSpace(reader)
    if (!key || (letter(reader) !== ':' && !isAtEnd(reader))) {
      loseTheThread(reader)
      return
    }
    reader.at += 1
    const name = textOf(reader, key)
    maskName(reader, key, name)
    const member = readValue(reader, name)
    if (!member) break
    if (reader.secrets.isSecret(name)) mask(reader, member)
    else if (member.kind === 'text') selected += readTextMember(reader, name.toLowerCase(), member)
    if (name.toLowerCase() === 'value') value = member
    skipSpace(reader)
    if (letter(reader) === ',') reader.at += 1
  }
  // The key that tells what the value is may come after the cut.
  const isUnknown = isAtEnd(reader) && selected === '' && value?.kind !== 'object' && value?.kind !== 'list'
  if (value && (isUnknown || reader.secrets.isSecret(selected))) mask(reader, value)
  if (letter(reader) === '}') reader.at += 1
  else if (!isAtEnd(reader)) loseTheThread(reader)
}

/** Masks a key that is a path, because its filter can contain a secret. */
function maskName(reader: Reader, span: Span, name: string): void {
  const masked = maskCondition(name)
  if (masked !== name) reader.cuts.push({ ...span, text: JSON.stringify(masked), secret: false })
}

/** Masks the text of a key. @returns the text if the key tells what `value` is */
function readTextMember(reader: Reader, name: string, span: Span): string {
  const text = textOf(reader, span)
  maskText(reader, name, span, text)
  const isWhole = span.to < reader.json.length
  return SELECTORS.has(name) && isWhole ? ` ${text}` : ''
}

function maskText(reader: Reader, name: string, span: Span, text: string): void {
  const found: string[] = []
  const masked = maskTextOf(name, text, reader.secrets, found)
  if (masked !== text)
    reader.cuts.push({ ...span, text: JSON.stringify(masked), secret: false }, ...found.map(mentioned))
}

/** Returns a secret that isn't cut here but is masked in texts that quote it. */
function mentioned(text: string): Cut {
  return { from: Number.MAX_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER, text, secret: true }
}

function readList(reader: Reader, name: string): void {
  const isMembers = name.toLowerCase() === 'members'
  let count = 0
  let cutFrom = 0
  reader.at += 1
  while (!isAtEnd(reader) && letter(reader) !== ']') {
    count += 1
    if (isMembers && count === MEMBERS + 1) cutFrom = reader.at
    const element = readValue(reader)
    if (!element) {
      loseTheThread(reader)
      return
    }
    if (element.kind === 'text') maskText(reader, name, element, textOf(reader, element))
    skipSpace(reader)
    if (letter(reader) === ',') reader.at += 1
  }
  if (cutFrom > 0) {
    const more = `"… ${count - MEMBERS}${isAtEnd(reader) ? ' or more' : ''} more members"`
    reader.cuts.push({ from: cutFrom, to: reader.at, text: more, secret: false })
  }
  if (letter(reader) === ']') reader.at += 1
}

function mask(reader: Reader, { from, to }: Span): void {
  reader.cuts.push({ from, to, text: `"${MASKED}"`, secret: true })
}

/** Handles text that isn't valid JSON: the rest is shown only if it can't contain a secret. */
function loseTheThread(reader: Reader): void {
  const { json, at, secrets, cuts } = reader
  // Without valid JSON, the name that a value belongs to is unknown.
  if (secrets.mayBeIn(json))
    cuts.push({ from: at, to: json.length, text: '… [not shown: no JSON]', secret: false })
  reader.at = json.length
}

function withoutCuts({ json, cuts }: Reader): Masked {
  const found: string[] = []
  let text = ''
  let at = 0
  // Of two overlapping cuts, the outer one comes first and covers the other.
  for (const cut of cuts.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    if (cut.secret) found.push(...literalsIn(cut, json))
    if (cut.from < at || cut.from >= json.length) continue
    text += json.slice(at, cut.from) + cut.text
    at = cut.to
  }
  return { text: text + json.slice(at), found }
}

function literalsIn({ from, to, text }: Cut, json: string): string[] {
  if (from >= json.length) return [text]
  const whole = json.slice(from, to)
  const texts = [...whole.matchAll(/"((?:[^"\\]|\\.)*)"?/g)].map(([, literal = '']) => literal)
  return texts.length > 0 ? texts : [whole]
}
