// This folder defines the SCIM schemas: their types, the standard ones in standard/, those that tenants add
// (custom-schema.ts), and the discovery documents made from them. All of protocol/scim uses it, and outside the SCIM
// endpoint, the directory, identity-provider settings and the request log.
// Names from a client are only looked up in these tables, so `__proto__` is just an unknown attribute.
// Start here with the types, then read resource-schema.ts and names.ts.

/** @see RFC 7643 §2.3 */
export type AttributeType =
  | 'string'
  | 'boolean'
  | 'decimal'
  | 'integer'
  | 'dateTime'
  | 'binary'
  | 'reference'
  | 'complex'

/** The characteristics of an attribute, exactly as `/Schemas` publishes them. @see RFC 7643 §2.2, §7 */
export interface Attribute {
  readonly name: string
  readonly type: AttributeType
  readonly multiValued: boolean
  readonly description: string
  readonly required: boolean
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
  readonly returned: 'always' | 'never' | 'default' | 'request'
  readonly caseExact?: boolean
  /** Missing on complex attributes (erratum 6004). */
  readonly uniqueness?: 'none' | 'server' | 'global'
  readonly canonicalValues?: readonly string[]
  readonly referenceTypes?: readonly string[]
  readonly subAttributes?: readonly Attribute[]
}

/** @see RFC 7643 §7 */
export interface Schema {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
}

/** A resource type with its schemas. @see RFC 7643 §6 */
export interface ResourceSchema {
  readonly resourceType: 'User' | 'Group'
  readonly endpoint: '/Users' | '/Groups'
  readonly description: string
  /** The core attributes without the common ones (`id`, `externalId`, `meta`, `schemas`), which are in `COMMON`. */
  readonly core: Schema
  readonly extensions: readonly Schema[]
  /** Whether any attribute is returned only on request. If so, stored resources can't be sent as they are. */
  readonly hasUnasked: boolean
}

/** The attribute that a name refers to (of an extension if `extension` is set) and, if named, its sub-attribute. */
export interface AttributeRef {
  /** The extension's URN; undefined for core and common attributes. */
  readonly extension: string | undefined
  readonly attribute: Attribute
  readonly sub: Attribute | undefined
}
