import { findSubAttribute, resolveName } from './resource-schema.ts'
import type { Attribute, AttributeRef, ResourceSchema } from './schema.ts'

/**
 * Where a name in a filter or path leads. The attributes of an extension may be named without their URN where no other
 * attribute has that name: qualifying them is only a SHOULD (RFC 7644 §3.10), and IdPs send a bare `manager`. Of several
 * extensions with that name the first is meant, so that one that a tenant adds never changes what a name means.
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

/** A sub-attribute as a name by itself: what the names inside `[ ]` mean. */
export function elementRef(attribute: Attribute, name: string): AttributeRef | undefined {
  const sub = findSubAttribute(attribute, name)
  return sub && { extension: undefined, attribute: sub, sub: undefined }
}

/** The wire form of a reference: `urn:…:User:manager.value`, `name.givenName`, `userName`. */
export function nameOf(ref: AttributeRef): string {
  const prefix = ref.extension === undefined ? '' : `${ref.extension}:`
  return `${prefix}${ref.attribute.name}${ref.sub ? `.${ref.sub.name}` : ''}`
}

/** Can the text be an attribute's name at all? `[URI ":"] ATTRNAME *1subAttr`, read generously. @see RFC 7644 §3.4.2.2 */
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
