// Takes secrets out of the messages of identity providers before they are written down. It reads JSON by its letters and
// not by a parser, because what is kept of a long body is its beginning, and because a body that is no JSON is looked
// into as well.
import { maskCondition } from '#protocol/scim/messages/secrets.ts'
import { MASKED, type Masked, maskTextOf, type Secrets } from './secrets.ts'

/** Of a list of members, the first so many are kept. */
const MEMBERS = 50
const DEEPEST = 64

/**
 * @param json the text of a message; perhaps no JSON at all
 * @param isCut only its beginning: what a name would tell may stand behind its end
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

/** @returns undefined where there is none: the text ends, or is no JSON here */
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

/** To the end of the text where it has no end of its own. */
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

/** Members of an object that say what its `value` is: `path` in a PATCH, `type` or `name` elsewhere. */
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
  // What its value is may stand after the end of what was kept.
  const isUnknown = isAtEnd(reader) && selected === '' && value?.kind !== 'object' && value?.kind !== 'list'
  if (value && (isUnknown || reader.secrets.isSecret(selected))) mask(reader, value)
  if (letter(reader) === '}') reader.at += 1
  else if (!isAtEnd(reader)) loseTheThread(reader)
}

/** Where a path stands as a name, its filter can hold a secret. */
function maskName(reader: Reader, span: Span, name: string): void {
  const masked = maskCondition(name)
  if (masked !== name) reader.cuts.push({ ...span, text: JSON.stringify(masked), secret: false })
}

/** @returns what it selects, if it is a member that does */
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

/** Only remembered, for texts that quote it. */
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

/** The rest is no JSON: it is shown only where it cannot hold a secret. */
function loseTheThread(reader: Reader): void {
  const { json, at, secrets, cuts } = reader
  // A value that belongs to a name before it would not be known for what it is.
  if (secrets.mayBeIn(json))
    cuts.push({ from: at, to: json.length, text: '… [not shown: no JSON]', secret: false })
  reader.at = json.length
}

function withoutCuts({ json, cuts }: Reader): Masked {
  const found: string[] = []
  let text = ''
  let at = 0
  // The outer one of two that overlap comes first, and holds the other.
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
