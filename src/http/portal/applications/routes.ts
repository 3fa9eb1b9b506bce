import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import {
  type Application,
  changeApplication,
  createApplication,
  deleteApplication,
  getApplication,
  listApplications,
} from '#access/applications.ts'
import { grantToSuccessor, type LostGrantId, removeLostGrant } from '#access/lost-grants.ts'
import { Id, IdParams } from '../contract/common.ts'
import { ifMatch } from '../if-match.ts'
import type { PortalOptions } from '../options.ts'
import * as contract from './contract.ts'

const tags = ['applications']

/** What stands behind the gateway, and who may reach it. */
export const applicationRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.get(
    '/applications',
    {
      config: { role: 'auditor' },
      schema: { tags, summary: 'Applications, by name', response: { 200: contract.Applications } },
    },
    async ({ principal }) => ({ items: (await listApplications(db, principal.tenantId)).map(shown) }),
  )

  door.post(
    '/applications',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Put an application behind the gateway',
        body: contract.ApplicationInput,
        response: { 201: contract.Application },
      },
    },
    async ({ principal, body }, reply) =>
      reply.code(201).send(shown(await createApplication(db, principal.auditContext, body))),
  )

  door.get(
    '/applications/:id',
    {
      config: { role: 'auditor' },
      schema: { tags, summary: 'An application', params: IdParams, response: { 200: contract.Application } },
    },
    async ({ principal, params }) => shown(await getApplication(db, principal.tenantId, params.id)),
  )

  door.put(
    '/applications/:id',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Change an application: what is left out stays as it is',
        params: IdParams,
        body: contract.ApplicationInput,
        response: { 200: contract.Application },
      },
    },
    async (request) => {
      const { principal, params, body } = request
      return shown(await changeApplication(db, principal.auditContext, params.id, body, ifMatch(request)))
    },
  )

  door.delete(
    '/applications/:id',
    {
      config: { role: 'admin' },
      schema: { tags, summary: 'Take an application away', params: IdParams, response: { 204: Type.Null() } },
    },
    async ({ principal, params }, reply) => {
      await deleteApplication(db, principal.auditContext, params.id)
      return reply.code(204).send(null)
    },
  )

  door.delete(
    '/applications/:id/lost-grants/:subjectId',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Remove the grant of a user or group that was deleted',
        params: LostGrantParams,
        response: { 200: contract.Application },
      },
    },
    async ({ principal, params }) =>
      shown(await removeLostGrant(db, principal.auditContext, placeOf(params))),
  )

  door.post(
    '/applications/:id/lost-grants/:subjectId/replace',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary:
          'Grant the application to the new group of the same name and externalId, or to the restored user',
        params: LostGrantParams,
        body: contract.Successor,
        response: { 200: contract.Application },
      },
    },
    async ({ principal, params, body }) =>
      shown(await grantToSuccessor(db, principal.auditContext, placeOf(params), body.id)),
  )
}

const LostGrantParams = Type.Object({ id: Id, subjectId: Id })

function placeOf({ id, subjectId }: Static<typeof LostGrantParams>): LostGrantId {
  return { applicationId: id, subjectId }
}

function shown({ createdAt, changedAt, grants, lostGrants, ...application }: Application) {
  return {
    ...application,
    grants: [...grants],
    lostGrants: lostGrants.map(({ lostAt, ...lost }) => ({
      ...lost,
      lostAt: lostAt && new Date(lostAt).toISOString(),
    })),
    createdAt: createdAt.toISOString(),
    changedAt: changedAt.toISOString(),
  }
}
