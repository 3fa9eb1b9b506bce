// Sent:    {"Operations": [...]}, {"schemas": [], "Operations": [...]},
//          {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:PatchOp"], "operations": [...]}
// Breaks:  RFC 7644 §3.5.2, §3.7, §3.4.3: a message names its schema.
// Becomes: the message with its schema, which the URL and method determine anyway.
import { isObject, type Json } from '../messages/json.ts'
import type { BodyQuirk } from './quirk.ts'

/** Returns a message with its schema. A body that isn't an object stays as it is, to be refused. */
export function withMessageSchema(body: Json, urn: string): Json {
  if (!isObject(body)) return body
  const others = Object.entries(body).filter(([name]) => name.toLowerCase() !== 'schemas')
  return { schemas: [urn], ...Object.fromEntries(others) }
}

/** Rewrites `schemas` in the body of a POST or PUT, which may be a single text or contain values that aren't text. */
export const readableSchemas: BodyQuirk = {
  name: 'message-schemas',
  rewrite(body) {
    const key = Object.keys(body).find((name) => name.toLowerCase() === 'schemas')
    if (key === undefined) return body
    const urns = [body[key] ?? null].flat().filter((urn) => typeof urn === 'string' && urn.trim() !== '')
    return { ...body, [key]: urns }
  },
}
