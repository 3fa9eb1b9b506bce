// The Provisioning page: how the synchronization of each identity provider is doing, and what prevents it. `#request-log`
// keeps the requests and explains failures; this folder translates between it and the API. Start with the table below;
// `requests.ts` has single SCIM requests, `health.ts` the state of a synchronization.
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Invalid } from '#errors.ts'
import { listCredentials } from '#identity-providers/credentials/credentials.ts'
import { connectionSteps } from '#identity-providers/details/connection.ts'
import { findIdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { declareAttribute } from '#identity-providers/schemas/custom-schemas.ts'
import {
  listHabits,
  listUnknownAttributes,
  type Habit as StoredHabit,
  type UnknownAttribute,
} from '#identity-providers/schemas/unknown-attributes.ts'
import { languageOf } from '#platform/language.ts'
import { explain } from '#request-log/explanations/explain.ts'
import { kindOf } from '#request-log/explanations/idp-kind.ts'
import { searchRequests } from '#request-log/search.ts'
import { dailyTotals, recentTotals } from '#request-log/totals.ts'
import { type ById, IdParams, STRICT } from '../contract/common.ts'
import { scimEndpoint } from '../identity-providers/view.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import {
  ConnectionTest,
  DeclaredAttribute,
  HABITS,
  type Habit,
  NewCustomAttribute,
  Provisioning,
  ProvisioningQuery,
  SyncHealthList,
} from './contract.ts'
import { syncHealthOf } from './health.ts'
import { explanationOf, requestSummaryOf } from './request-view.ts'

const tags = ['provisioning']

export const provisioningRoutes = routes([
  route(
    'GET /sync-health',
    {
      tags,
      role: 'auditor',
      summary: 'Get the provisioning state of each identity provider',
      response: { 200: SyncHealthList },
    },
    listHealth,
  ),
  route(
    'GET /identity-providers/:id/provisioning',
    {
      tags,
      role: 'auditor',
      summary: 'Get the provisioning state of an identity provider, totals by day, and undeclared attributes',
      params: IdParams,
      querystring: ProvisioningQuery,
      response: { 200: Provisioning },
    },
    read,
  ),
  route(
    'POST /identity-providers/:id/custom-attributes',
    {
      tags,
      role: 'admin',
      summary: 'Declare an attribute that the identity provider sends',
      params: IdParams,
      body: NewCustomAttribute,
      response: { 201: DeclaredAttribute },
    },
    declare,
  ),
  route(
    'POST /identity-providers/:id/test-connection',
    {
      tags,
      role: 'admin',
      summary: 'Test the SCIM connection of an identity provider, as far as that is possible from this side',
      params: IdParams,
      body: Type.Optional(Type.Object({}, STRICT)),
      response: { 200: ConnectionTest },
    },
    testConnection,
  ),
])

async function listHealth(
  { principal: { tenantId } }: FastifyRequest,
  { db }: PortalOptions,
): Promise<SyncHealthList> {
  const providers = await listIdentityProviders(db, tenantId)
  const recent = await recentTotals(db, tenantId)
  const items = providers
    .filter(({ type }) => type !== 'local')
    .map((provider) => syncHealthOf(provider, recent, new Date()))
  return { items }
}

async function read(
  { principal: { tenantId }, params, query }: FastifyRequest<ById & { Querystring: ProvisioningQuery }>,
  { db, requestLogDays }: PortalOptions,
): Promise<Provisioning> {
  const provider = await findIdentityProvider(db, tenantId, params.id)
  const { zone = 'UTC', days = 30 } = query
  demandTimeZone(zone)
  const [recent, totals, unknown, habits] = await Promise.all([
    recentTotals(db, tenantId),
    dailyTotals(db, tenantId, provider.id, { days, zone }),
    listUnknownAttributes(db, tenantId, provider.id),
    listHabits(db, tenantId, provider.id),
  ])
  return {
    health: syncHealthOf(provider, recent, new Date()),
    days: totals,
    keptDays: requestLogDays,
    unknownAttributes: unknown.map(unknownAttributeOf),
    habits: habits.flatMap(shownHabits),
  }
}

async function declare(
  { principal, params, body }: FastifyRequest<ById & { Body: NewCustomAttribute }>,
  { db }: PortalOptions,
) {
  const provider = await findIdentityProvider(db, principal.tenantId, params.id)
  const { name, ...rest } = body
  const declared = await declareAttribute(db, principal.auditContext, provider.id, {
    path: name,
    ...rest,
  }).catch(rethrowAsName)
  const attributes = declared.schema.attributes.map((attribute) => attribute.name)
  return { schemaId: declared.id, urn: declared.urn, attributes }
}

async function testConnection(
  { principal: { tenantId }, params, headers }: FastifyRequest<ById>,
  { db, publicUrl, requestLogDays }: PortalOptions,
): Promise<ConnectionTest> {
  const language = languageOf(headers['accept-language'])
  const now = new Date()
  const provider = await findIdentityProvider(db, tenantId, params.id)
  const [credentials, [last]] = await Promise.all([
    listCredentials(db, tenantId, provider.id),
    searchRequests(db, tenantId, provider.id, { limit: 1 }),
  ])
  const explanation = last?.failed ? explain(last, kindOf(last.userAgent), language) : undefined
  const endpoint = scimEndpoint(publicUrl(), provider.id)
  const steps = connectionSteps({ provider, credentials, endpoint, last, explanation, now })
  return {
    startedAt: now.toISOString(),
    endpoint,
    steps: steps.map(({ at, ...step }) => ({ ...step, ...(at && { at: at.toISOString() }) })),
    lastRequest: last ? requestSummaryOf(last, language) : null,
    explanation: last ? explanationOf(last, language) : null,
    hint: requestLogDays === 0 ? 'Single requests are not kept here (DOORLIST_REQUEST_LOG_DAYS is 0).' : null,
  }
}

/** The error names a place inside the schema definition; the body has the one field `name` for all of it. */
function rethrowAsName(error: unknown): never {
  if (error instanceof Invalid && error.field !== 'resourceType')
    throw new Invalid('name', error.message.replace(/^attribute /, ''))
  throw error
}

function demandTimeZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw new Invalid('zone', 'must be a time zone such as Asia/Tokyo')
  }
}

function unknownAttributeOf(attribute: UnknownAttribute) {
  const { name } = attribute
  const declarable = /^urn:[^:]+:.+:[^:.]+$/i.test(name) && !/^urn:ietf:params:scim:/i.test(name)
  return { ...withIsoTimes(attribute), declarable }
}

/** Omits habits of a quirk that this version no longer has. */
function shownHabits({ habit: stored, ...rest }: StoredHabit): Habit[] {
  const habit = HABITS.find((known) => known === stored)
  return habit ? [{ ...withIsoTimes(rest), habit }] : []
}
