// Applications behind the gateway: who has access, and how recent a sign-in or a second factor must be. `#access` decides;
// this folder translates between it and the API. Start with the table below; `signing-keys.ts` has the keys that sign
// Remote-Token.
import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import {
  changeApplication,
  createApplication,
  deleteApplication,
  getApplication,
  listApplications,
  type Application as StoredApplication,
} from '#access/applications.ts'
import { grantToSuccessor, type LostGrantId, removeLostGrant } from '#access/lost-grants.ts'
import { type ById, Id, IdParams } from '../contract/common.ts'
import { ifMatch } from '../if-match.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { Application, ApplicationInput, Applications, Successor } from './contract.ts'

const tags = ['applications']

const LostGrantParams = Type.Object({ id: Id, subjectId: Id })
type ByLostGrant = { Params: Static<typeof LostGrantParams> }

export const applicationRoutes = routes([
  route(
    'GET /applications',
    { tags, role: 'auditor', summary: 'List the applications by name', response: { 200: Applications } },
    list,
  ),
  route(
    'POST /applications',
    {
      tags,
      role: 'admin',
      summary: 'Put an application behind the gateway',
      body: ApplicationInput,
      response: { 201: Application },
    },
    create,
  ),
  route(
    'GET /applications/:id',
    {
      tags,
      role: 'auditor',
      summary: 'Get an application',
      params: IdParams,
      response: { 200: Application },
    },
    read,
  ),
  route(
    'PUT /applications/:id',
    {
      tags,
      role: 'admin',
      summary: 'Change an application. Absent members keep their value',
      params: IdParams,
      body: ApplicationInput,
      response: { 200: Application },
    },
    change,
  ),
  route(
    'DELETE /applications/:id',
    {
      tags,
      role: 'admin',
      summary: 'Delete an application',
      params: IdParams,
      response: { 204: Type.Null() },
    },
    remove,
  ),
  route(
    'DELETE /applications/:id/lost-grants/:subjectId',
    {
      tags,
      role: 'admin',
      summary: 'Remove the grant of a deleted user or group',
      params: LostGrantParams,
      response: { 200: Application },
    },
    removeLost,
  ),
  route(
    'POST /applications/:id/lost-grants/:subjectId/replace',
    {
      tags,
      role: 'admin',
      summary: 'Grant access to the new group with the same name and externalId, or to the restored user',
      params: LostGrantParams,
      body: Successor,
      response: { 200: Application },
    },
    replaceLost,
  ),
])

async function list({ principal }: FastifyRequest, { db }: PortalOptions) {
  return { items: (await listApplications(db, principal.tenantId)).map(viewOf) }
}

async function create(
  { principal, body }: FastifyRequest<{ Body: ApplicationInput }>,
  { db }: PortalOptions,
) {
  return viewOf(await createApplication(db, principal.auditContext, body))
}

async function read({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  return viewOf(await getApplication(db, principal.tenantId, params.id))
}

async function change(request: FastifyRequest<ById & { Body: ApplicationInput }>, { db }: PortalOptions) {
  const { principal, params, body } = request
  return viewOf(await changeApplication(db, principal.auditContext, params.id, body, ifMatch(request)))
}

async function remove({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  await deleteApplication(db, principal.auditContext, params.id)
}

async function removeLost({ principal, params }: FastifyRequest<ByLostGrant>, { db }: PortalOptions) {
  return viewOf(await removeLostGrant(db, principal.auditContext, lostGrantIdOf(params)))
}

async function replaceLost(
  { principal, params, body }: FastifyRequest<ByLostGrant & { Body: Successor }>,
  { db }: PortalOptions,
) {
  return viewOf(await grantToSuccessor(db, principal.auditContext, lostGrantIdOf(params), body.id))
}

function lostGrantIdOf({ id, subjectId }: ByLostGrant['Params']): LostGrantId {
  return { applicationId: id, subjectId }
}

function viewOf({ grants, lostGrants, ...application }: StoredApplication): Application {
  return {
    ...withIsoTimes(application),
    grants: [...grants],
    lostGrants: lostGrants.map(({ lostAt, ...lost }) => ({
      ...lost,
      lostAt: lostAt && new Date(lostAt).toISOString(),
    })),
  }
}
