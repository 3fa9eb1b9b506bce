// Checks the rules of tenants' extensions that concern whole resources: required and immutable attributes.

import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { own } from '../patch/target.ts'
import { refuse } from '../refusals/refusals.ts'
import { sameJson } from '../values/equal.ts'
import type { Attribute, ResourceSchema } from './schema.ts'

/**
 * Checks that every extension the resource has includes its required attributes. A resource may lack the extension.
 * @throws {ScimError} 400 invalidValue
 * @see RFC 7643 §6, `required`
 */
export function requireComplete(resource: JsonObject, { extensions }: ResourceSchema): void {
  for (const { id, attributes } of extensions) {
    const data = own(resource, id)
    if (isObject(data)) requireMembers(data, attributes, `${id}:`)
  }
}

function requireMembers(object: JsonObject, attributes: readonly Attribute[], prefix: string): void {
  for (const { name, required, subAttributes } of attributes) {
    const value = own(object, name)
    if (value === undefined && required) {
      throw refuse('value-missing', { at: `${prefix}${name}`, how: 'absent' })
    }
    if (subAttributes && value !== undefined) {
      for (const element of elements(value)) requireMembers(element, subAttributes, `${prefix}${name}.`)
    }
  }
}

function elements(value: Json): JsonObject[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject)
}

/**
 * Checks that immutable attributes keep their values, also when the whole resource is replaced.
 * @throws {ScimError} 400 mutability
 * @see RFC 7644 §3.5.1
 */
export function requireImmutable(
  before: JsonObject,
  after: JsonObject,
  { extensions }: ResourceSchema,
): void {
  for (const { id, attributes } of extensions) {
    const was = own(before, id)
    const is = own(after, id)
    for (const { name, mutability } of attributes) {
      const value = isObject(was) ? own(was, name) : undefined
      if (mutability !== 'immutable' || value === undefined) continue
      if (!sameJson(value, isObject(is) ? own(is, name) : undefined))
        throw refuse('attribute-immutable', { name: `${id}:${name}` })
    }
  }
}
