// The parts of SCIM messages that several identity providers send alike.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @see RFC 7644 §3.5.2 */
export function patch(operations: JsonObject[]): { method: 'PATCH'; body: JsonObject } {
  return { method: 'PATCH', body: { schemas: [PATCH_OP], Operations: operations } }
}

/** The same, or nothing to send: an empty `Operations` is not a PATCH message. */
export function patchUnlessEmpty(
  operations: JsonObject[],
): { method: 'PATCH'; body: JsonObject } | undefined {
  return operations.length === 0 ? undefined : patch(operations)
}

/** `attribute eq "value"`, percent-encoded for a query. */
export function equals(attribute: string, value: string): string {
  return encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`)
}

/** Lists of at most `size`, in order; none for an empty list. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
  const count = Math.ceil(list.length / size)
  return Array.from({ length: count }, (_, at) => list.slice(at * size, (at + 1) * size))
}
