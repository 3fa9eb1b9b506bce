// Reads JSON from outside. What could make reading or keeping it expensive or unsafe is refused here, once: nesting
// before anything is built, and text that a database cannot hold before anything is stored.
import { refuse } from '../refusals/refusals.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

const MAX_DEPTH = 64
const UTF8 = new TextDecoder('utf-8', { fatal: true })
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * The value that a body holds. Its objects are ordinary ones, but none has a member called `__proto__`, and no text in it
 * has NUL or half a surrogate pair. The size of the body is bounded by who receives it.
 * @param body UTF-8, or text
 * @param limits.depth how many lists and objects may be nested; 64
 * @throws {ScimError} 400 invalidSyntax: not UTF-8, not JSON, nested too deep; 400 invalidValue: text naming its place
 */
export function parseJson(body: Uint8Array | string, limits: { readonly depth?: number } = {}): Json {
  const text = typeof body === 'string' ? body : decode(body)
  checkDepth(typeof body === 'string' ? new TextEncoder().encode(body) : body, limits.depth ?? MAX_DEPTH)
  const value = parse(text)
  // Bytes hold neither of the characters unescaped, and the name is written out or escaped: the usual body is not walked.
  if (text.includes('\\u') || text.includes('__proto__') || !text.isWellFormed()) check(value, '')
  return value
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes)
  } catch {
    throw refuse('body-not-utf8')
  }
}

/**
 * One pass over what may not be JSON at all. Over bytes, which cost a hundredth of what looking into the text does: each
 * character that JSON is made of is one byte, and none of these is a part of any other character.
 */
function checkDepth(bytes: Uint8Array, maxDepth: number): void {
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) at = endOfString(bytes, at)
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth += 1
      if (depth > maxDepth) throw refuse('body-too-deep', { limit: maxDepth })
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1
  }
}

/** Where the quote stands that closes the string which starts at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) at += 1
  }
  return bytes.length
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw refuse('body-not-json')
  }
}

function check(value: Json, at: string): void {
  if (typeof value === 'string') checkText(value, at || 'The body')
  else if (Array.isArray(value)) for (const [index, each] of value.entries()) check(each, `${at}[${index}]`)
  else if (typeof value === 'object' && value !== null) checkObject(value, at)
}

function checkObject(value: JsonObject, at: string): void {
  for (const key of Object.keys(value)) {
    checkText(key, `A name in ${at || 'the body'}`)
    if (key === '__proto__') throw refuse('body-forbidden-name', { at })
    check(value[key] ?? null, at ? `${at}.${key}` : key)
  }
}

function checkText(text: string, at: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw refuse('text-unstorable', { at })
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
