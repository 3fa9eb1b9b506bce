import type { FastifyReply, FastifyRequest } from 'fastify'
import { record } from '#audit/record.ts'
import { countUsers } from '#directory/administration/browse-users.ts'
import { USER_JOB, type UserJob } from '#directory/administration/user-job.ts'
import { walkUsers } from '#directory/administration/walk-users.ts'
import { Conflict, Invalid } from '#errors.ts'
import { enqueue } from '#jobs/jobs.ts'
import { type Database, databaseTime, inTenant } from '#platform/database/database.ts'
import { DownloadResponse, sendDownload } from '../download.ts'
import { Job } from '../jobs/contract.ts'
import { readJob } from '../jobs/view.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { BulkAction, UserExportQuery } from './contract.ts'
import { directoryFilterOf, exportedUser, USER_CSV_HEAD, userCsvLine } from './view.ts'

const tags = ['users']
const VERBS = { disable: 'Disable', enable: 'Enable', delete: 'Delete', restore: 'Restore' } as const

/** Routes that concern many users at once. */
export const userBulkRoutes = routes([
  route(
    'POST /users/bulk-actions',
    {
      tags,
      role: 'admin',
      summary: 'Disable, enable, delete or restore many users in the background',
      body: BulkAction,
      response: { 202: Job },
    },
    startBulkAction,
  ),
  route(
    'GET /users/export',
    {
      tags,
      role: 'auditor',
      summary: 'Download the users that match a filter',
      querystring: UserExportQuery,
      response: { 200: DownloadResponse },
    },
    exportUsers,
  ),
])

async function startBulkAction(
  { principal: { tenantId, auditContext }, body }: FastifyRequest<{ Body: BulkAction }>,
  { db }: PortalOptions,
) {
  const { total, ...job } = await selectedUsers(db, tenantId, body)
  const title = `${VERBS[body.action]} ${total} ${total === 1 ? 'user' : 'users'}`
  const id = await db.transaction({ tenantId }, (tx) =>
    enqueue(tx, auditContext, { kind: USER_JOB, title, payload: job, total }),
  )
  return readJob(db, tenantId, id)
}

async function exportUsers(
  { principal, query }: FastifyRequest<{ Querystring: UserExportQuery }>,
  { db }: PortalOptions,
  reply: FastifyReply,
) {
  const { format = 'csv', ...filter } = query
  const tenant = inTenant(db, principal.tenantId)
  await record(tenant, principal.auditContext, {
    action: 'read',
    objectType: 'UserList',
    objectId: undefined,
    objectName: 'Users',
    change: { after: { format, ...filter } },
  })
  const createdUntil = await databaseTime(tenant)
  return sendDownload(reply, {
    fileName: 'users',
    format,
    rows: walkUsers(db, principal.tenantId, { ...directoryFilterOf(filter), createdUntil }),
    csvHead: USER_CSV_HEAD,
    csv: userCsvLine,
    json: exportedUser,
  })
}

/** @throws {Invalid} @throws {Conflict} the filter matches more users than the administrator confirmed */
async function selectedUsers(
  db: Database,
  tenantId: string,
  { action, ids, filter, confirmedCount }: BulkAction,
): Promise<UserJob & { readonly total: number }> {
  if (ids && !filter) return { action, ids, total: ids.length }
  if (!filter || ids) throw new Invalid('ids', 'or a filter must be given, and not both')
  const selected = directoryFilterOf(filter)
  const total = await countUsers(db, tenantId, selected)
  if (confirmedCount === undefined) throw new Invalid('confirmedCount', 'must be given with a filter')
  if (total > confirmedCount)
    throw new Conflict(
      'confirmedCount',
      `The filter now matches ${total} users instead of ${confirmedCount}. Check the users and try again.`,
    )
  return { action, filter: selected, total }
}
