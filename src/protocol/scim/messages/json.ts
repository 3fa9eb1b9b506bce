// Reads JSON from clients and refuses, in this one place, what would be expensive or unsafe: deep nesting before
// anything is built, and text that the database can't store.
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
 * Parses a body. No object in the result has a member called `__proto__`, and no text contains NUL or half of a
 * surrogate pair. The caller limits the size of the body.
 * @param body UTF-8 bytes, or text
 * @param limits.depth maximum nesting of lists and objects; 64 by default
 * @throws {ScimError} 400 invalidSyntax if it isn't UTF-8 or JSON or is nested too deep; 400 invalidValue naming the
 *   position of text that can't be stored
 */
export function parseJson(body: Uint8Array | string, limits: { readonly depth?: number } = {}): Json {
  const text = typeof body === 'string' ? body : decode(body)
  checkDepth(typeof body === 'string' ? new TextEncoder().encode(body) : body, limits.depth ?? MAX_DEPTH)
  const value = parse(text)
  // Text decoded from UTF-8 has NUL and lone surrogates only as escapes, and `__proto__` literally or with escapes.
  // Most bodies have none of these and needn't be walked.
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
 * Checks the nesting in one pass over bytes that may not be JSON. Bytes cost a hundredth of what characters do, and
 * suffice: JSON's syntax is single-byte characters that occur in no other character's encoding.
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

/** Returns the offset of the quote that closes the string starting at `start`. */
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
