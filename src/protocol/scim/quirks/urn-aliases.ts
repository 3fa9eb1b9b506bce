// Sent:    {"schemas": ["urn:scim:schemas:core:1.0"], "userName": "wren", …}                    (OneLogin's template)
//          {"schemas": [… "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"]}       (Entra)
//          {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department", …}  (Entra)
//          {"op": "replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager", …} (Entra)
// Breaks:  RFC 7643 §8.7 (the URNs of the schemas), RFC 7644 §3.10 (a colon follows a URN).
// Becomes: the schema's URN, followed by a colon.
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import type { ResourceSchema } from '../schema/schema.ts'
import type { BodyQuirk, OperationQuirk } from './quirk.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const CORE = 'core'

/** Aliases in lowercase. `core` stands for the core schema of the current resource type. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['urn:scim:schemas:core:1.0', CORE],
  ['urn:scim:schemas:core:2.0', CORE],
  ['urn:scim:schemas:core:1.0:user', CORE],
  ['urn:scim:schemas:core:1.0:group', CORE],
  ['urn:scim:schemas:core:2.0:user', CORE],
  ['urn:scim:schemas:core:2.0:group', CORE],
  ['http://schemas.microsoft.com/2006/11/resourcemanagement/adscim/2.0/user', CORE],
  ['http://schemas.microsoft.com/2006/11/resourcemanagement/adscim/2.0/group', CORE],
  ['urn:scim:schemas:extension:enterprise:1.0', ENTERPRISE],
  ['urn:scim:schemas:extension:enterprise:2.0', ENTERPRISE],
  ['urn:scim:schemas:extension:enterprise:2.0:user', ENTERPRISE],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0user', ENTERPRISE],
])

/** The longest aliases first, because some aliases start with others. */
const LONGEST_FIRST = [...ALIASES.keys()].sort((left, right) => right.length - left.length)

export const urnAliasesInBodies: BodyQuirk = {
  name: 'urn-aliases',
  rewrite(body, schema) {
    const renamed = renameKeys(body, schema)
    const key = Object.keys(renamed).find((each) => each.toLowerCase() === 'schemas')
    const urns = key === undefined ? undefined : renamed[key]
    if (key === undefined || !Array.isArray(urns)) return renamed
    return { ...renamed, [key]: unique(urns.map((urn) => rename(urn, schema))) }
  },
}

export const urnAliasesInOperations: OperationQuirk = {
  name: 'urn-aliases',
  rewrite(operation, schema) {
    const path = typeof operation.path === 'string' ? { path: renamePath(operation.path, schema) } : {}
    const value = isObject(operation.value) ? { value: renameKeys(operation.value, schema) } : {}
    return [{ ...operation, ...path, ...value }]
  },
}

function renameKeys(object: JsonObject, schema: ResourceSchema): JsonObject {
  if (!Object.keys(object).some((key) => key.includes(':'))) return object
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [renamePath(key, schema), value]))
}

function rename(urn: Json, schema: ResourceSchema): Json {
  const canonical = typeof urn === 'string' ? ALIASES.get(urn.toLowerCase()) : undefined
  return canonical === undefined ? urn : canonical === CORE ? schema.core.id : canonical
}

/** Replaces an alias, or a schema's URN followed by a dot, at the start of a path. */
function renamePath(path: string, schema: ResourceSchema): string {
  if (!path.includes(':')) return path
  const lower = path.toLowerCase()
  for (const urn of [schema.core.id, ...schema.extensions.map(({ id }) => id)]) {
    if (lower.startsWith(`${urn.toLowerCase()}.`)) return `${urn}:${path.slice(urn.length + 1)}`
  }
  return renameAlias(path, lower, schema)
}

function renameAlias(path: string, lower: string, schema: ResourceSchema): string {
  const alias = LONGEST_FIRST.find((each) => lower === each || lower.startsWith(`${each}:`))
  return alias === undefined ? path : `${String(rename(alias, schema))}${path.slice(alias.length)}`
}

function unique(values: Json[]): Json[] {
  return [...new Set(values)]
}
