// What a SCIM schema says about attributes, and how a name on the wire finds its attribute. Names from outside are
// only ever resolved through these tables, so `__proto__` and its like are simply unknown attributes.

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

/** The characteristics of one attribute, exactly as `/Schemas` publishes them. @see RFC 7643 §2.2, §7 */
export interface Attribute {
  readonly name: string
  readonly type: AttributeType
  readonly multiValued: boolean
  readonly description: string
  readonly required: boolean
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
  readonly returned: 'always' | 'never' | 'default' | 'request'
  readonly caseExact?: boolean
  /** Left out on complex attributes (erratum 6004). */
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

/** One resource type with the schemas that make it up. @see RFC 7643 §6 */
export interface ResourceSchema {
  readonly resourceType: 'User' | 'Group'
  readonly endpoint: '/Users' | '/Groups'
  readonly description: string
  /** Core attributes, the common ones (`id`, `externalId`, `meta`, `schemas`) not included: see `COMMON`. */
  readonly core: Schema
  readonly extensions: readonly Schema[]
  /** Has it attributes that are returned on request only? No answer is then sent as it is stored. */
  readonly hasUnasked: boolean
}

/** Where a name on the wire leads: an attribute (of an extension when `extension` is set) and, if named, its sub-attribute. */
export interface AttributeRef {
  /** The extension's URN, or undefined for core and common attributes. */
  readonly extension: string | undefined
  readonly attribute: Attribute
  readonly sub: Attribute | undefined
}
