// Splits a filter into tokens in one pass over its characters. The length is checked first, so the cost is linear and
// bounded.
import { refuse } from '../refusals/refusals.ts'

/** The maximum length of a filter or PATCH path, in UTF-16 code units. */
export const MAX_FILTER_LENGTH = 8_192

/** A `word` is a run of any other characters: a name, an operator, a number, `true`, or `.value` after a bracket. */
export interface Token {
  readonly kind: 'word' | 'string' | '(' | ')' | '[' | ']' | 'end'
  /** The word, or the string's decoded value. */
  readonly text: string
  /** Offset in the filter, in UTF-16 code units, for error messages. */
  readonly at: number
}

const BRACKETS: ReadonlyMap<string, Token['kind']> = new Map([
  ['(', '('],
  [')', ')'],
  ['[', '['],
  [']', ']'],
])

/**
 * Splits a filter into tokens.
 * @throws {ScimError} 400 invalidFilter for a filter that is too long, an unclosed string or an invalid escape
 */
export function tokenize(text: string): Token[] {
  if (text.length > MAX_FILTER_LENGTH)
    throw refuse('filter-too-large', { what: 'characters', limit: MAX_FILTER_LENGTH })
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const character = text.charAt(at)
    const bracket = BRACKETS.get(character)
    if (isSpace(character)) at += 1
    else if (bracket) tokens.push({ kind: bracket, text: character, at: at++ })
    else {
      const end = character === '"' ? endOfString(text, at) : endOfWord(text, at)
      const slice = text.slice(at, end)
      tokens.push(
        character === '"'
          ? { kind: 'string', text: decodeString(slice, at), at }
          : { kind: 'word', text: slice, at },
      )
      at = end
    }
  }
  tokens.push({ kind: 'end', text: '', at })
  return tokens
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t'
}

function endOfWord(text: string, start: number): number {
  let end = start + 1
  while (end < text.length) {
    const character = text.charAt(end)
    if (isSpace(character) || character === '"' || BRACKETS.has(character)) break
    end += 1
  }
  return end
}

function endOfString(text: string, start: number): number {
  for (let end = start + 1; end < text.length; end++) {
    const character = text.charAt(end)
    if (character === '"') return end + 1
    if (character === '\\') end += 1
  }
  throw refuse('filter-syntax', { problem: 'open-string', at: start })
}

/**
 * Decodes a JSON string (RFC 7644 §3.4.2.2). NUL and lone surrogates are refused: no stored value has them, and
 * PostgreSQL can't take them.
 */
function decodeString(quoted: string, at: number): string {
  const value =
    quoted.includes('\\') || hasControl(quoted) ? parseJsonString(quoted, at) : quoted.slice(1, -1)
  if (value.includes('\0') || !value.isWellFormed()) {
    throw refuse('filter-syntax', { problem: 'bad-character', at })
  }
  return value
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) < 0x20) return true
  return false
}

function parseJsonString(quoted: string, at: number): string {
  try {
    return String(JSON.parse(quoted))
  } catch {
    throw refuse('filter-syntax', { problem: 'bad-string', at })
  }
}
