import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { eventsOfRequest, type RequestEvent } from '#audit/events-of-request.ts'
import { listCredentials } from '#identity-providers/credentials/credentials.ts'
import { findIdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { type Language, languageOf } from '#platform/language.ts'
import { explain, explainNote } from '#request-log/explanations/explain.ts'
import { kindOf } from '#request-log/explanations/idp-kind.ts'
import { findRequest, type LoggedRequest, recentFailures, searchRequests } from '#request-log/search.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import {
  type Explanation,
  Failures,
  type RequestChange,
  ScimRequest,
  ScimRequestPage,
  ScimRequestQuery,
  type ScimRequestSummary,
} from './requests-contract.ts'

const TAGS = ['provisioning']
const FAILURES = 20

/** What identity providers sent, and why it failed. */
export const scimRequestRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.get(
    '/identity-providers/:id/scim-requests',
    {
      config: { role: 'auditor' },
      schema: {
        tags: TAGS,
        summary: 'What an identity provider sent, newest first',
        params: IdParams,
        querystring: ScimRequestQuery,
        response: { 200: ScimRequestPage },
      },
    },
    async ({ principal: { tenantId }, params, query: { limit = 50, from, to, ...search }, headers }) => {
      const { id } = await findIdentityProvider(db, tenantId, params.id)
      const times = { from: timeOf(from), to: timeOf(to) }
      const found = await searchRequests(db, tenantId, id, { ...search, ...times, limit: limit + 1 })
      const items = found.slice(0, limit)
      return {
        items: items.map((item) => summaryOf(item, languageIn(headers))),
        next: found.length > limit ? (items.at(-1)?.cursor ?? null) : null,
      }
    },
  )

  door.get(
    '/scim-requests/:id',
    {
      config: { role: 'auditor' },
      schema: {
        tags: TAGS,
        summary: 'One request, its answer and what came of it',
        params: IdParams,
        response: { 200: ScimRequest },
      },
    },
    async ({ principal: { tenantId }, params, headers }): Promise<ScimRequest> => {
      const language = languageIn(headers)
      const found = await findRequest(db, tenantId, params.id)
      const [provider, credentials, events] = await Promise.all([
        findIdentityProvider(db, tenantId, found.idpId),
        listCredentials(db, tenantId, found.idpId),
        eventsOfRequest(db, tenantId, found),
      ])
      return {
        ...summaryOf(found, language),
        identityProviderName: provider.name,
        idpKind: kindOf(found.userAgent),
        userAgent: found.userAgent,
        sourceAddress: found.sourceAddress,
        credentialId: found.credentialId,
        credentialKey: credentials.find(({ id }) => id === found.credentialId)?.key ?? null,
        request: { text: found.requestBody, bytes: found.requestBytes },
        answer: { text: found.answerBody, bytes: found.answerBytes },
        explanation: explanationOf(found, language),
        changes: events.map(changeOf),
      }
    },
  )

  door.get(
    '/failures',
    {
      config: { role: 'auditor' },
      schema: {
        tags: TAGS,
        summary: 'The newest failures of all identity providers',
        response: { 200: Failures },
      },
    },
    async ({ principal: { tenantId }, headers }): Promise<Failures> => {
      const language = languageIn(headers)
      const failures = await recentFailures(db, tenantId, FAILURES)
      const providers = await listIdentityProviders(db, tenantId)
      const items = failures.map((failure) => {
        const { cause, code } = explain(failure, kindOf(failure.userAgent), language)
        const provider = providers.find(({ id }) => id === failure.idpId)
        return { ...summaryOf(failure, language), identityProviderName: provider?.name ?? '', cause, code }
      })
      return { items }
    },
  )
}

function timeOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}

export function languageIn(headers: IncomingHttpHeaders): Language {
  return languageOf(headers['accept-language'])
}

export function summaryOf(request: LoggedRequest, language: Language): ScimRequestSummary {
  const { id, method, path, query, operation, objectType, objectId, objectName } = request
  return {
    id,
    identityProviderId: request.idpId,
    at: request.at.toISOString(),
    milliseconds: request.milliseconds,
    method,
    path,
    query,
    operation,
    objectType,
    objectId,
    objectName,
    status: request.status,
    failed: request.failed,
    scimType: request.scimType,
    detail: request.detail,
    code: request.refusalCode,
    notes: (request.notes ?? []).map((note) => ({ code: note.code, text: explainNote(note, language) })),
  }
}

export function explanationOf(request: LoggedRequest, language: Language): Explanation | null {
  if (!request.failed) return null
  const kind = kindOf(request.userAgent)
  const { field = null, otherUserId = null, steps, ...rest } = explain(request, kind, language)
  return { ...rest, field, otherUserId, steps: [...steps] }
}

function changeOf({ id, at, change, ...event }: RequestEvent): RequestChange {
  const { before, after, reason } = change ?? {}
  return {
    eventId: id,
    at: at.toISOString(),
    ...event,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(reason !== undefined && { reason }),
  }
}
