// Checks which operators and values fit an attribute's type. Comparisons that can't be evaluated are refused while
// parsing, so the code that evaluates filters, in SQL or in memory, only meets values of the attribute's own type.

import { refuse } from '../refusals/refusals.ts'
import { nameOf } from '../schema/names.ts'
import { findSubAttribute } from '../schema/resource-schema.ts'
import type { Attribute, AttributeRef } from '../schema/schema.ts'
import { instantOf } from '../values/date-time.ts'
import { numberIn } from '../values/number-text.ts'
import type { Mode } from '../values/value.ts'

export type CompareOp = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'
export type CompareValue = string | number | boolean | null
export interface Comparison {
  readonly kind: 'compare'
  readonly ref: AttributeRef
  readonly op: CompareOp
  readonly value: CompareValue
}

const OPERATORS: ReadonlySet<string> = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])

export function isCompareOp(word: string): word is CompareOp {
  return OPERATORS.has(word)
}

/**
 * Builds a comparison.
 * @throws {ScimError} 400 invalidFilter when the operator or the value doesn't fit the attribute's type
 */
export function comparison(
  named: AttributeRef,
  op: CompareOp,
  value: CompareValue,
  mode: Mode = 'strict',
): Comparison {
  const ref = simpleTarget(named)
  const attribute = ref.sub ?? ref.attribute
  // RFC 7643 §2.5: null means no value, so it can't be ordered or searched for text.
  if (value === null && op !== 'eq' && op !== 'ne') throw refuse('filter-operator-unfit', { op })
  if (!allowsOperator(attribute, op))
    throw refuse('filter-operator-unfit', { op, name: nameOf(ref), type: attribute.type })
  return { kind: 'compare', ref, op, value: value === null ? null : typed(ref, attribute, value, mode) }
}

/**
 * Returns the attribute to compare. `emails co "x"` and `manager eq "x"` compare the sub-attribute `value`.
 * @see RFC 7643 §2.4
 */
function simpleTarget(ref: AttributeRef): AttributeRef {
  if (ref.sub || ref.attribute.type !== 'complex') return ref
  const sub = findSubAttribute(ref.attribute, 'value')
  if (!sub) throw refuse('filter-attribute-complex', { name: nameOf(ref) })
  return { ...ref, sub }
}

/**
 * Returns whether an operator fits an attribute's type: booleans and binaries have no order, and co, sw and ew search
 * text. @see RFC 7644 §3.4.2.2, table 3
 */
function allowsOperator(attribute: Attribute, op: CompareOp): boolean {
  if (op === 'eq' || op === 'ne') return true
  const hasText = attribute.type === 'string' || attribute.type === 'reference'
  if (op === 'co' || op === 'sw' || op === 'ew') return hasText
  return attribute.type !== 'boolean' && attribute.type !== 'binary'
}

function typed(
  ref: AttributeRef,
  attribute: Attribute,
  value: string | number | boolean,
  mode: Mode,
): CompareValue {
  const fitting = asType(attribute, value) ?? (mode === 'lenient' ? converted(attribute, value) : undefined)
  if (fitting === undefined) throw refuse('filter-value-unfit', { name: nameOf(ref), type: attribute.type })
  return fitting
}

function asType(
  attribute: Attribute,
  value: string | number | boolean,
): string | number | boolean | undefined {
  switch (attribute.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : booleanWord(value)
    case 'integer':
    case 'decimal':
      return typeof value === 'number' ? value : undefined
    case 'dateTime':
      return typeof value === 'string' && instantOf(value) !== undefined ? value : undefined
    default:
      return typeof value === 'string' ? value : undefined
  }
}

/**
 * Converts a value as quirks/numbers.ts and quirks/number-texts.ts convert stored values, so that both still match.
 */
function converted(attribute: Attribute, value: string | number | boolean): CompareValue | undefined {
  if (typeof value === 'string' && attribute.type !== 'boolean') return numberIn(value.trim(), attribute)
  if (attribute.type === 'boolean')
    return value === 1 || value === '1' ? true : isZero(value) ? false : undefined
  const isText = attribute.type === 'string' || attribute.type === 'reference'
  return isText && Number.isSafeInteger(value) ? String(value) : undefined
}

function isZero(value: string | number | boolean): boolean {
  return value === 0 || value === '0'
}

/** Converts the words "true" and "false" in any letter case: Entra sends `roles[primary eq "True"]`. */
function booleanWord(value: string | number): boolean | undefined {
  const word = String(value).toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : undefined
}
