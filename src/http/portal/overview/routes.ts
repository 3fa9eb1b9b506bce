import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { auditLog } from '#audit/search.ts'
import { countDirectory, type DirectoryCount } from '#directory/administration/counts.ts'
import { type ListedGateway, listGateways } from '#gateways/list.ts'
import { type IdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { searchLog } from '#logs/search.ts'
import type { Database } from '#platform/database/database.ts'
import { type RecentTotals, recentTotals } from '#request-log/totals.ts'
import { countPendingActivations } from '#sign-in/enrolment.ts'
import { certificatesUntil } from '../identity-providers/view.ts'
import { logEvent } from '../logs/view.ts'
import { openMemo } from '../memo.ts'
import type { PortalOptions } from '../options.ts'
import { syncHealthOf } from '../provisioning/health.ts'
import { type IdpHealth, Overview } from './contract.ts'

const COUNTED_MILLISECONDS = 5_000
const RECENT = 10
const CHANGES = ['create', 'update', 'delete']
const FAILURES = 5
const FAILURES_MILLISECONDS = 7 * 86_400_000

/** How everything is, at a glance. */
export const overviewRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  const counts = openMemo(COUNTED_MILLISECONDS, async (tenantId: string) => ({
    at: new Date(),
    directory: await countDirectory(db, tenantId),
  }))

  door.get(
    '/overview',
    {
      config: { role: 'auditor' },
      schema: { tags: ['overview'], summary: 'How everything is, at a glance', response: { 200: Overview } },
    },
    async ({ principal: { tenantId } }) => {
      const [counted, waiting, idps, recent, recentChanges, failures, gateways] = await Promise.all([
        counts(tenantId),
        countPendingActivations(db, tenantId),
        listIdentityProviders(db, tenantId),
        recentTotals(db, tenantId),
        newest(db, tenantId, { limit: RECENT, action: CHANGES }),
        newest(db, tenantId, {
          limit: FAILURES,
          result: 'failure',
          from: new Date(Date.now() - FAILURES_MILLISECONDS),
        }),
        listGateways(db),
      ])
      return {
        countedAt: counted.at.toISOString(),
        users: userStates(counted.directory),
        groups: sum(counted.directory, 'groups'),
        waiting,
        identityProviders: idps.map((idp) => describe(idp, counted.directory, recent)),
        recentChanges,
        failures,
        gateways: gatewayStates(gateways),
      }
    },
  )
}

async function newest(db: Database, tenantId: string, search: Parameters<typeof searchLog>[2]) {
  return (await searchLog(db, auditLog(tenantId), search)).events.map(logEvent)
}

function sum(counts: readonly DirectoryCount[], name: Exclude<keyof DirectoryCount, 'idpId'>): number {
  return counts.reduce((total, count) => total + count[name], 0)
}

function userStates(counts: readonly DirectoryCount[]): Overview['users'] {
  const [inactive, disabled, deleted] = [
    sum(counts, 'inactive'),
    sum(counts, 'disabled'),
    sum(counts, 'deleted'),
  ]
  return { active: sum(counts, 'users') - inactive - disabled - deleted, inactive, disabled, deleted }
}

function gatewayStates(gateways: readonly ListedGateway[]): Overview['gateways'] {
  const states = { up: 0, lost: 0, stopped: 0 }
  for (const { state } of gateways) states[state] += 1
  return states
}

function describe(
  idp: IdentityProvider,
  counts: readonly DirectoryCount[],
  recent: readonly RecentTotals[],
): IdpHealth {
  const { id, name, type, enabled, autoProvisioning, lastSyncAt } = idp
  return {
    id,
    name,
    type,
    enabled,
    autoProvisioning,
    lastSyncAt: lastSyncAt?.toISOString() ?? null,
    state: syncHealthOf(idp, recent, new Date()).state,
    certificatesUntil: certificatesUntil(idp),
    users: counts.find(({ idpId }) => idpId === id)?.users ?? 0,
  }
}
