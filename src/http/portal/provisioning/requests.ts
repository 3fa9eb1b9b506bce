import type { FastifyRequest } from 'fastify'
import { eventsOfRequest } from '#audit/events-of-request.ts'
import { listCredentials } from '#identity-providers/credentials/credentials.ts'
import { findIdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { languageOf } from '#platform/language.ts'
import { explain } from '#request-log/explanations/explain.ts'
import { kindOf } from '#request-log/explanations/idp-kind.ts'
import { findRequest, recentFailures, searchRequests } from '#request-log/search.ts'
import { type ById, IdParams, PAGE_SIZE } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { changeOf, explanationOf, requestSummaryOf } from './request-view.ts'
import { Failures, ScimRequest, ScimRequestPage, ScimRequestQuery } from './requests-contract.ts'

const tags = ['provisioning']
const MAX_FAILURES = 20

/** The SCIM requests of identity providers, and why they failed. */
export const scimRequestRoutes = routes([
  route(
    'GET /identity-providers/:id/scim-requests',
    {
      tags,
      role: 'auditor',
      summary: 'List the SCIM requests of an identity provider, newest first',
      params: IdParams,
      querystring: ScimRequestQuery,
      response: { 200: ScimRequestPage },
    },
    search,
  ),
  route(
    'GET /scim-requests/:id',
    {
      tags,
      role: 'auditor',
      summary: 'Get a SCIM request, its response and what it changed',
      params: IdParams,
      response: { 200: ScimRequest },
    },
    read,
  ),
  route(
    'GET /failures',
    {
      tags,
      role: 'auditor',
      summary: 'List the newest failures of all identity providers',
      response: { 200: Failures },
    },
    listFailures,
  ),
])

async function search(
  {
    principal: { tenantId },
    params,
    query,
    headers,
  }: FastifyRequest<ById & { Querystring: ScimRequestQuery }>,
  { db }: PortalOptions,
) {
  const { limit = PAGE_SIZE, from, to, ...conditions } = query
  const language = languageOf(headers['accept-language'])
  const { id } = await findIdentityProvider(db, tenantId, params.id)
  const times = { from: timeOf(from), to: timeOf(to) }
  const found = await searchRequests(db, tenantId, id, { ...conditions, ...times, limit: limit + 1 })
  const page = found.slice(0, limit)
  return {
    items: page.map((request) => requestSummaryOf(request, language)),
    next: found.length > limit ? (page.at(-1)?.cursor ?? null) : null,
  }
}

async function read(
  { principal: { tenantId }, params, headers }: FastifyRequest<ById>,
  { db }: PortalOptions,
): Promise<ScimRequest> {
  const language = languageOf(headers['accept-language'])
  const request = await findRequest(db, tenantId, params.id)
  const [provider, credentials, events] = await Promise.all([
    findIdentityProvider(db, tenantId, request.idpId),
    listCredentials(db, tenantId, request.idpId),
    eventsOfRequest(db, tenantId, request),
  ])
  return {
    ...requestSummaryOf(request, language),
    identityProviderName: provider.name,
    idpKind: kindOf(request.userAgent),
    userAgent: request.userAgent,
    sourceAddress: request.sourceAddress,
    credentialId: request.credentialId,
    credentialKey: credentials.find(({ id }) => id === request.credentialId)?.key ?? null,
    request: { text: request.requestBody, bytes: request.requestBytes },
    answer: { text: request.answerBody, bytes: request.answerBytes },
    explanation: explanationOf(request, language),
    changes: events.map(changeOf),
  }
}

async function listFailures(
  { principal: { tenantId }, headers }: FastifyRequest,
  { db }: PortalOptions,
): Promise<Failures> {
  const language = languageOf(headers['accept-language'])
  const failures = await recentFailures(db, tenantId, MAX_FAILURES)
  const providers = await listIdentityProviders(db, tenantId)
  const items = failures.map((failure) => {
    const { cause, code } = explain(failure, kindOf(failure.userAgent), language)
    const provider = providers.find(({ id }) => id === failure.idpId)
    return { ...requestSummaryOf(failure, language), identityProviderName: provider?.name ?? '', cause, code }
  })
  return { items }
}

function timeOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}
