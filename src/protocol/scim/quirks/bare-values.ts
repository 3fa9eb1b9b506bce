// Sent:    {"op": "replace", "path": "urn:…:enterprise:2.0:User:manager", "value": "7"}, and to remove it
//          "value": "" or "value": {"value": ""} (Entra); {"manager": {"managerId": "7"}} (templates of SCIM 1.1);
//          {"emails": ["wren@example.com"]}, {"op": "add", "path": "members", "value": ["7"]}, {"manager": 7},
//          {"members": [{"$ref": "https://…/Users/7"}]}
// Breaks:  RFC 7643 §4.3: manager is complex, with the id in its sub-attribute value; §2.4: so are list elements.
// Becomes: {"value": "7"}, or null if there is no value.
import { isObject, type JsonObject } from '../messages/json.ts'
import { findSubAttribute } from '../schema/resource-schema.ts'
import type { Attribute } from '../schema/schema.ts'
import { isUnassigned } from '../values/value.ts'
import type { ValueQuirk } from './quirk.ts'

export const bareValues: ValueQuirk = {
  name: 'bare-values',
  rewrite(value, attribute) {
    if (attribute.multiValued || attribute.type !== 'complex' || !findSubAttribute(attribute, 'value'))
      return value
    if (typeof value === 'string') return value === '' ? null : { value }
    if (typeof value === 'number') return { value }
    if (!isObject(value)) return value
    const named = withValue(value, attribute)
    return saysNothing(named, attribute) ? null : named
  },
}

/** Returns whether `value` is present but empty and there is nothing else to store. */
function saysNothing(value: JsonObject, attribute: Attribute): boolean {
  const entries = Object.entries(value).filter(
    ([name]) => findSubAttribute(attribute, name)?.mutability !== 'readOnly',
  )
  return (
    entries.some(([name]) => name === 'value') &&
    entries.every(([name, each]) => name === '$ref' || isUnassigned(each))
  )
}

function withValue(value: JsonObject, { name }: Attribute): JsonObject {
  if (name === 'manager') return withManagerId(value)
  return name === 'members' ? withReferredId(value) : value
}

/** Adds the id to a member that only has an address: `{"$ref": "https://…/Users/7"}`. */
function withReferredId(member: JsonObject): JsonObject {
  const { $ref } = member
  if (typeof $ref !== 'string' || !isUnassigned(member.value)) return member
  const id = /\/(?:Users|Groups)\/([^/?#]+)$/i.exec($ref)?.[1]
  return id === undefined ? member : { ...member, value: id }
}

function withManagerId(manager: JsonObject): JsonObject {
  const { managerId, ...rest } = manager
  return managerId === undefined || rest.value !== undefined ? manager : { ...rest, value: managerId }
}
