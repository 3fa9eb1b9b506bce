// Passes each request with its response to the request log after the response was sent. Bodies are neither parsed nor
// copied.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ScimError } from '#protocol/scim/messages/error.ts'
import type { Exchange, Part } from '#request-log/capture/exchange.ts'
import type { Note } from '#request-log/notes.ts'
import type { RequestLog } from '#request-log/request-log.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The raw body, if one was read. */
    received: Buffer | undefined
    /** The text of the response. */
    answerText: string | undefined
    /** The attempted operations of a bulk request. */
    bulkParts: readonly Part[] | undefined
    /** The error that was returned. */
    refusal: ScimError | undefined
  }
}

export function observeRequests(door: FastifyInstance, log: RequestLog) {
  door.decorateRequest('received', undefined)
  door.decorateRequest('answerText', undefined)
  door.decorateRequest('bulkParts', undefined)
  door.decorateRequest('refusal', undefined)
  door.addHook('onSend', (request, _reply, payload, done) => {
    if (typeof payload === 'string') request.answerText = payload
    done(null, payload)
  })
  door.addHook('onResponse', (request, reply, done) => {
    const exchange = exchangeOf(request, reply)
    if (exchange) log.answered(exchange)
    done()
  })
}

/** Describes a finished request. @returns undefined if the URL names no identity provider */
function exchangeOf(request: FastifyRequest, reply: FastifyReply): Exchange | undefined {
  const { caller, params, headers } = request
  const idpId = caller?.idp.id ?? idpIn(request.url)
  if (idpId === undefined) return undefined
  return {
    id: request.id,
    idpId,
    credentialId: caller?.credentialId,
    schemas: caller?.idp.schemas,
    method: request.method,
    url: request.url,
    route: request.is404 ? undefined : request.routeOptions.url,
    objectId: (params as { id?: string } | undefined)?.id ?? createdId(reply),
    status: reply.statusCode,
    milliseconds: reply.elapsedTime,
    body: request.body,
    received: request.received,
    answer: request.answerText,
    parts: request.bulkParts,
    refusal: request.refusal && { code: request.refusal.code, params: request.refusal.params },
    notes: notesOf(request),
    userAgent: headers['user-agent'],
    sourceAddress: request.ip,
  }
}

/** Combines the names of ignored or converted attributes with the other notes. */
function notesOf({ noticed, notes }: FastifyRequest): Note[] {
  const others = [...(notes?.values() ?? [])]
  const named = [...(noticed?.values() ?? [])].map(({ resourceType, habit, names }): Note => {
    const params = { resourceType, names: [...names] }
    return habit === undefined
      ? { code: 'attributes-left-out', params }
      : { code: 'values-converted', params: { ...params, habit } }
  })
  // The note that the whole PATCH was ignored already lists these attributes.
  const isWhole = notes?.has('patch-left-out') ?? false
  return [...others, ...named.filter(({ code }) => !(isWhole && code === 'attributes-left-out'))]
}

const PROVIDER = /^\/+scim\/+v2\/+([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/?]|$)/i

function idpIn(url: string): string | undefined {
  return PROVIDER.exec(url)?.[1]?.toLowerCase()
}

function createdId(reply: FastifyReply): string | undefined {
  const location = reply.getHeader('location')
  return typeof location === 'string' ? location.slice(location.lastIndexOf('/') + 1) : undefined
}
