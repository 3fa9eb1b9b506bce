import type { Json } from '#protocol/scim/json.ts'
import { rewritePatch, rewriteResource } from '#protocol/scim/quirks/quirks.ts'
import { groupSchema, userSchema } from '#protocol/scim/resource-schema.ts'
import type { ResourceSchema } from '#protocol/scim/schema.ts'

export type Mode = 'lenient' | 'strict'

/** How messages of one identity provider are read: as the standards say, or first freed of known habits. */
export interface Dialect {
  readonly mode: Mode
  readonly rewriteResource: (body: Json, schema: ResourceSchema) => Json
  readonly rewritePatch: (body: Json, schema: ResourceSchema) => Json
  readonly users: ResourceSchema
  readonly groups: ResourceSchema
}

const LENIENT: Dialect = {
  mode: 'lenient',
  rewriteResource,
  rewritePatch,
  users: userSchema,
  groups: groupSchema,
}
const STRICT: Dialect = {
  mode: 'strict',
  rewriteResource: (body) => body,
  rewritePatch: (body) => body,
  users: userSchema,
  groups: groupSchema,
}

export function dialectOf(mode: Mode): Dialect {
  return mode === 'strict' ? STRICT : LENIENT
}
