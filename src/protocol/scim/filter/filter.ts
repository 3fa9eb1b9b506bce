// This folder reads SCIM filters, in the `filter` of a query and between the brackets of a PATCH path, and tests
// resources in memory against them. The directory runs filters on the database in src/directory/lists/filter-sql.ts.
// The directory, ../messages and ../patch call it. Length, depth and number of conditions are bounded.
// Start here: this file is a hand-written recursive-descent parser over the tokens of tokens.ts. It resolves names
// against the schema and checks comparisons in compare.ts. Then read match.ts and path.ts. @see RFC 7644 §3.4.2.2

import { echo, isSecretName, MASKED, mentionsSecret } from '../messages/secrets.ts'
import { refuse } from '../refusals/refusals.ts'
import { elementRef, lookUp, nameOf } from '../schema/names.ts'
import { groupSchema, userSchema } from '../schema/resource-schema.ts'
import type { Attribute, AttributeRef, ResourceSchema } from '../schema/schema.ts'
import type { Mode } from '../values/value.ts'
import { type CompareValue, type Comparison, comparison, isCompareOp } from './compare.ts'
import { type Token, tokenize } from './tokens.ts'

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly terms: Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | Comparison
  | { readonly kind: 'present'; readonly ref: AttributeRef }
  /** `ref` is a multi-valued complex attribute. Each `ref.attribute` inside `filter` is one of its sub-attributes. */
  | { readonly kind: 'valuePath'; readonly ref: AttributeRef; readonly filter: Filter }
  /**
   * A condition on an attribute that only the other resource type has, so it never has a value.
   * @see RFC 7644 §3.4.2.1
   */
  | { readonly kind: 'never'; readonly name: string }

const MAX_DEPTH = 32
const MAX_TERMS = 200

/**
 * Parses the filter of a query.
 * @param mode `lenient` converts values to the type of their attribute, as it does for values in message bodies
 * @throws {ScimError} 400 invalidFilter naming the attribute, operator or position
 */
export function parseFilter(text: string, schema: ResourceSchema, mode: Mode = 'strict'): Filter {
  return read(text, resourceScope(schema), text, mode)
}

/**
 * Parses the filter between the brackets of `attribute[…]`.
 * @param path the whole path; if it mentions a secret, errors mask the words that they quote from the filter
 * @throws {ScimError} 400 invalidFilter
 */
export function parseValueFilter(
  text: string,
  attribute: Attribute,
  path = text,
  mode: Mode = 'strict',
): Filter {
  return read(text, elementScope(attribute), path, mode)
}

/** An attribute found by its name. `foreign` means that only the other resource type has it. */
interface Named {
  readonly ref: AttributeRef
  readonly foreign: boolean
}

/** The names allowed at one level: those of the resource or, inside brackets, those of one element. */
interface Scope {
  readonly find: (name: string) => Named | undefined
  readonly element: boolean
}

interface Reader {
  /** What the client sent. The filter may be only a part of it. */
  readonly whole: string
  readonly mode: Mode
  readonly tokens: readonly Token[]
  at: number
  depth: number
  terms: number
}

function resourceScope(schema: ResourceSchema): Scope {
  return {
    element: false,
    find(name) {
      const own = lookUp(schema, name)
      if (own) return { ref: own, foreign: false }
      const other = lookUp(schema.resourceType === 'User' ? groupSchema : userSchema, name)
      return other && { ref: other, foreign: true }
    },
  }
}

function elementScope(attribute: Attribute): Scope {
  return {
    element: true,
    find(name) {
      const ref = elementRef(attribute, name)
      return ref && { ref, foreign: false }
    },
  }
}

function read(text: string, scope: Scope, whole: string, mode: Mode): Filter {
  const reader: Reader = { whole, mode, tokens: tokenize(text), at: 0, depth: 0, terms: 0 }
  const filter = readOr(reader, scope)
  if (peek(reader).kind !== 'end') throw unexpected(reader, peek(reader))
  return filter
}

function readOr(reader: Reader, scope: Scope): Filter {
  return readChain(reader, 'or', () => readChain(reader, 'and', () => readTerm(reader, scope)))
}

/** Parses operands joined by one keyword. `not` binds tighter than `and`, and `and` tighter than `or`. */
function readChain(reader: Reader, kind: 'and' | 'or', readOperand: () => Filter): Filter {
  const first = readOperand()
  if (!isWord(peek(reader), kind)) return first
  const terms = [first]
  while (isWord(peek(reader), kind)) {
    reader.at += 1
    terms.push(readOperand())
  }
  return { kind, terms }
}

function readTerm(reader: Reader, scope: Scope): Filter {
  const token = next(reader)
  if (token.kind === '(') return readGroup(reader, scope)
  if (token.kind !== 'word') throw unexpected(reader, token)
  if (peek(reader).kind === '(' && isWord(token, 'not')) {
    reader.at += 1
    return { kind: 'not', term: readGroup(reader, scope) }
  }
  countTerm(reader)
  const named = find(reader, scope, token.text)
  const term =
    peek(reader).kind === '[' ? readValuePath(reader, scope, named.ref) : readCondition(reader, named.ref)
  return named.foreign ? withoutValue(term, named.ref) : term
}

function readGroup(reader: Reader, scope: Scope): Filter {
  const filter = deeper(reader, () => readOr(reader, scope))
  expect(reader, ')')
  return filter
}

/** Parses what follows the attribute in `attribute op value` or `attribute pr`. */
function readCondition(reader: Reader, ref: AttributeRef): Filter {
  const token = next(reader)
  const op = token.kind === 'word' ? token.text.toLowerCase() : ''
  if (op === 'pr') return { kind: 'present', ref }
  if (isCompareOp(op)) return comparison(ref, op, readValue(reader, next(reader)), reader.mode)
  if (token.kind === 'word') throw refuse('filter-operator-unknown', { op: repeated(reader, token.text) })
  throw unexpected(reader, token)
}

function readValuePath(reader: Reader, scope: Scope, ref: AttributeRef): Filter {
  const { attribute, sub } = ref
  // Erratum 4690 rules out brackets inside brackets.
  if (scope.element || sub || !attribute.multiValued || attribute.type !== 'complex') {
    throw refuse('filter-brackets', { name: nameOf(ref) })
  }
  expect(reader, '[')
  const inner = elementScope(attribute)
  const filter = deeper(reader, () => readOr(reader, inner))
  expect(reader, ']')
  return { kind: 'valuePath', ref, filter: readSubCondition(reader, inner, filter) }
}

/**
 * Parses the `.value eq "x"` of Entra's `emails[type eq "work"].value eq "x"` as one more condition on the same
 * element. The ABNF doesn't allow it.
 */
function readSubCondition(reader: Reader, scope: Scope, filter: Filter): Filter {
  const token = peek(reader)
  if (token.kind !== 'word' || !token.text.startsWith('.')) return filter
  reader.at += 1
  countTerm(reader)
  const condition = readCondition(reader, find(reader, scope, token.text.slice(1)).ref)
  return { kind: 'and', terms: filter.kind === 'and' ? [...filter.terms, condition] : [filter, condition] }
}

/**
 * Returns the result of a condition on an attribute that has no value. `eq null` is true, and so is `ne` with a value
 * unless the attribute is multi-valued. Every other condition is false.
 */
function withoutValue(term: Filter, ref: AttributeRef): Filter {
  const never: Filter = { kind: 'never', name: nameOf(ref) }
  const holds =
    term.kind === 'compare' &&
    (term.value === null ? term.op === 'eq' : term.op === 'ne' && !term.ref.attribute.multiValued)
  return holds ? { kind: 'not', term: never } : never
}

function find(reader: Reader, scope: Scope, name: string): Named {
  const named = scope.find(name)
  if (!named) throw refuse('filter-attribute-unknown', { name: repeated(reader, name) })
  // RFC 7643 §7: clients must not be able to guess a value that is never returned.
  if ((named.ref.sub ?? named.ref.attribute).returned === 'never') {
    throw refuse('filter-attribute-secret', { name: nameOf(named.ref) })
  }
  return named
}

/** Parses a compValue: a JSON string, a number, true, false or null. */
function readValue(reader: Reader, token: Token): CompareValue {
  if (token.kind === 'string') return token.text
  const word = token.kind === 'word' ? token.text.toLowerCase() : ''
  if (word === 'true' || word === 'false') return word === 'true'
  if (word === 'null') return null
  const number = asNumber(word)
  if (number === undefined)
    throw token.kind === 'end'
      ? unexpected(reader, token)
      : refuse('filter-syntax', { problem: 'not-a-value', text: repeated(reader, token.text) })
  return number
}

function asNumber(word: string): number | undefined {
  for (const character of word) if (!'0123456789+-.e'.includes(character)) return undefined
  const number = word === '' ? Number.NaN : Number(word)
  return Number.isFinite(number) ? number : undefined
}

function countTerm(reader: Reader): void {
  reader.terms += 1
  if (reader.terms > MAX_TERMS) throw refuse('filter-too-large', { what: 'conditions', limit: MAX_TERMS })
}

function deeper(reader: Reader, readInner: () => Filter): Filter {
  reader.depth += 1
  if (reader.depth > MAX_DEPTH) throw refuse('filter-too-large', { what: 'depth', limit: MAX_DEPTH })
  const filter = readInner()
  reader.depth -= 1
  return filter
}

const END: Token = { kind: 'end', text: '', at: -1 }

function peek(reader: Reader): Token {
  return reader.tokens[reader.at] ?? END
}

function next(reader: Reader): Token {
  const token = peek(reader)
  reader.at += 1
  return token
}

function expect(reader: Reader, kind: Token['kind']): void {
  const token = next(reader)
  if (token.kind !== kind) throw unexpected(reader, token)
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word
}

/**
 * Returns a word for an error message. If the filter mentions a secret, any other word could be the secret and is
 * masked.
 */
function repeated({ whole }: Reader, text: string): string {
  return mentionsSecret(whole) && !isSecretName(text) ? MASKED : echo(text)
}

function unexpected(reader: Reader, token: Token): Error {
  if (token.kind === 'end') return refuse('filter-syntax', { problem: 'end' })
  return refuse('filter-syntax', {
    problem: 'unexpected',
    text: repeated(reader, token.text),
    at: token.at,
  })
}
