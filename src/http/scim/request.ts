import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Provisioner } from '#directory/provisioner.ts'
import type { Caller } from '#identity-providers/credentials/caller.ts'
import type { ResourceType } from '#identity-providers/schemas/declared-schemas.ts'
import type { Precondition } from '#protocol/scim/messages/etag.ts'
import { ifMatch } from '#protocol/scim/messages/etag.ts'

import type { Note, NoteCode } from '#request-log/notes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set by the door's guard before any route runs. */
    caller: Caller | undefined
    /** When the client will have its answer at the latest; see Scope. */
    giveUpAt: number
    /** What the message showed of the identity provider, each name once; by resource type and habit. */
    noticed: Map<string, Notice> | undefined
    /** What else the request log tells of it, each once. */
    notes: Map<NoteCode, Note> | undefined
  }
}

/** Names that the schemas don't have or, with a habit, attributes whose values were put right. */
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

/** What can be done with one resource type. */
export type ScimRoutes = Record<
  'list' | 'search' | 'create' | 'read' | 'replace' | 'patch' | 'delete',
  ScimHandler
>

export function precondition(request: ScimRequest): Precondition | undefined {
  return ifMatch(request.headers['if-match'])
}
