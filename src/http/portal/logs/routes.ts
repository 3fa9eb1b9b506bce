import { setTimeout } from 'node:timers/promises'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { record } from '#audit/record.ts'
import { auditLog } from '#audit/search.ts'
import { AUDIT_ACTIONS, AUDIT_OBJECT_TYPES, type AuditObjectType } from '#audit/vocabulary.ts'
import { activityLog } from '#logs/activity.ts'
import { findEvent, walkLog } from '#logs/read.ts'
import { countLog, type LogSource, searchLog } from '#logs/search.ts'
import { systemLog } from '#logs/system.ts'
import {
  ACTIVITY_ACTIONS,
  ACTIVITY_OBJECT_TYPES,
  SYSTEM_ACTIONS,
  SYSTEM_OBJECT_TYPES,
} from '#logs/vocabulary.ts'
import { type Database, databaseTime, inTenant } from '#platform/database/database.ts'
import { isOperatorTenant } from '#tenancy/tenants.ts'
import { IdParams } from '../contract/common.ts'
import { DownloadResponse, sendDownload } from '../download.ts'
import type { PortalOptions } from '../options.ts'
import { LogEventDetail, LogPage, type LogWords, logExportQueryOf, logQueryOf } from './contract.ts'
import { CSV_HEAD, csvLine, logEvent, logEventDetail, logSearch } from './view.ts'

/** One of the three logs, as the API offers it. */
interface OfferedLog {
  readonly path: string
  readonly name: string
  readonly fileName: string
  /** As which its download is recorded. */
  readonly objectType: AuditObjectType
  readonly words: LogWords
  readonly source: (db: Database, tenantId: string) => LogSource | Promise<LogSource>
}

const LOGS: readonly OfferedLog[] = [
  {
    path: '/audit-events',
    name: 'Audit log',
    fileName: 'audit-log',
    objectType: 'AuditLog',
    words: { actions: AUDIT_ACTIONS, objectTypes: AUDIT_OBJECT_TYPES },
    source: (_db, tenantId) => auditLog(tenantId),
  },
  {
    path: '/activity-events',
    name: 'Activity log',
    fileName: 'activity-log',
    objectType: 'ActivityLog',
    words: { actions: ACTIVITY_ACTIONS, objectTypes: ACTIVITY_OBJECT_TYPES },
    source: (_db, tenantId) => activityLog(tenantId),
  },
  {
    path: '/system-events',
    name: 'System log',
    fileName: 'system-log',
    objectType: 'SystemLog',
    words: { actions: SYSTEM_ACTIONS, objectTypes: SYSTEM_OBJECT_TYPES },
    source: async (db, tenantId) => systemLog(tenantId, await isOperatorTenant(db, tenantId)),
  },
]

const PAGE = 50
/** More events than that are not counted. */
const COUNTED = 10_000

/** The audit, activity and system log: one search, one event, and the whole result as a file. */
export const logRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  for (const log of LOGS) await door.register(routesOf(log), options)
}

function routesOf(log: OfferedLog): FastifyPluginAsyncTypebox<PortalOptions> {
  const tags = [log.fileName]
  return async (door, { db }) => {
    door.get(
      log.path,
      {
        config: { role: 'auditor' },
        schema: {
          tags,
          summary: `Search the ${log.name}`,
          querystring: logQueryOf(log.words),
          response: { 200: LogPage },
        },
      },
      async ({ principal, query: { limit = PAGE, after, ...query } }) => {
        const source = await log.source(db, principal.tenantId)
        const search = { ...logSearch(query), limit, after }
        const found = await searchLog(db, source, search)
        const total = after === undefined ? await totalOf(db, source, search, found) : undefined
        return {
          items: found.events.map(logEvent),
          next: found.next ?? null,
          searchedTo: found.searchedTo?.toISOString() ?? null,
          ...(total !== undefined && { total }),
        }
      },
    )

    door.get(
      `${log.path}/export`,
      {
        config: { role: 'auditor' },
        schema: {
          tags,
          summary: `Download what a search of the ${log.name} finds`,
          querystring: logExportQueryOf(log.words),
          response: { 200: DownloadResponse },
        },
      },
      async ({ principal, query: { format = 'csv', ...query } }, reply) => {
        const source = await log.source(db, principal.tenantId)
        const search = { ...logSearch(query), to: await until(db, principal.tenantId, query.to) }
        await record(inTenant(db, principal.tenantId), principal.auditContext, {
          action: 'read',
          objectType: log.objectType,
          objectId: undefined,
          objectName: log.name,
          change: { after: { format, ...query } },
        })
        return sendDownload(reply, {
          fileName: log.fileName,
          format,
          rows: walkLog(db, source, search),
          csvHead: CSV_HEAD,
          csv: csvLine,
          json: logEventDetail,
        })
      },
    )

    door.get(
      `${log.path}/:id`,
      {
        config: { role: 'auditor' },
        schema: {
          tags,
          summary: `One event of the ${log.name}, with what changed`,
          params: IdParams,
          response: { 200: LogEventDetail },
        },
      },
      async ({ principal, params }) =>
        logEventDetail(await findEvent(db, await log.source(db, principal.tenantId), params.id)),
    )
  }
}

type Search = Parameters<typeof searchLog>[2]

/** Known without counting when the first page is all there is. */
function totalOf(
  db: Database,
  source: LogSource,
  search: Search,
  found: Awaited<ReturnType<typeof searchLog>>,
) {
  return found.next === undefined ? found.events.length : countLog(db, source, search, COUNTED)
}

/** The time of the event that tells of a file lies behind the end of it then, whatever either was rounded by. */
const BEHIND_THE_END_MILLISECONDS = 2

/**
 * A file ends with the millisecond in which it was asked for: all that happened before is in it, and the event that tells of
 * it is not.
 */
async function until(db: Database, tenantId: string, to: string | undefined): Promise<Date> {
  const now = await databaseTime(inTenant(db, tenantId))
  if (to !== undefined && new Date(to) < now) return new Date(to)
  await setTimeout(BEHIND_THE_END_MILLISECONDS)
  return new Date(now.getTime() + 1)
}
