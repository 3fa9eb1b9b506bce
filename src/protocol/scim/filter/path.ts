import { ScimError } from '../messages/error.ts'
import { echo } from '../messages/secrets.ts'
import { filterClause } from '../refusals/filter.ts'
import { refuse } from '../refusals/refusals.ts'
import { isName, lookUp } from '../schema/names.ts'
import { findSubAttribute } from '../schema/resource-schema.ts'
import type { Attribute, AttributeRef, ResourceSchema } from '../schema/schema.ts'
import type { Mode } from '../values/value.ts'
import { type Filter, parseValueFilter } from './filter.ts'
import { MAX_FILTER_LENGTH } from './tokens.ts'

/** The target of a PATCH operation. `ref.sub` is the sub-attribute after the `.`, before or after the brackets. */
export interface Path {
  readonly ref: AttributeRef
  readonly filter?: Filter
  /**
   * Set when the filter is on an attribute that isn't a list of objects. It describes the attribute as such a list:
   * each value is an element, and a simple value is that element's `value`.
   */
  readonly asList?: Attribute
}

/**
 * Parses `attr`, `attr.sub`, `attr[filter]` and `attr[filter].sub`, each with or without a schema URN in front.
 * @param mode `lenient` also allows a filter on an attribute that isn't a list of objects, such as `manager[value eq
 *   "7"]`
 * @returns undefined for a well-formed path to an attribute that the schema doesn't have
 * @throws {ScimError} 400 invalidPath, or 400 invalidFilter for the part inside the brackets
 * @see RFC 7644 §3.5.2, figure 7
 */
export function findPath(text: string, schema: ResourceSchema, mode: Mode = 'strict'): Path | undefined {
  if (text.length > MAX_FILTER_LENGTH) throw refuse('path-malformed', { path: echo(text), problem: 'long' })
  const open = text.indexOf('[')
  return open === -1 ? findAttributePath(text, schema) : findValuePath(text, open, schema, mode)
}

function findAttributePath(text: string, schema: ResourceSchema): Path | undefined {
  if (!isName(text) || isTooDeep(text))
    throw refuse('path-malformed', { path: echo(text), problem: 'syntax' })
  const ref = lookUp(schema, text)
  return ref && { ref }
}

/**
 * Returns whether a path names a sub-attribute of a sub-attribute, which RFC 7643 §2.3.8 rules out. Dots in a URN's
 * version come before its last colon and don't count.
 */
function isTooDeep(text: string): boolean {
  return text.slice(text.lastIndexOf(':') + 1).split('.').length > 2
}

/**
 * Parses a path with a filter. The last `]` closes the brackets: none can follow it, and any in a string comes before
 * it.
 */
function findValuePath(text: string, open: number, schema: ResourceSchema, mode: Mode): Path | undefined {
  const close = text.lastIndexOf(']')
  const name = text.slice(0, open)
  const rest = text.slice(close + 1)
  const subName = rest.slice(1)
  const wellFormed =
    close > open && isName(name) && (rest === '' || (rest.startsWith('.') && isSubName(subName)))
  if (!wellFormed) throw refuse('path-malformed', { path: echo(text), problem: 'syntax' })
  const ref = lookUp(schema, name)
  if (!ref) return undefined
  const isList = ref.attribute.multiValued && ref.attribute.type === 'complex'
  const asList = isList ? ref.attribute : mode === 'lenient' ? listOf(ref.attribute) : undefined
  if (ref.sub || !asList) throw refuse('path-malformed', { path: echo(text), problem: 'filter-on-single' })
  const filter = readFilter(text, text.slice(open + 1, close), asList, mode)
  const sub = rest === '' ? undefined : findSubAttribute(asList, subName)
  if (rest !== '' && !sub) return undefined
  return { ref: { ...ref, sub }, filter, ...(!isList && { asList }) }
}

/**
 * Returns an attribute described as a list of objects. Booleans are left out because a filter must not decide whether
 * a user is active. Attributes that are never returned are left out so that a filter can't be used to guess them.
 */
function listOf(attribute: Attribute): Attribute | undefined {
  if (attribute.type === 'boolean' || attribute.returned === 'never') return undefined
  if (attribute.type === 'complex') return { ...attribute, multiValued: true }
  const value = { ...attribute, name: 'value', multiValued: false, required: false }
  return { ...attribute, type: 'complex', multiValued: true, subAttributes: [value] }
}

/** Returns whether a text is a sub-attribute's name. `$ref` is the only one that doesn't start with a letter. */
function isSubName(text: string): boolean {
  return isName(text.startsWith('$') ? text.slice(1) : text) && !text.includes('.') && !text.includes(':')
}

/** Parses the filter in a path. Its errors name the path, since the client didn't send a query. */
function readFilter(path: string, filter: string, attribute: Attribute, mode: Mode): Filter {
  try {
    return parseValueFilter(filter, attribute, path, mode)
  } catch (error) {
    const problem = error instanceof ScimError ? filterClause(error) : undefined
    if (problem === undefined) throw error
    throw refuse('path-filter-wrong', { path: echo(path), problem })
  }
}
