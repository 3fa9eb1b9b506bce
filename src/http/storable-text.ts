// The one check of each door for text that PostgreSQL cannot hold: NUL, and half of a surrogate pair, which JSON can write
// and UTF-8 cannot. It stands before every handler, so that no route can forget it.
//
// Headers need no check: the HTTP parser lets neither through. Cookies need none: the database sees their digests alone.
// SCIM's JSON reader makes its own in passing (protocol/scim/json.ts). What is written inside of other text (SAML, a JWT,
// Basic credentials) is checked by whoever reads that.
import type { FastifyInstance } from 'fastify'
import { Malformed, type MalformedReason } from '#errors.ts'
import { isStorable } from '#platform/database/storable.ts'

/** Deeper than any body of these doors, and far from exhausting the stack of whatever writes it out again. */
const DEEPEST = 32

/** For a door, before its guards: they and the routes see only paths and queries whose text can be stored. */
export function refuseUnstorableAddresses(door: FastifyInstance): void {
  door.addHook('onRequest', (request, _reply, done) => {
    done(refusalOf(request.params, 'path') ?? refusalOf(request.query, 'query'))
  })
}

/** The same for bodies, too. */
export function refuseUnstorableText(door: FastifyInstance): void {
  refuseUnstorableAddresses(door)
  door.addHook('preValidation', (request, _reply, done) => {
    done(refusalOf(request.body, 'body'))
  })
}

/** @param whole what the value is called where no field in it can be named */
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
  if (depth === DEEPEST) return TOO_DEEP
  for (const [name, inner] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    if (typeof name === 'string' && !isStorable(name)) return UNSTORABLE
    const fault = faultIn(inner, depth + 1)
    if (fault) return { ...fault, path: [name, ...fault.path] }
  }
  return undefined
}
