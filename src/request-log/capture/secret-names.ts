import type { Attribute, ResourceSchema } from '#protocol/scim/schema/schema.ts'

/** Returns the attributes that are never returned in responses. Their values must not be logged either. */
export function secretNames({
  users,
  groups,
}: {
  readonly users: ResourceSchema
  readonly groups: ResourceSchema
}): string[] {
  const schemas = [users.core, ...users.extensions, groups.core, ...groups.extensions]
  const all = schemas.flatMap(({ attributes }) => attributes)
  return [...all, ...all.flatMap(({ subAttributes = [] }) => subAttributes)]
    .filter(isSecret)
    .map(({ name }) => name)
}

function isSecret({ returned, mutability }: Attribute): boolean {
  return returned === 'never' || mutability === 'writeOnly'
}
