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

/** A resource as JSON text, with its version. */
export interface Answer {
  /** A string, or pieces of a long text, which are sent as fast as the client reads them. */
  readonly text: string | Iterable<string>
  readonly version: string
  /** False if the version doesn't cover everything in the text. It is then always sent in full, never as 304. */
  readonly steady?: boolean
}

/**
 * Joins a long text in memory outside the heap. As one string it would stay on the heap until the next full
 * collection.
 */
export function bytesOf(pieces: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0))
  let place = 0
  for (const piece of pieces) place += bytes.write(piece, place)
  return bytes
}

export function sendText(reply: ScimReply, status: number, text: string | Buffer | Readable): ScimReply {
  return reply.code(status).header('content-type', SCIM_JSON).send(text)
}

/**
 * Returns the stored text. It is parsed only for a projection or if the schema has attributes returned on request
 * only.
 */
export function projected(
  text: string,
  schema: ResourceSchema,
  projection: Projection | undefined,
  written?: Written,
): string {
  if (takesAll(projection) && !schema.hasUnasked) return text
  return JSON.stringify(project(JSON.parse(text) as JsonObject, schema, projection, written))
}

/** Sends a resource with its ETag, or 304 if the client has this version. @see RFC 7644 §3.14 */
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

/** Parses `attributes` and `excludedAttributes`. Repeated parameters were refused earlier. */
export function projectionOf(request: ScimRequest, schema: ResourceSchema): Projection | undefined {
  return parseProjection(schema, request.query)
}
