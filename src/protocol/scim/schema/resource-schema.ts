// Defines the resource types and finds an attribute by its name. Names are compared without case (RFC 7643 §2.1); the
// result is spelled as in the schema.
import { findNamed, indexed } from './named-list.ts'
import type { Attribute, AttributeRef, ResourceSchema, Schema } from './schema.ts'
import { commonAttributes } from './standard/common.ts'
import { enterpriseUser } from './standard/enterprise-user.ts'
import { group } from './standard/group.ts'
import { user } from './standard/user.ts'

export const COMMON: readonly Attribute[] = indexedAttributes(commonAttributes)

export const userSchema: ResourceSchema = {
  resourceType: 'User',
  endpoint: '/Users',
  description: 'User Account',
  core: indexedSchema(user),
  extensions: indexedExtensions([enterpriseUser]),
  hasUnasked: false,
}

/** The user schema in strict mode. The interop and enterprise profiles have no password. */
export const strictUserSchema: ResourceSchema = {
  ...userSchema,
  core: {
    ...userSchema.core,
    attributes: indexed(
      userSchema.core.attributes.filter(({ name }) => name !== 'password'),
      nameOf,
    ),
  },
}

export const groupSchema: ResourceSchema = {
  resourceType: 'Group',
  endpoint: '/Groups',
  description: 'Group',
  core: indexedSchema(group),
  extensions: indexedExtensions([]),
  hasUnasked: false,
}

/**
 * Returns a resource type with more extensions. Its indexes are built here, so call it once per set of extensions.
 */
export function withExtensions(schema: ResourceSchema, extensions: readonly Schema[]): ResourceSchema {
  if (extensions.length === 0) return schema
  return {
    ...schema,
    extensions: indexedExtensions([...schema.extensions, ...extensions]),
    hasUnasked: extensions.some(({ attributes }) => hasUnasked(attributes)),
  }
}

function hasUnasked(attributes: readonly Attribute[]): boolean {
  return attributes.some(
    ({ returned, subAttributes }) => returned === 'request' || hasUnasked(subAttributes ?? []),
  )
}

function indexedExtensions(extensions: readonly Schema[]): readonly Schema[] {
  return indexed(extensions.map(indexedSchema), urnOf)
}

function indexedSchema(schema: Schema): Schema {
  return { ...schema, attributes: indexedAttributes(schema.attributes) }
}

function indexedAttributes(attributes: readonly Attribute[]): readonly Attribute[] {
  const whole = attributes.map((attribute) =>
    attribute.subAttributes
      ? { ...attribute, subAttributes: indexedAttributes(attribute.subAttributes) }
      : attribute,
  )
  return indexed(whole, nameOf)
}

function nameOf({ name }: Attribute): string {
  return name
}

function urnOf({ id }: Schema): string {
  return id
}

/** Returns the attribute with a name, in any letter case. */
export function findByName(attributes: readonly Attribute[], name: string): Attribute | undefined {
  return findNamed(attributes, name, nameOf)
}

/**
 * Returns an attribute by its name, in any letter case.
 * @param extension URN of an extension; without it core and common attributes are searched
 */
export function findAttribute(
  schema: ResourceSchema,
  name: string,
  extension?: string,
): Attribute | undefined {
  if (extension === undefined) return findByName(schema.core.attributes, name) ?? findByName(COMMON, name)
  const found = findExtension(schema, extension)
  return found && findByName(found.attributes, name)
}

export function findSubAttribute(attribute: Attribute, name: string): Attribute | undefined {
  return attribute.subAttributes && findByName(attribute.subAttributes, name)
}

/**
 * Returns an extension by its URN.
 * @param urn in any letter case; most names looked up here aren't URNs
 */
export function findExtension(schema: ResourceSchema, urn: string): Schema | undefined {
  return urn.includes(':') ? findNamed(schema.extensions, urn, urnOf) : undefined
}

/** Returns the core schema or an extension by its URN. */
export function findSchema(schema: ResourceSchema, urn: string): Schema | undefined {
  return isSameUrn(schema.core.id, urn) ? schema.core : findExtension(schema, urn)
}

export function isSameUrn(left: string, right: string): boolean {
  return left === right || (left.length === right.length && left.toLowerCase() === right.toLowerCase())
}

/**
 * Returns what `attr`, `attr.sub`, `urn:…:2.0:User:attr` and `urn:…:2.0:User:attr.sub` refer to, or undefined if
 * nothing has that name.
 * @see RFC 7644 §3.10
 */
export function resolveName(schema: ResourceSchema, text: string): AttributeRef | undefined {
  const owner = ownerOf(schema, text)
  if (!owner) return undefined
  const [name = '', subName, ...more] = owner.rest.split('.')
  const attribute = findAttribute(schema, name, owner.extension)
  const sub = attribute && subName !== undefined ? findSubAttribute(attribute, subName) : undefined
  if (!attribute || more.length > 0 || (subName !== undefined && !sub)) return undefined
  return { extension: owner.extension, attribute, sub }
}

/**
 * Finds the schema at the start of a name by comparing it with the known URNs, since a URN can contain dots (`2.0`).
 */
function ownerOf(
  schema: ResourceSchema,
  text: string,
): { extension: string | undefined; rest: string } | undefined {
  const end = text.lastIndexOf(':')
  if (end < 0) return { extension: undefined, rest: text }
  const owner = findSchema(schema, text.slice(0, end))
  return owner && { extension: owner === schema.core ? undefined : owner.id, rest: text.slice(end + 1) }
}
