// The resource types of this service, and how a name on the wire finds its attribute in them. Names count without case
// (RFC 7643 §2.1); what they lead to has the spelling of the schema.
import type { Attribute, AttributeRef, ResourceSchema, Schema } from './schema.ts'
import { commonAttributes } from './schemas/common.ts'
import { enterpriseUser } from './schemas/enterprise-user.ts'
import { group } from './schemas/group.ts'
import { user } from './schemas/user.ts'

export const COMMON: readonly Attribute[] = commonAttributes

export const userSchema: ResourceSchema = {
  resourceType: 'User',
  endpoint: '/Users',
  description: 'User Account',
  core: user,
  extensions: [enterpriseUser],
}

export const groupSchema: ResourceSchema = {
  resourceType: 'Group',
  endpoint: '/Groups',
  description: 'Group',
  core: group,
  extensions: [],
}

type Index = ReadonlyMap<string, Attribute>

/** One index for each list of attributes that the schemas of this service hold. */
const INDEXES: ReadonlyMap<readonly Attribute[], Index> = new Map(
  [COMMON, user.attributes, group.attributes, enterpriseUser.attributes].flatMap((attributes) => [
    indexOf(attributes),
    ...attributes.flatMap(({ subAttributes }) => (subAttributes ? [indexOf(subAttributes)] : [])),
  ]),
)

/** By the schema's own spelling, which most clients send, and in lower case. */
function indexOf(attributes: readonly Attribute[]): [readonly Attribute[], Index] {
  const spelled = attributes.map((attribute) => [attribute.name, attribute] as const)
  return [
    attributes,
    new Map([...spelled, ...spelled.map(([name, attribute]) => [name.toLowerCase(), attribute] as const)]),
  ]
}

/** The attribute of that name in a list of them, whatever its letter case. */
export function findByName(attributes: readonly Attribute[], name: string): Attribute | undefined {
  const index = INDEXES.get(attributes) ?? indexOf(attributes)[1]
  return index.get(name) ?? index.get(name.toLowerCase())
}

/** @param extension the URN of an extension; without it the core and common attributes are meant */
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

/** @param urn in any letter case, as URNs are compared */
export function findExtension(schema: ResourceSchema, urn: string): Schema | undefined {
  return schema.extensions.find((extension) => isSameUrn(extension.id, urn))
}

/** The core schema or an extension. */
export function findSchema(schema: ResourceSchema, urn: string): Schema | undefined {
  return isSameUrn(schema.core.id, urn) ? schema.core : findExtension(schema, urn)
}

export function isSameUrn(left: string, right: string): boolean {
  return left === right || (left.length === right.length && left.toLowerCase() === right.toLowerCase())
}

/**
 * Where `attr`, `attr.sub`, `urn:…:2.0:User:attr` and `urn:…:2.0:User:attr.sub` lead; undefined where nothing has that name.
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

/** A URN may hold dots (`2.0`), so it is cut off by comparison with those that exist. */
function ownerOf(
  schema: ResourceSchema,
  text: string,
): { extension: string | undefined; rest: string } | undefined {
  const end = text.lastIndexOf(':')
  if (end < 0) return { extension: undefined, rest: text }
  const owner = findSchema(schema, text.slice(0, end))
  return owner && { extension: owner === schema.core ? undefined : owner.id, rest: text.slice(end + 1) }
}
