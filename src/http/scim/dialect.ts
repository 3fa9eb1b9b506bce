import type { Caller } from '#identity-providers/caller.ts'
import type { ResourceType } from '#identity-providers/declared-schemas.ts'
import type { Json } from '#protocol/scim/json.ts'
import { rewritePatch, rewriteResource } from '#protocol/scim/quirks/quirks.ts'
import type { ResourceSchema } from '#protocol/scim/schema.ts'
import type { Mode } from '#protocol/scim/value.ts'

/** How messages of one identity provider are read: as the standards say, or first freed of known habits. */
export interface Dialect {
  readonly mode: Mode
  readonly rewriteResource: (body: Json, schema: ResourceSchema) => Json
  readonly rewritePatch: (body: Json, schema: ResourceSchema) => Json
  readonly users: ResourceSchema
  readonly groups: ResourceSchema
  /** Is told the names of a message that were left out, because the schemas do not have them. */
  readonly remember: (resourceType: ResourceType, names: readonly string[]) => void
}

const REWRITES = {
  lenient: { rewriteResource, rewritePatch },
  strict: { rewriteResource: (body: Json) => body, rewritePatch: (body: Json) => body },
}

export function dialectOf({ mode, schemas }: Caller['idp'], remember: Dialect['remember']): Dialect {
  return { mode, ...REWRITES[mode], ...schemas, remember }
}
