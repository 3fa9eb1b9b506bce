// Background jobs: progress, cancel and resume. `#jobs` runs them; this folder translates between it and the API.
// Start with the table below.
import type { FastifyRequest } from 'fastify'
import { cancelJob, listJobs, resumeJob } from '#jobs/jobs.ts'
import { type ById, IdParams, PAGE_SIZE } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { Job, JobQuery, Jobs } from './contract.ts'
import { jobOf, readJob } from './view.ts'

const tags = ['jobs']

export const jobRoutes = routes([
  route(
    'GET /jobs',
    {
      tags,
      role: 'auditor',
      summary: 'List the jobs of the last 30 days, newest first',
      querystring: JobQuery,
      response: { 200: Jobs },
    },
    list,
  ),
  route(
    'GET /jobs/:id',
    { tags, role: 'auditor', summary: 'Get a job', params: IdParams, response: { 200: Job } },
    read,
  ),
  route(
    'POST /jobs/:id/cancel',
    {
      tags,
      role: 'admin',
      summary: 'Cancel a job. What it has done so far is kept',
      params: IdParams,
      response: { 200: Job },
    },
    cancel,
  ),
  route(
    'POST /jobs/:id/resume',
    {
      tags,
      role: 'admin',
      summary: 'Resume a failed or cancelled job where it stopped',
      params: IdParams,
      response: { 200: Job },
    },
    resume,
  ),
])

async function list({ principal, query }: FastifyRequest<{ Querystring: JobQuery }>, { db }: PortalOptions) {
  const { limit = PAGE_SIZE, ...search } = query
  return { items: (await listJobs(db, principal.tenantId, { ...search, limit })).map(jobOf) }
}

async function read({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  return readJob(db, principal.tenantId, params.id)
}

async function cancel({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  await cancelJob(db, principal.auditContext, params.id)
  return readJob(db, principal.tenantId, params.id)
}

async function resume({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  await db.transaction({ tenantId: principal.tenantId }, (tx) =>
    resumeJob(tx, principal.auditContext, params.id),
  )
  return readJob(db, principal.tenantId, params.id)
}
