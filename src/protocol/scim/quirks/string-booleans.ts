// Sent:    {"op": "Replace", "path": "active", "value": "False"}, {"roles": [{"primary": "True", "value": "Admin"}]}
//          (Entra without its feature flag); {"active": "true"} (OneLogin);
//          {"active": "false"} (Keycloak's extension)
// Breaks:  RFC 7643 §2.3.2: a boolean is true or false, not a string.
// Becomes: the boolean. Any other string stays and is refused when read.
import type { Json } from '../messages/json.ts'
import type { ValueQuirk } from './quirk.ts'

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])

export const stringBooleans: ValueQuirk = {
  name: 'string-booleans',
  rewrite(value, attribute) {
    return attribute.type === 'boolean' ? (booleanIn(value) ?? value) : value
  },
}

/** Returns the boolean that a text spells, or undefined for anything else. */
export function booleanIn(value: Json | undefined): boolean | undefined {
  return typeof value === 'string' ? BOOLEANS.get(value.trim().toLowerCase()) : undefined
}
