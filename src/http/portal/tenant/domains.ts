// What a tenant has of its own besides users: its email domains, its name and its logo. Start with the table below, which
// has the email domains: each leads its users to an identity provider once it is verified by a TXT record in DNS.
// `#identity-providers/domains` owns them. `brand.ts` has name and logo.
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { checkDomain, GRACE_HOURS } from '#identity-providers/domains/check-domains.ts'
import {
  createDomain,
  deleteDomain,
  type EmailDomain,
  leadDomainTo,
  listDomains,
} from '#identity-providers/domains/email-domains.ts'
import { type ById, IdParams } from '../contract/common.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { Domain, DomainChange, Domains, NewDomain } from './domain-contract.ts'

const tags = ['domains']
const HOUR_MILLISECONDS = 3_600_000

export const domainRoutes = routes([
  route(
    'GET /domains',
    { tags, role: 'auditor', summary: 'List the email domains by name', response: { 200: Domains } },
    list,
  ),
  route(
    'POST /domains',
    {
      tags,
      role: 'admin',
      summary: 'Add a domain. It takes effect once it is verified',
      body: NewDomain,
      response: { 201: Domain },
    },
    create,
  ),
  route(
    'POST /domains/:id/check',
    {
      tags,
      role: 'admin',
      summary: 'Look for the verification record in DNS now',
      params: IdParams,
      response: { 200: Domain },
    },
    check,
  ),
  route(
    'PATCH /domains/:id',
    {
      tags,
      role: 'admin',
      summary: 'Choose the identity provider of a domain',
      params: IdParams,
      body: DomainChange,
      response: { 200: Domain },
    },
    change,
  ),
  route(
    'DELETE /domains/:id',
    { tags, role: 'admin', summary: 'Remove a domain', params: IdParams, response: { 204: Type.Null() } },
    remove,
  ),
])

async function list({ principal }: FastifyRequest, { db }: PortalOptions) {
  return { items: (await listDomains(db, principal.tenantId)).map(viewOf) }
}

async function create({ principal, body }: FastifyRequest<{ Body: NewDomain }>, { db }: PortalOptions) {
  return viewOf(await createDomain(db, principal.auditContext, body))
}

async function check({ principal, params }: FastifyRequest<ById>, { db, dns }: PortalOptions) {
  return viewOf(await checkDomain(db, dns, principal.auditContext, params.id))
}

async function change(
  { principal, params, body }: FastifyRequest<ById & { Body: DomainChange }>,
  { db }: PortalOptions,
) {
  return viewOf(await leadDomainTo(db, principal.auditContext, params.id, body.idpId))
}

async function remove({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  await deleteDomain(db, principal.auditContext, params.id)
}

function viewOf({ proof, ...domain }: EmailDomain): Domain {
  const { missingSince } = domain
  const leadsUntil = missingSince && new Date(missingSince.getTime() + GRACE_HOURS * HOUR_MILLISECONDS)
  return {
    ...withIsoTimes({ ...domain, leadsUntil }),
    record: { ...proof, type: 'TXT' },
  }
}
