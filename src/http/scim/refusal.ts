// Builds the audit event of a refused change: what was requested and why it was refused.
import type { Fact } from '#audit/record.ts'
import type { ScimError } from '#protocol/scim/messages/error.ts'
import { maskCondition } from '#protocol/scim/messages/secrets.ts'

/** The request, as far as it is known. */
export interface RefusedChange {
  readonly method: string
  readonly endpoint: string
  readonly id: string | undefined
  readonly body: unknown
}

/**
 * Returns the audit event of a refusal.
 * @returns undefined for internal errors, rate limits and unsupported methods
 */
export function refusalFact(asked: RefusedChange, { status, message }: ScimError): Fact | undefined {
  if (status >= 500 || status === 429 || status === 405) return undefined
  return {
    action: asked.method === 'POST' ? 'create' : asked.method === 'DELETE' ? 'delete' : 'update',
    objectType: asked.endpoint === '/Groups' ? 'Group' : 'User',
    objectId: undefined,
    objectName: (asked.id === undefined ? (nameIn(asked.body) ?? '') : maskCondition(asked.id))
      .slice(0, 200)
      .replaceAll('\u0000', ''),
    result: 'failure',
    change: { reason: `${status}: ${message}` },
  }
}

function nameIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const named = body as { userName?: unknown; displayName?: unknown }
  return [named.userName, named.displayName].find((name) => typeof name === 'string')
}
