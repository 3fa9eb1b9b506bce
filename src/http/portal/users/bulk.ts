import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { record } from '#audit/record.ts'
import { countUsers } from '#directory/administration/browse-users.ts'
import { USER_JOB, type UserJob } from '#directory/administration/user-job.ts'
import { walkUsers } from '#directory/administration/walk-users.ts'
import { Conflict, Invalid } from '#errors.ts'
import { enqueue, findJob } from '#jobs/jobs.ts'
import { type Database, databaseTime, inTenant } from '#platform/database/database.ts'
import { DownloadResponse, sendDownload } from '../download.ts'
import { Job } from '../jobs/contract.ts'
import { jobOf } from '../jobs/routes.ts'
import type { PortalOptions } from '../options.ts'
import { BulkAction, UserExportQuery } from './contract.ts'
import { exportedUser, filterOf, USER_CSV_HEAD, userCsvLine } from './view.ts'

const TAGS = ['users']
const VERBS = { disable: 'Disable', enable: 'Enable', delete: 'Delete', restore: 'Restore' } as const

/** What is done with many users at once. */
export const userBulkRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.post(
    '/users/bulk-actions',
    {
      config: { role: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Disable, enable, delete or restore many users in the background',
        body: BulkAction,
        response: { 202: Job },
      },
    },
    async ({ principal: { tenantId, auditContext }, body }, reply) => {
      const { total, ...job } = await meant(db, tenantId, body)
      const title = `${VERBS[body.action]} ${total} ${total === 1 ? 'user' : 'users'}`
      const id = await db.transaction({ tenantId }, (tx) =>
        enqueue(tx, auditContext, { kind: USER_JOB, title, payload: job, total }),
      )
      return reply.code(202).send(jobOf(await findJob(db, tenantId, id)))
    },
  )

  door.get(
    '/users/export',
    {
      config: { role: 'auditor' },
      schema: {
        tags: TAGS,
        summary: 'Download the users that a filter finds',
        querystring: UserExportQuery,
        response: { 200: DownloadResponse },
      },
    },
    async ({ principal: { tenantId, auditContext }, query: { format = 'csv', ...query } }, reply) => {
      await record(inTenant(db, tenantId), auditContext, {
        action: 'read',
        objectType: 'UserList',
        objectId: undefined,
        objectName: 'Users',
        change: { after: { format, ...query } },
      })
      return sendDownload(reply, {
        fileName: 'users',
        format,
        rows: walkUsers(db, tenantId, {
          ...filterOf(query),
          createdUntil: await databaseTime(inTenant(db, tenantId)),
        }),
        csvHead: USER_CSV_HEAD,
        csv: userCsvLine,
        json: exportedUser,
      })
    },
  )
}

/** @throws {Invalid} @throws {Conflict} the filter finds more by now than the person agreed to */
async function meant(
  db: Database,
  tenantId: string,
  { action, ids, filter, confirmedCount }: BulkAction,
): Promise<UserJob & { readonly total: number }> {
  if (ids && !filter) return { action, ids, total: ids.length }
  if (!filter || ids) throw new Invalid('ids', 'or a filter must be given, and not both')
  const wanted = filterOf(filter)
  const total = await countUsers(db, tenantId, wanted)
  if (confirmedCount === undefined) throw new Invalid('confirmedCount', 'must be given with a filter')
  if (total > confirmedCount)
    throw new Conflict(
      'confirmedCount',
      `By now the filter finds ${total} users, not ${confirmedCount}; look again`,
    )
  return { action, filter: wanted, total }
}
