import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { cancelJob, type Job as Found, findJob, listJobs, resumeJob } from '#jobs/jobs.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { Job, JobQuery, Jobs } from './contract.ts'

const TAGS = ['jobs']

/** What is done in the background, and how far it is. */
export const jobRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.get(
    '/jobs',
    {
      config: { role: 'auditor' },
      schema: {
        tags: TAGS,
        summary: 'Jobs of the last 30 days, newest first',
        querystring: JobQuery,
        response: { 200: Jobs },
      },
    },
    async ({ principal: { tenantId }, query: { limit = 50, ...search } }) => ({
      items: (await listJobs(db, tenantId, { ...search, limit })).map(jobOf),
    }),
  )

  door.get(
    '/jobs/:id',
    {
      config: { role: 'auditor' },
      schema: { tags: TAGS, summary: 'One job', params: IdParams, response: { 200: Job } },
    },
    async ({ principal: { tenantId }, params }) => jobOf(await findJob(db, tenantId, params.id)),
  )

  door.post(
    '/jobs/:id/cancel',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Stop a job; what it did until now stays done',
        params: IdParams,
        response: { 200: Job },
      },
    },
    async ({ principal: { tenantId, auditContext }, params }) => {
      await cancelJob(db, auditContext, params.id)
      return jobOf(await findJob(db, tenantId, params.id))
    },
  )

  door.post(
    '/jobs/:id/resume',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Resume a failed or cancelled job where it stopped',
        params: IdParams,
        response: { 200: Job },
      },
    },
    async ({ principal: { tenantId, auditContext }, params }) => {
      await db.transaction({ tenantId }, (tx) => resumeJob(tx, auditContext, params.id))
      return jobOf(await findJob(db, tenantId, params.id))
    },
  )
}

export function jobOf({ createdAt, startedAt, finishedAt, ...job }: Found): Job {
  return {
    ...job,
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  }
}
