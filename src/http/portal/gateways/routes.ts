import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listAbsences, listGateways } from '#gateways/list.ts'
import type { PortalOptions } from '../options.ts'
import { Gateways } from './contract.ts'

/** The processes that serve. They serve all tenants, so the administrators of each see how they are. */
export const gatewayRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.get(
    '/gateways',
    {
      config: { role: 'auditor' },
      schema: {
        tags: ['gateways'],
        summary: 'App gateways, and the windows in which one was away',
        response: { 200: Gateways },
      },
    },
    async () => {
      const [gateways, absences] = await Promise.all([listGateways(db), listAbsences(db)])
      return {
        gateways: gateways.map(({ startedAt, lastSeenAt, ...gateway }) => ({
          ...gateway,
          startedAt: startedAt.toISOString(),
          lastSeenAt: lastSeenAt.toISOString(),
        })),
        absences: absences.map(({ since, until, ...absence }) => ({
          ...absence,
          since: since.toISOString(),
          until: until?.toISOString() ?? null,
        })),
        now: new Date().toISOString(),
      }
    },
  )
}
