// Administrators of the tenant and their invitations. `#administrators` owns both; this folder translates between it and
// the API. Start with the table below; `invitations.ts` has the routes of invitations.
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { listAdministrators } from '#administrators/administrators.ts'
import {
  changeAdministrator,
  removeAdministrator,
  resetFactors,
} from '#administrators/change-administrator.ts'
import { resetMail } from '#administrators/mail-texts.ts'
import { makeResetLink } from '#administrators/sign-in/password-reset.ts'
import { NotFound, Refused } from '#errors.ts'
import { languageOf } from '#platform/language.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import { type ById, IdParams } from '../contract/common.ts'
import { deliverLink } from '../deliver-link.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { Administrator, AdministratorChange, Administrators, FactorsReset, HandedLink } from './contract.ts'

const tags = ['administrators']
const RESET_LINK_MINUTES = 72 * 60

export const administratorRoutes = routes([
  route(
    'GET /administrators',
    { tags, role: 'auditor', summary: 'List the administrators', response: { 200: Administrators } },
    list,
  ),
  route(
    'PATCH /administrators/:id',
    {
      tags,
      role: 'owner',
      stepUp: true,
      summary: 'Change the name or role of an administrator, disable or enable. Takes effect at once',
      params: IdParams,
      body: AdministratorChange,
      response: { 200: Administrator },
    },
    change,
  ),
  route(
    'DELETE /administrators/:id',
    {
      tags,
      role: 'owner',
      stepUp: true,
      summary: 'Remove an administrator',
      params: IdParams,
      response: { 204: Type.Null() },
    },
    remove,
  ),
  route(
    'POST /administrators/:id/reset-factors',
    {
      tags,
      role: 'owner',
      stepUp: true,
      summary: 'Remove all second factors of another administrator, who has lost them',
      params: IdParams,
      response: { 200: FactorsReset },
    },
    removeFactors,
  ),
  route(
    'POST /administrators/:id/password-link',
    {
      tags,
      role: 'owner',
      stepUp: true,
      summary: 'Create a link with which another administrator sets a new password',
      params: IdParams,
      response: { 201: HandedLink },
    },
    createPasswordLink,
  ),
])

async function list({ principal }: FastifyRequest, { db }: PortalOptions) {
  return { items: (await listAdministrators(db, principal.tenantId)).map(withIsoTimes) }
}

async function change(
  {
    principal: { auditContext, tenantId },
    params,
    body,
  }: FastifyRequest<ById & { Body: AdministratorChange }>,
  options: PortalOptions,
) {
  await changeAdministrator(options, auditContext, params.id, body)
  const changed = (await listAdministrators(options.db, tenantId)).find(({ id }) => id === params.id)
  if (!changed) throw new NotFound('The administrator has been removed in the meantime.')
  return withIsoTimes(changed)
}

async function remove({ principal, params }: FastifyRequest<ById>, options: PortalOptions) {
  await removeAdministrator(options, principal.auditContext, params.id)
}

async function removeFactors(request: FastifyRequest<ById>, options: PortalOptions) {
  demandOtherAccount(request)
  return resetFactors(options, request.principal.auditContext, request.params.id)
}

async function createPasswordLink(request: FastifyRequest<ById>, { db, mailer, publicUrl }: PortalOptions) {
  demandOtherAccount(request)
  const { auditContext, tenantId } = request.principal
  const { email, token } = await makeResetLink(db, auditContext, request.params.id)
  const { name: tenantName } = await findTenantById(db, tenantId)
  const url = `${publicUrl()}/admin/reset/${token}`
  const language = languageOf(request.headers['accept-language'])
  const text = resetMail(language, { tenantName, url, minutes: RESET_LINK_MINUTES })
  return deliverLink(mailer, request.log, { to: email, ...text }, url)
}

/** Administrators change their own factors and password under My account, where the old ones are asked for. */
function demandOtherAccount({ principal, params }: FastifyRequest<ById>): void {
  if (principal.session?.administratorId === params.id)
    throw new Refused('This is your own account. Change it under My account.')
}
