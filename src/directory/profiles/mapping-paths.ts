// The SCIM paths that a mapping can read, for an editor to suggest. Pure.
import { COMMON } from '#protocol/scim/schema/resource-schema.ts'
import type { Attribute, AttributeType, ResourceSchema } from '#protocol/scim/schema/schema.ts'

export interface MappingPath {
  readonly path: string
  readonly type: AttributeType
  /** The path may select several values. */
  readonly multiValued: boolean
  readonly description: string
}

/** Set by the service itself, so they aren't part of the stored user. */
const OURS = new Set(['id', 'meta', 'schemas', 'groups'])
/** Sub-attributes that tell the elements of a list apart. A path uses them in a filter, in brackets. */
const TELLING = new Set(['type', 'primary', '$ref'])

/** Returns the paths in the order of the schemas: core, common, then each extension with its URN in front. */
export function pathsOf(schema: ResourceSchema): MappingPath[] {
  const core = [...schema.core.attributes, ...COMMON].filter(({ name }) => !OURS.has(name))
  return [
    ...core.flatMap((attribute) => pathsOfAttribute('', attribute)),
    ...schema.extensions.flatMap(({ id, attributes }) =>
      attributes.flatMap((attribute) => pathsOfAttribute(`${id}:`, attribute)),
    ),
  ]
}

function pathsOfAttribute(prefix: string, attribute: Attribute): MappingPath[] {
  if (isSecret(attribute)) return []
  const { name, type, multiValued, subAttributes = [] } = attribute
  const stem = prefix + name
  if (type !== 'complex') return [pathTo(stem, attribute, multiValued)]
  const subs = subAttributes.filter((sub) => !isSecret(sub))
  const plain = subs.map((sub) => pathTo(`${stem}.${sub.name}`, sub, multiValued))
  if (!multiValued) return plain
  const wanted = subs.filter((sub) => !TELLING.has(sub.name))
  return [
    ...plain,
    ...filtersOf(subs).flatMap((filter) =>
      wanted.map((sub) => pathTo(`${stem}[${filter}].${sub.name}`, sub, multiValued)),
    ),
  ]
}

function filtersOf(subs: readonly Attribute[]): string[] {
  const types = subs.find(({ name }) => name === 'type')?.canonicalValues ?? []
  const primary = subs.some(({ name }) => name === 'primary') ? ['primary eq true'] : []
  return [...primary, ...types.map((type) => `type eq ${JSON.stringify(type)}`)]
}

function pathTo(path: string, { type, description }: Attribute, multiValued: boolean): MappingPath {
  return { path, type, multiValued, description }
}

function isSecret({ mutability, returned }: Attribute): boolean {
  return mutability === 'writeOnly' || returned === 'never'
}
