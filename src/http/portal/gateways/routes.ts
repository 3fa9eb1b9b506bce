// The running processes of the service (App Gateways) and their outages. They serve all tenants, so the administrators of
// every tenant see the same list. `#gateways` keeps it. Start with the table below.
import type { FastifyRequest } from 'fastify'
import { listAbsences, listGateways } from '#gateways/list.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { Gateways } from './contract.ts'

export const gatewayRoutes = routes([
  route(
    'GET /gateways',
    {
      tags: ['gateways'],
      role: 'auditor',
      summary: 'List the app gateways and their outages',
      response: { 200: Gateways },
    },
    list,
  ),
])

async function list(_request: FastifyRequest, { db }: PortalOptions) {
  const [gateways, absences] = await Promise.all([listGateways(db), listAbsences(db)])
  return {
    gateways: gateways.map(withIsoTimes),
    absences: absences.map(withIsoTimes),
    now: new Date().toISOString(),
  }
}
