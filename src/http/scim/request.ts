import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Provisioner } from '#directory/provisioner.ts'
import type { Caller } from '#identity-providers/credentials/caller.ts'
import type { ResourceType } from '#identity-providers/schemas/declared-schemas.ts'
import type { Precondition } from '#protocol/scim/messages/etag.ts'
import { ifMatch } from '#protocol/scim/messages/etag.ts'

import type { Note, NoteCode } from '#request-log/notes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The authenticated identity provider, set by the door before any route runs. */
    caller: Caller | undefined
    /** Deadline for the response; see `Scope`. */
    giveUpAt: number
    /** Unknown or converted attribute names of the message, each once, by resource type and habit. */
    noticed: Map<string, Notice> | undefined
    /** Other notes for the request log, one per code. */
    notes: Map<NoteCode, Note> | undefined
  }
}

/** Names that the schemas don't have or, with a habit, attributes whose values were corrected. */
export interface Notice {
  readonly resourceType: ResourceType
  readonly habit: string | undefined
  readonly names: Set<string>
}

export interface ScimRoute {
  Params: { idpId: string; id: string }
  Querystring: Record<string, string | string[] | undefined>
}

export type ScimRequest = FastifyRequest<ScimRoute>
export type ScimReply = FastifyReply<ScimRoute>
export type ScimHandler = (at: Provisioner, request: ScimRequest, reply: ScimReply) => Promise<unknown>

/** The handlers of one resource type. */
export type ScimRoutes = Record<
  'list' | 'search' | 'create' | 'read' | 'replace' | 'patch' | 'delete',
  ScimHandler
>

export function precondition(request: ScimRequest): Precondition | undefined {
  return ifMatch(request.headers['if-match'])
}
