// Sent:    {"Operations": [...]}, {"schemas": [], "Operations": [...]},
//          {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:PatchOp"], "operations": [...]}
// Breaks:  RFC 7644 §3.5.2, §3.7, §3.4.3: a message names its schema.
// Becomes: the message that the address and the method make of it anyway.
import { isObject, type Json } from '../messages/json.ts'
import type { BodyQuirk } from './quirk.ts'

/** Gives a message the schema that it must have. What is no object stays, to be refused. */
export function withMessageSchema(body: Json, urn: string): Json {
  if (!isObject(body)) return body
  const others = Object.entries(body).filter(([name]) => name.toLowerCase() !== 'schemas')
  return { schemas: [urn], ...Object.fromEntries(others) }
}

/** In the body of a POST or PUT, too, `schemas` may be one text, or hold what is no text. */
export const readableSchemas: BodyQuirk = {
  name: 'message-schemas',
  rewrite(body) {
    const key = Object.keys(body).find((name) => name.toLowerCase() === 'schemas')
    if (key === undefined) return body
    const urns = [body[key] ?? null].flat().filter((urn) => typeof urn === 'string' && urn.trim() !== '')
    return { ...body, [key]: urns }
  },
}
