import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import type { Attribute, AttributeRef } from '../schema/schema.ts'
import { instantOf } from '../values/date-time.ts'
import { caseKey, compareText } from '../values/text.ts'
import type { CompareValue } from './compare.ts'
import type { Filter } from './filter.ts'

type Comparison = Extract<Filter, { kind: 'compare' }>

/**
 * Returns whether a filter selects a value. The value is a complete resource or, for the filter in brackets, one
 * element of a multi-valued attribute. Names in it must be spelled as in the schema.
 * @see RFC 7644 §3.4.2.2
 */
export function matches(value: JsonObject, filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.terms.every((term) => matches(value, term))
    case 'or':
      return filter.terms.some((term) => matches(value, term))
    case 'not':
      return !matches(value, filter.term)
    case 'present':
      return valuesAt(value, filter.ref).length > 0
    case 'compare':
      return matchesComparison(value, filter)
    case 'valuePath':
      return elementsAt(value, filter.ref).some(
        (element) => isObject(element) && matches(element, filter.filter),
      )
    case 'never':
      return false
  }
}

function matchesComparison(value: JsonObject, filter: Comparison): boolean {
  const { ref, op } = filter
  const found = valuesAt(value, ref)
  if (filter.value === null) return op === 'eq' ? found.length === 0 : found.length > 0
  // A missing single value differs from every value. An empty list has no element that could differ.
  if (found.length === 0) return op === 'ne' && !ref.attribute.multiValued
  const attribute = ref.sub ?? ref.attribute
  return found.some((each) => compare(attribute, op, each, filter.value))
}

/** Returns the non-empty values of an attribute. The filter matches if any one of them does. */
function valuesAt(value: JsonObject, ref: AttributeRef): Json[] {
  const { sub } = ref
  const elements = elementsAt(value, ref)
  const found = sub
    ? elements.map((element) => (isObject(element) ? own(element, sub.name) : undefined))
    : elements
  return found.filter(hasContent)
}

function elementsAt(value: JsonObject, ref: AttributeRef): Json[] {
  const container = ref.extension === undefined ? value : own(value, ref.extension)
  const at = isObject(container) ? own(container, ref.attribute.name) : undefined
  if (at === undefined) return []
  return Array.isArray(at) ? at : [at]
}

function compare(attribute: Attribute, op: Comparison['op'], left: Json, right: CompareValue): boolean {
  if (attribute.type === 'dateTime') return ordered(op, instantOf(String(left)), instantOf(String(right)))
  if (typeof left !== 'string' || typeof right !== 'string') return ordered(op, left, right)
  return attribute.caseExact === true ? textual(op, left, right) : textual(op, caseKey(left), caseKey(right))
}

function textual(op: Comparison['op'], left: string, right: string): boolean {
  switch (op) {
    case 'co':
      return left.includes(right)
    case 'sw':
      return left.startsWith(right)
    case 'ew':
      return left.endsWith(right)
    default:
      return ordered(op, left, right)
  }
}

function ordered(op: Comparison['op'], left: Ordered, right: Ordered): boolean {
  if (op === 'eq') return left === right
  if (op === 'ne') return left !== right
  if (typeof left !== typeof right || left == null || right == null) return false
  const difference =
    typeof left === 'string' && typeof right === 'string'
      ? compareText(left, right)
      : left < right
        ? -1
        : left > right
          ? 1
          : 0
  if (op === 'gt') return difference > 0
  if (op === 'ge') return difference >= 0
  return op === 'lt' ? difference < 0 : op === 'le' && difference <= 0
}

type Ordered = Json | bigint | undefined

/**
 * Returns whether there is a value. null, '' and [] count as none, and so does an object with only such members. @see
 * RFC 7643 §2.5
 */
function hasContent(value: Json | undefined): value is Json {
  if (value === undefined || value === null || value === '') return false
  if (Array.isArray(value)) return value.some(hasContent)
  return typeof value === 'object' ? Object.values(value).some(hasContent) : true
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}
