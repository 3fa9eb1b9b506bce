// Hands each request with its answer to the request log, after it was answered. Nothing is read or copied here.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ScimError } from '#protocol/scim/messages/error.ts'
import type { Exchange, Part } from '#request-log/capture/exchange.ts'
import type { Note } from '#request-log/notes.ts'
import type { RequestLog } from '#request-log/request-log.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came, where one was read. */
    received: Buffer | undefined
    /** The text that was sent back. */
    answerText: string | undefined
    /** The operations of a bulk request that were tried. */
    bulkParts: readonly Part[] | undefined
    /** As it was answered. */
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

/** @returns undefined where no identity provider is asked for */
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

/** What was left out or converted is known by its names, the rest by its notes. */
function notesOf({ noticed, notes }: FastifyRequest): Note[] {
  const others = [...(notes?.values() ?? [])]
  const named = [...(noticed?.values() ?? [])].map(({ resourceType, habit, names }): Note => {
    const params = { resourceType, names: [...names] }
    return habit === undefined
      ? { code: 'attributes-left-out', params }
      : { code: 'values-converted', params: { ...params, habit } }
  })
  // What says that the whole message was left out names the same attributes.
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
