import { findSubAttribute, resolveName } from './resource-schema.ts'
import type { Attribute, AttributeRef, ResourceSchema } from './schema.ts'

/**
 * Returns the attribute that a name in a filter or path refers to. An extension's attribute may be named without its
 * URN if no other attribute has that name: the URN is only a SHOULD (RFC 7644 §3.10), and identity providers send a
 * bare `manager`. If several extensions have the name, the first one wins, so an extension that a tenant adds never
 * changes the meaning of a name.
 */
export function lookUp(schema: ResourceSchema, name: string): AttributeRef | undefined {
  const exact = resolveName(schema, name)
  if (exact || name.includes(':')) return exact
  for (const { id } of schema.extensions) {
    const found = resolveName(schema, `${id}:${name}`)
    if (found) return found
  }
  return undefined
}

/** Returns the sub-attribute that a name inside `[ ]` refers to. */
export function elementRef(attribute: Attribute, name: string): AttributeRef | undefined {
  const sub = findSubAttribute(attribute, name)
  return sub && { extension: undefined, attribute: sub, sub: undefined }
}

/** Returns the name of an attribute as sent: `urn:…:User:manager.value`, `name.givenName` or `userName`. */
export function nameOf(ref: AttributeRef): string {
  const prefix = ref.extension === undefined ? '' : `${ref.extension}:`
  return `${prefix}${ref.attribute.name}${ref.sub ? `.${ref.sub.name}` : ''}`
}

/**
 * Returns whether a text can be an attribute's name: `[URI ":"] ATTRNAME *1subAttr`, read leniently.
 * @see RFC 7644 §3.4.2.2
 */
export function isName(text: string): boolean {
  if (
    text === '' ||
    !isLetter(text.charAt(0)) ||
    text.includes('..') ||
    text.endsWith('.') ||
    text.endsWith(':')
  )
    return false
  for (const character of text) if (!isNameCharacter(character)) return false
  return true
}

function isLetter(character: string): boolean {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
}

function isNameCharacter(character: string): boolean {
  return isLetter(character) || (character >= '0' && character <= '9') || '-_.:$/'.includes(character)
}
