// The overview page: counts, state of every identity provider, latest changes and failures. It owns no data and asks the
// folders that do. Start with `read` below.
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { auditLog } from '#audit/search.ts'
import { countDirectory, type DirectoryCount } from '#directory/administration/counts.ts'
import { type ListedGateway, listGateways } from '#gateways/list.ts'
import { type IdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { searchLog } from '#logs/search.ts'
import type { Database } from '#platform/database/database.ts'
import { type RecentTotals, recentTotals } from '#request-log/totals.ts'
import { countPendingActivations } from '#sign-in/enrollment.ts'
import { certificatesUntil } from '../identity-providers/view.ts'
import { logEvent } from '../logs/view.ts'
import type { PortalOptions } from '../options.ts'
import { syncHealthOf } from '../provisioning/health.ts'
import { type Handler, route, routes } from '../route.ts'
import { type IdpHealth, Overview } from './contract.ts'
import { openShortCache } from './short-cache.ts'

const CACHED_MILLISECONDS = 5_000
const RECENT = 10
const CHANGES = ['create', 'update', 'delete']
const FAILURES = 5
const FAILURES_MILLISECONDS = 7 * 86_400_000

interface TimedCounts {
  readonly at: Date
  readonly directory: readonly DirectoryCount[]
}
type CountsOf = (tenantId: string) => Promise<TimedCounts>

export const overviewRoutes: FastifyPluginAsync<PortalOptions> = async (door, options) => {
  const countsOf = openShortCache(CACHED_MILLISECONDS, async (tenantId) => ({
    at: new Date(),
    directory: await countDirectory(options.db, tenantId),
  }))
  const table = routes([
    route(
      'GET /overview',
      {
        tags: ['overview'],
        role: 'auditor',
        summary: 'Get the state of everything at a glance',
        response: { 200: Overview },
      },
      read(countsOf),
    ),
  ])
  await door.register(table, options)
}

function read(countsOf: CountsOf): Handler<FastifyRequest, Overview> {
  return async ({ principal: { tenantId } }, { db }) => {
    const [counts, waiting, providers, recent, recentChanges, failures, gateways] = await Promise.all([
      countsOf(tenantId),
      countPendingActivations(db, tenantId),
      listIdentityProviders(db, tenantId),
      recentTotals(db, tenantId),
      newestEvents(db, tenantId, { limit: RECENT, action: CHANGES }),
      newestEvents(db, tenantId, {
        limit: FAILURES,
        result: 'failure',
        from: new Date(Date.now() - FAILURES_MILLISECONDS),
      }),
      listGateways(db),
    ])
    return {
      countedAt: counts.at.toISOString(),
      users: userStates(counts.directory),
      groups: sum(counts.directory, 'groups'),
      waiting,
      identityProviders: providers.map((provider) => idpHealthOf(provider, counts.directory, recent)),
      recentChanges,
      failures,
      gateways: gatewayStates(gateways),
    }
  }
}

async function newestEvents(db: Database, tenantId: string, search: Parameters<typeof searchLog>[2]) {
  return (await searchLog(db, auditLog(tenantId), search)).events.map(logEvent)
}

function sum(counts: readonly DirectoryCount[], name: Exclude<keyof DirectoryCount, 'idpId'>): number {
  return counts.reduce((total, count) => total + count[name], 0)
}

function userStates(counts: readonly DirectoryCount[]): Overview['users'] {
  const inactive = sum(counts, 'inactive')
  const disabled = sum(counts, 'disabled')
  const deleted = sum(counts, 'deleted')
  return { active: sum(counts, 'users') - inactive - disabled - deleted, inactive, disabled, deleted }
}

function gatewayStates(gateways: readonly ListedGateway[]): Overview['gateways'] {
  const states = { up: 0, lost: 0, stopped: 0 }
  for (const { state } of gateways) states[state] += 1
  return states
}

function idpHealthOf(
  provider: IdentityProvider,
  counts: readonly DirectoryCount[],
  recent: readonly RecentTotals[],
): IdpHealth {
  const { id, name, type, enabled, autoProvisioning, lastSyncAt } = provider
  return {
    id,
    name,
    type,
    enabled,
    autoProvisioning,
    lastSyncAt: lastSyncAt?.toISOString() ?? null,
    state: syncHealthOf(provider, recent, new Date()).state,
    certificatesUntil: certificatesUntil(provider),
    users: counts.find(({ idpId }) => idpId === id)?.users ?? 0,
  }
}
