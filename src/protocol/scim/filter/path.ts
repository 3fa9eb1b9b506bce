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

/** The target of a PATCH operation; `ref.sub` is what follows the `.`, before or after the brackets. */
export interface Path {
  readonly ref: AttributeRef
  readonly filter?: Filter
  /**
   * Where the filter stands on an attribute that is no list of objects: the attribute as such a list, of which one value is
   * one element, and a simple value is its `value`.
   */
  readonly asList?: Attribute
}

/**
 * Reads `attr`, `attr.sub`, `attr[filter]` and `attr[filter].sub`, each with or without a schema URN in front.
 * @param mode `lenient`: a filter may also stand on an attribute that is no list of objects, as in `manager[value eq "7"]`
 * @returns undefined for a well-formed path to something that the schema does not have
 * @throws {ScimError} 400 invalidPath | invalidFilter within brackets
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

/** RFC 7643 §2.3.8: sub-attributes have none of their own. The dots of a version in a URN stand before its last colon. */
function isTooDeep(text: string): boolean {
  return text.slice(text.lastIndexOf(':') + 1).split('.').length > 2
}

/** The last `]` ends the brackets: none can follow it, and one within a string stands before it. */
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

/** Whether a boolean is true is never a matter of a filter, and what is never returned is not to be guessed by one. */
function listOf(attribute: Attribute): Attribute | undefined {
  if (attribute.type === 'boolean' || attribute.returned === 'never') return undefined
  if (attribute.type === 'complex') return { ...attribute, multiValued: true }
  const value = { ...attribute, name: 'value', multiValued: false, required: false }
  return { ...attribute, type: 'complex', multiValued: true, subAttributes: [value] }
}

/** `$ref` is the one name that does not begin with a letter. */
function isSubName(text: string): boolean {
  return isName(text.startsWith('$') ? text.slice(1) : text) && !text.includes('.') && !text.includes(':')
}

/** What is wrong with the filter is told of the path: nobody asked for it in a query. */
function readFilter(path: string, filter: string, attribute: Attribute, mode: Mode): Filter {
  try {
    return parseValueFilter(filter, attribute, path, mode)
  } catch (error) {
    const problem = error instanceof ScimError ? filterClause(error) : undefined
    if (problem === undefined) throw error
    throw refuse('path-filter-wrong', { path: echo(path), problem })
  }
}
