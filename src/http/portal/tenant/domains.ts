import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { checkDomain, GRACE_HOURS } from '#identity-providers/domains/check-domains.ts'
import {
  createDomain,
  deleteDomain,
  type EmailDomain,
  leadDomainTo,
  listDomains,
} from '#identity-providers/domains/email-domains.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { Domain, DomainChange, Domains, NewDomain } from './domain-contract.ts'

const tags = ['domains']
const HOUR_MILLISECONDS = 3_600_000

/** E-mail domains of the tenant, and where their people sign in. */
export const domainRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db, dns }) => {
  door.get(
    '/domains',
    {
      config: { role: 'auditor' },
      schema: { tags, summary: 'E-mail domains, by name', response: { 200: Domains } },
    },
    async ({ principal }) => ({ items: (await listDomains(db, principal.tenantId)).map(toWire) }),
  )

  door.post(
    '/domains',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Enter a domain; it leads nowhere until it is verified',
        body: NewDomain,
        response: { 201: Domain },
      },
    },
    async ({ principal, body }, reply) =>
      reply.code(201).send(toWire(await createDomain(db, principal.auditContext, body))),
  )

  door.post(
    '/domains/:id/check',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Look for the record in DNS now',
        params: IdParams,
        response: { 200: Domain },
      },
    },
    async ({ principal, params }) => toWire(await checkDomain(db, dns, principal.auditContext, params.id)),
  )

  door.patch(
    '/domains/:id',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Say which identity provider a domain leads to',
        params: IdParams,
        body: DomainChange,
        response: { 200: Domain },
      },
    },
    async ({ principal, params, body }) =>
      toWire(await leadDomainTo(db, principal.auditContext, params.id, body.idpId)),
  )

  door.delete(
    '/domains/:id',
    {
      config: { role: 'admin' },
      schema: { tags, summary: 'Take a domain away', params: IdParams, response: { 204: Type.Null() } },
    },
    async ({ principal, params }, reply) => {
      await deleteDomain(db, principal.auditContext, params.id)
      return reply.code(204).send(null)
    },
  )
}

function toWire({ proof, createdAt, verifiedAt, checkedAt, missingSince, ...domain }: EmailDomain) {
  const leadsUntil = missingSince && new Date(missingSince.getTime() + GRACE_HOURS * HOUR_MILLISECONDS)
  return {
    ...domain,
    verifiedAt: verifiedAt?.toISOString() ?? null,
    checkedAt: checkedAt?.toISOString() ?? null,
    missingSince: missingSince?.toISOString() ?? null,
    leadsUntil: leadsUntil?.toISOString() ?? null,
    record: { ...proof, type: 'TXT' as const },
    createdAt: createdAt.toISOString(),
  }
}
