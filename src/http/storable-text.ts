// Refuses text that PostgreSQL can't store: NUL, and half of a surrogate pair, which JSON can express and UTF-8 can't. Each
// door checks it once, before every handler, so that no route can forget it.
//
// Headers need no check, because the HTTP parser refuses both. Cookies need none, because only their digests reach the
// database. SCIM's JSON reader checks while it reads (protocol/scim/json.ts). Text inside of other text (SAML, a JWT, Basic
// credentials) is checked by the code that decodes it.
import type { FastifyInstance } from 'fastify'
import { Malformed, type MalformedReason } from '#errors.ts'
import { isStorable } from '#platform/database/storable.ts'

/** Deeper than any valid body of these doors, and far from exhausting the stack of recursive code. */
const MAX_DEPTH = 32

/** Checks paths and queries. A door calls it before it registers its guards, so that they see only storable text. */
export function refuseUnstorableAddresses(door: FastifyInstance): void {
  door.addHook('onRequest', (request, _reply, done) => {
    done(refusalOf(request.params, 'path') ?? refusalOf(request.query, 'query'))
  })
}

/** Checks paths, queries and bodies. */
export function refuseUnstorableText(door: FastifyInstance): void {
  refuseUnstorableAddresses(door)
  door.addHook('preValidation', (request, _reply, done) => {
    done(refusalOf(request.body, 'body'))
  })
}

/** @param whole the name of the value itself, for faults that aren't in one of its fields */
function refusalOf(value: unknown, whole: string): Malformed | undefined {
  const fault = faultIn(value, 0)
  return fault && new Malformed(fault.path.join('.') || whole, fault.reason)
}

interface Fault {
  readonly path: readonly (string | number)[]
  readonly reason: MalformedReason
}

const UNSTORABLE: Fault = { path: [], reason: 'unstorable-text' }
const TOO_DEEP: Fault = { path: [], reason: 'too-deep' }

function faultIn(value: unknown, depth: number): Fault | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : UNSTORABLE
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined
  if (depth === MAX_DEPTH) return TOO_DEEP
  for (const [name, inner] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    if (typeof name === 'string' && !isStorable(name)) return UNSTORABLE
    const fault = faultIn(inner, depth + 1)
    if (fault) return { ...fault, path: [name, ...fault.path] }
  }
  return undefined
}
