import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
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
import { Refused } from '#errors.ts'
import { languageOf } from '#platform/language.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import { IdParams } from '../contract/common.ts'
import { handOver } from '../hand-over.ts'
import type { PortalOptions } from '../options.ts'
import { Administrator, AdministratorChange, Administrators, FactorsReset, HandedLink } from './contract.ts'

const tags = ['administrators']
const CHANGE = { role: 'owner', stepUp: true } as const

/** The administrators of the tenant. */
export const administratorRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db, publicUrl } = options

  door.get(
    '/administrators',
    {
      config: { role: 'auditor' },
      schema: { tags, summary: 'List the administrators', response: { 200: Administrators } },
    },
    async ({ principal }) => ({ items: (await listAdministrators(db, principal.tenantId)).map(toWire) }),
  )

  door.patch(
    '/administrators/:id',
    {
      config: CHANGE,
      schema: {
        tags,
        summary: 'Change name or role, disable or enable; effective at once',
        params: IdParams,
        body: AdministratorChange,
        response: { 200: Administrator },
      },
    },
    async ({ principal: { auditContext, tenantId }, params, body }) => {
      await changeAdministrator(options, auditContext, params.id, body)
      const all = await listAdministrators(db, tenantId)
      const changed = all.find(({ id }) => id === params.id)
      return toWire(changed ?? never())
    },
  )

  door.delete(
    '/administrators/:id',
    {
      config: CHANGE,
      schema: { tags, summary: 'Remove an administrator', params: IdParams, response: { 204: Type.Null() } },
    },
    async ({ principal: { auditContext }, params }, reply) => {
      await removeAdministrator(options, auditContext, params.id)
      return reply.code(204).send(null)
    },
  )

  door.post(
    '/administrators/:id/reset-factors',
    {
      config: CHANGE,
      schema: {
        tags,
        summary: 'Remove all second factors of another administrator, who has lost them',
        params: IdParams,
        response: { 200: FactorsReset },
      },
    },
    async (request) => {
      demandAnother(request, request.params.id)
      return resetFactors(options, request.principal.auditContext, request.params.id)
    },
  )

  door.post(
    '/administrators/:id/password-link',
    {
      config: CHANGE,
      schema: {
        tags,
        summary: 'Make a link by which another administrator sets a new password',
        params: IdParams,
        response: { 201: HandedLink },
      },
    },
    async (request, reply) => {
      const { auditContext, tenantId } = request.principal
      demandAnother(request, request.params.id)
      const { email, token } = await makeResetLink(db, auditContext, request.params.id)
      const { name: tenantName } = await findTenantById(db, tenantId)
      const url = `${publicUrl()}/admin/reset/${token}`
      const mail = {
        to: email,
        ...resetMail(languageOf(request.headers['accept-language']), { tenantName, url, minutes: 72 * 60 }),
      }
      return reply.code(201).send(await handOver(options, request.log, mail, url))
    },
  )
}

/** One's own factors and password are changed with a proof of the old ones, under My account. */
function demandAnother({ principal }: FastifyRequest, id: string): void {
  if (principal.session?.administratorId === id)
    throw new Refused('This is your own account; use My account for it')
}

function toWire<Row extends { readonly createdAt: Date; readonly lastSeenAt: Date | null }>(row: Row) {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
  }
}

function never(): never {
  throw new Error('the administrator that was changed is gone')
}
