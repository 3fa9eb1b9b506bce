import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Invalid } from '#errors.ts'
import { listCredentials } from '#identity-providers/credentials/credentials.ts'
import { connectionSteps } from '#identity-providers/details/connection.ts'
import { findIdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { declareAttribute } from '#identity-providers/schemas/custom-schemas.ts'
import {
  type Habit as KeptHabit,
  listHabits,
  listUnknownAttributes,
  type UnknownAttribute,
} from '#identity-providers/schemas/unknown-attributes.ts'
import { explain } from '#request-log/explanations/explain.ts'
import { kindOf } from '#request-log/explanations/idp-kind.ts'
import { searchRequests } from '#request-log/search.ts'
import { dailyTotals, recentTotals } from '#request-log/totals.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
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
import { explanationOf, languageIn, summaryOf } from './requests.ts'

const TAGS = ['provisioning']

/** How the sync of identity providers does, and what stands in its way. */
export const provisioningRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db, publicUrl, requestLogDays } = options

  door.get(
    '/sync-health',
    {
      config: { role: 'auditor' },
      schema: {
        tags: TAGS,
        summary: 'How the sync of each identity provider does',
        response: { 200: SyncHealthList },
      },
    },
    async ({ principal: { tenantId } }): Promise<SyncHealthList> => {
      const providers = await listIdentityProviders(db, tenantId)
      const recent = await recentTotals(db, tenantId)
      const items = providers
        .filter(({ type }) => type !== 'local')
        .map((provider) => syncHealthOf(provider, recent, new Date()))
      return { items }
    },
  )

  door.get(
    '/identity-providers/:id/provisioning',
    {
      config: { role: 'auditor' },
      schema: {
        tags: TAGS,
        summary: 'How a sync does: its state, totals by day, attributes that nobody declared',
        params: IdParams,
        querystring: ProvisioningQuery,
        response: { 200: Provisioning },
      },
    },
    async ({ principal: { tenantId }, params, query }): Promise<Provisioning> => {
      const provider = await findIdentityProvider(db, tenantId, params.id)
      const { zone = 'UTC', days = 30 } = query
      demandZone(zone)
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
        unknownAttributes: unknown.map(shown),
        habits: habits.flatMap(shownHabit),
      }
    },
  )

  door.post(
    '/identity-providers/:id/custom-attributes',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Declare an attribute that the identity provider sends',
        params: IdParams,
        body: NewCustomAttribute,
        response: { 201: DeclaredAttribute },
      },
    },
    async ({ principal: { tenantId, auditContext }, params, body }, reply) => {
      const provider = await findIdentityProvider(db, tenantId, params.id)
      const { name, ...rest } = body
      const declared = await declareAttribute(db, auditContext, provider.id, { path: name, ...rest }).catch(
        atName,
      )
      const attributes = declared.schema.attributes.map((attribute) => attribute.name)
      return reply.code(201).send({ schemaId: declared.id, urn: declared.urn, attributes })
    },
  )

  door.post(
    '/identity-providers/:id/test-connection',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'What can be said from here about the connection of an identity provider',
        params: IdParams,
        body: Type.Optional(Type.Object({}, { additionalProperties: false })),
        response: { 200: ConnectionTest },
      },
    },
    async ({ principal: { tenantId }, params, headers }): Promise<ConnectionTest> => {
      const language = languageIn(headers)
      const now = new Date()
      const provider = await findIdentityProvider(db, tenantId, params.id)
      const [credentials, [last]] = await Promise.all([
        listCredentials(db, tenantId, provider.id),
        searchRequests(db, tenantId, provider.id, { limit: 1 }),
      ])
      const explanation = last?.failed ? explain(last, kindOf(last.userAgent), language) : undefined
      const endpoint = `${publicUrl()}/scim/v2/${provider.id}`
      const steps = connectionSteps({ provider, credentials, endpoint, last, explanation, now })
      return {
        startedAt: now.toISOString(),
        endpoint,
        steps: steps.map(({ at, ...step }) => ({ ...step, ...(at && { at: at.toISOString() }) })),
        lastRequest: last ? summaryOf(last, language) : null,
        explanation: last ? explanationOf(last, language) : null,
        hint:
          requestLogDays === 0 ? 'Single requests are not kept here (DOORLIST_REQUEST_LOG_DAYS is 0).' : null,
      }
    },
  )
}

/** The domain says where in a definition; the body has one field for all of it. */
function atName(error: unknown): never {
  if (error instanceof Invalid && error.field !== 'resourceType')
    throw new Invalid('name', error.message.replace(/^attribute /, ''))
  throw error
}

function demandZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw new Invalid('zone', 'must be a time zone such as Asia/Tokyo')
  }
}

function shown({ firstSeenAt, lastSeenAt, ...rest }: UnknownAttribute) {
  const isUnderUrn = /^urn:[^:]+:.+:[^:.]+$/i.test(rest.name) && !/^urn:ietf:params:scim:/i.test(rest.name)
  return {
    ...rest,
    firstSeenAt: firstSeenAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    declarable: isUnderUrn,
  }
}

/** A quirk that has gone may still be noted. */
function shownHabit({ firstSeenAt, lastSeenAt, habit: kept, ...rest }: KeptHabit): Habit[] {
  const habit = HABITS.find((known) => known === kept)
  if (!habit) return []
  return [{ ...rest, habit, firstSeenAt: firstSeenAt.toISOString(), lastSeenAt: lastSeenAt.toISOString() }]
}
