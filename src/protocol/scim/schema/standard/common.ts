// Functions for writing schemas, and the attributes that every resource has.
import type { Attribute, AttributeType } from '../schema.ts'

type Characteristics = Partial<Omit<Attribute, 'name' | 'type' | 'description'>>

/**
 * Returns an attribute with the defaults of RFC 7643 §2.2. Only text attributes have `caseExact` and `uniqueness`.
 */
export function attribute(
  name: string,
  type: AttributeType,
  description: string,
  characteristics: Characteristics = {},
): Attribute {
  const isText = type === 'string' || type === 'reference' || type === 'binary'
  return {
    name,
    type,
    multiValued: false,
    description,
    required: false,
    // RFC 7643 §2.3.6, §2.3.7: binaries and references are case-sensitive.
    ...(isText && { caseExact: type !== 'string' }),
    mutability: 'readWrite',
    returned: 'default',
    ...(isText && { uniqueness: 'none' as const }),
    ...characteristics,
  }
}

/** Returns a list of complex values with `value`, `display`, `type` and `primary`. @see RFC 7643 §2.4 */
export function valueList(
  name: string,
  description: string,
  value: Attribute,
  canonicalValues?: readonly string[],
): Attribute {
  return attribute(name, 'complex', description, {
    multiValued: true,
    subAttributes: [value, display, typeOf(canonicalValues), primary],
  })
}

/** Returns the `type` attribute of an element. Its canonical values are published but not enforced. */
export function typeOf(canonicalValues?: readonly string[]): Attribute {
  return attribute('type', 'string', 'What the value is used for.', canonicalValues && { canonicalValues })
}

const display = attribute('display', 'string', 'A name for the value, to be shown to people.')

export const primary = attribute(
  'primary',
  'boolean',
  'Whether this is the preferred value of the list; at most one value is.',
)

const common = { mutability: 'readOnly', caseExact: true } as const

/** The attributes of every resource. @see RFC 7643 §3, §3.1 */
export const commonAttributes: readonly Attribute[] = [
  attribute('schemas', 'reference', 'The URIs of the schemas whose attributes the resource has.', {
    multiValued: true,
    required: true,
    returned: 'always',
    referenceTypes: ['uri'],
  }),
  attribute('id', 'string', 'The identifier that this service gave the resource. It never changes.', {
    ...common,
    required: true,
    returned: 'always',
    uniqueness: 'server',
  }),
  attribute('externalId', 'string', 'The identifier that the provisioning client gave the resource.', {
    caseExact: true,
  }),
  attribute('meta', 'complex', 'What this service knows about the resource itself.', {
    mutability: 'readOnly',
    subAttributes: [
      attribute('resourceType', 'string', 'The name of the resource type.', common),
      attribute('created', 'dateTime', 'When the resource was added to this service.', {
        mutability: 'readOnly',
      }),
      attribute('lastModified', 'dateTime', 'When the resource was last changed.', {
        mutability: 'readOnly',
      }),
      attribute('location', 'reference', 'The URI of the resource.', { ...common, referenceTypes: ['uri'] }),
      attribute('version', 'string', 'The version of the resource, as an entity tag.', common),
    ],
  }),
]
