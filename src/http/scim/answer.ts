import { Readable } from 'node:stream'
import { noneMatch } from '#protocol/scim/messages/etag.ts'
import type { JsonObject } from '#protocol/scim/messages/json.ts'
import {
  type Projection,
  parseProjection,
  project,
  takesAll,
  type Written,
} from '#protocol/scim/messages/projection.ts'
import type { ResourceSchema } from '#protocol/scim/schema/schema.ts'
import { SCIM_JSON } from './errors.ts'
import type { ScimReply, ScimRequest } from './request.ts'

/** One resource as text, with its version. */
export interface Answer {
  /** In one piece or in many: a long one is sent as the client takes it. */
  readonly text: string | Iterable<string>
  readonly version: string
  /** False when the version does not tell of everything in the text: then it is sent whole, whatever the client holds. */
  readonly steady?: boolean
}

/** A long text outside the heap: as one string it would lie there until the next full collection. */
export function bytesOf(pieces: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0))
  let place = 0
  for (const piece of pieces) place += bytes.write(piece, place)
  return bytes
}

export function sendText(reply: ScimReply, status: number, text: string | Buffer | Readable): ScimReply {
  return reply.code(status).header('content-type', SCIM_JSON).send(text)
}

/** Passes the stored text through; only a projection, or what is returned on request alone, makes it worth parsing. */
export function projected(
  text: string,
  schema: ResourceSchema,
  projection: Projection | undefined,
  written?: Written,
): string {
  if (takesAll(projection) && !schema.hasUnasked) return text
  return JSON.stringify(project(JSON.parse(text) as JsonObject, schema, projection, written))
}

/** @see RFC 7644 §3.14 */
export function sendResource(
  request: ScimRequest,
  reply: ScimReply,
  status: number,
  answer: Answer,
): ScimReply {
  reply.header('etag', answer.version)
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (reads && noneMatch(request.headers['if-none-match'], answer.version) && answer.steady !== false) {
    return reply.code(304).send()
  }
  return sendText(reply, status, typeof answer.text === 'string' ? answer.text : Readable.from(answer.text))
}

/** What `attributes` and `excludedAttributes` ask for; a repeated parameter was refused before. */
export function projectionOf(request: ScimRequest, schema: ResourceSchema): Projection | undefined {
  return parseProjection(schema, request.query)
}
