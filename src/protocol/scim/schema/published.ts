// Decides what /Schemas publishes: the schemas used for reading messages, without attributes that are accepted but
// never returned, and with the uniqueness set for this identity provider. @see RFC 7643 §7
import type { Attribute, ResourceSchema, Schema } from './schema.ts'

/** Settings of an identity provider that its published schemas depend on. */
export interface Settings {
  readonly uniqueGroupNames: boolean
}

/**
 * Attributes that clients may send but no response contains: passwords are dropped, and the names of members and
 * managers are looked up by clients themselves. A published schema would promise to return them.
 */
const NEVER_SHOWN: Readonly<Record<string, readonly string[]>> = {
  'urn:ietf:params:scim:schemas:core:2.0:User': ['password'],
  'urn:ietf:params:scim:schemas:core:2.0:Group': ['members.display'],
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': ['manager.displayName'],
}

/** Returns a resource type as /Schemas publishes it. */
export function published(type: ResourceSchema, { uniqueGroupNames }: Settings): ResourceSchema {
  const isUnique = uniqueGroupNames && type.resourceType === 'Group'
  const core = shown(type.core)
  return {
    ...type,
    core: isUnique ? { ...core, attributes: core.attributes.map(withUniqueName) } : core,
    extensions: type.extensions.map(shown),
  }
}

function withUniqueName(attribute: Attribute): Attribute {
  return attribute.name === 'displayName' ? { ...attribute, uniqueness: 'server' } : attribute
}

function shown(schema: Schema): Schema {
  const hidden = NEVER_SHOWN[schema.id] ?? []
  if (hidden.length === 0) return schema
  const isShown = (name: string) => !hidden.includes(name)
  const attributes = schema.attributes
    .filter(({ name }) => isShown(name))
    .map((attribute) => {
      const { name, subAttributes } = attribute
      if (!subAttributes) return attribute
      return { ...attribute, subAttributes: subAttributes.filter((sub) => isShown(`${name}.${sub.name}`)) }
    })
  return { ...schema, attributes }
}
