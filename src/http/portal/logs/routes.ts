// The Audit Log, Activity Log and System Log: one search, one event, and all results as a file. `#audit` and `#logs` keep
// them; this folder translates between them and the API. Start with `LOGS` below, which says how the three logs differ;
// `audit-proof.ts` verifies the audit log against its seals.
import { setTimeout } from 'node:timers/promises'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
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
import { type ById, IdParams, PAGE_SIZE } from '../contract/common.ts'
import { DownloadResponse, sendDownload } from '../download.ts'
import type { PortalOptions } from '../options.ts'
import { type Handler, route, routes } from '../route.ts'
import {
  LogEventDetail,
  type LogExportQuery,
  LogPage,
  type LogQuery,
  type LogVocabulary,
  logExportQueryOf,
  logQueryOf,
} from './contract.ts'
import { CSV_HEAD, csvLine, logEvent, logEventDetail, logSearch } from './view.ts'

/** One of the three logs, as the API offers it. */
interface OfferedLog {
  readonly path: `/${string}`
  readonly name: string
  readonly fileName: string
  /** The object type of the audit event that records a download of this log. */
  readonly objectType: AuditObjectType
  readonly vocabulary: LogVocabulary
  readonly source: (db: Database, tenantId: string) => LogSource | Promise<LogSource>
}

const LOGS: readonly OfferedLog[] = [
  {
    path: '/audit-events',
    name: 'Audit log',
    fileName: 'audit-log',
    objectType: 'AuditLog',
    vocabulary: { actions: AUDIT_ACTIONS, objectTypes: AUDIT_OBJECT_TYPES },
    source: (_db, tenantId) => auditLog(tenantId),
  },
  {
    path: '/activity-events',
    name: 'Activity log',
    fileName: 'activity-log',
    objectType: 'ActivityLog',
    vocabulary: { actions: ACTIVITY_ACTIONS, objectTypes: ACTIVITY_OBJECT_TYPES },
    source: (_db, tenantId) => activityLog(tenantId),
  },
  {
    path: '/system-events',
    name: 'System log',
    fileName: 'system-log',
    objectType: 'SystemLog',
    vocabulary: { actions: SYSTEM_ACTIONS, objectTypes: SYSTEM_OBJECT_TYPES },
    source: async (db, tenantId) => systemLog(tenantId, await isOperatorTenant(db, tenantId)),
  },
]

/** Results beyond this number aren't counted. */
const COUNT_LIMIT = 10_000

export const logRoutes: FastifyPluginAsync<PortalOptions> = async (door, options) => {
  for (const log of LOGS) await door.register(routesOf(log), options)
}

function routesOf(log: OfferedLog) {
  const tags = [log.fileName]
  return routes([
    route(
      `GET ${log.path}`,
      {
        tags,
        role: 'auditor',
        summary: `Search the ${log.name}`,
        querystring: logQueryOf(log.vocabulary),
        response: { 200: LogPage },
      },
      search(log),
    ),
    route(
      `GET ${log.path}/export`,
      {
        tags,
        role: 'auditor',
        summary: `Download the results of a search in the ${log.name}`,
        querystring: logExportQueryOf(log.vocabulary),
        response: { 200: DownloadResponse },
      },
      exportEvents(log),
    ),
    route(
      `GET ${log.path}/:id`,
      {
        tags,
        role: 'auditor',
        summary: `Get an event of the ${log.name}, with what changed`,
        params: IdParams,
        response: { 200: LogEventDetail },
      },
      read(log),
    ),
  ])
}

function search(log: OfferedLog): Handler<FastifyRequest<{ Querystring: LogQuery }>, LogPage> {
  return async ({ principal, query }, { db }) => {
    const { limit = PAGE_SIZE, after, ...filter } = query
    const source = await log.source(db, principal.tenantId)
    const conditions = { ...logSearch(filter), limit, after }
    const found = await searchLog(db, source, conditions)
    const total = after === undefined ? await totalOf(db, source, conditions, found) : undefined
    return {
      items: found.events.map(logEvent),
      next: found.next ?? null,
      searchedTo: found.searchedTo?.toISOString() ?? null,
      ...(total !== undefined && { total }),
    }
  }
}

function exportEvents(
  log: OfferedLog,
): Handler<FastifyRequest<{ Querystring: LogExportQuery }>, FastifyReply> {
  return async ({ principal: { tenantId, auditContext }, query }, { db }, reply) => {
    const { format = 'csv', ...filter } = query
    const source = await log.source(db, tenantId)
    const conditions = { ...logSearch(filter), to: await endOfExport(db, tenantId, filter.to) }
    await record(inTenant(db, tenantId), auditContext, {
      action: 'read',
      objectType: log.objectType,
      objectId: undefined,
      objectName: log.name,
      change: { after: { format, ...filter } },
    })
    return sendDownload(reply, {
      fileName: log.fileName,
      format,
      rows: walkLog(db, source, conditions),
      csvHead: CSV_HEAD,
      csv: csvLine,
      json: logEventDetail,
    })
  }
}

function read(log: OfferedLog): Handler<FastifyRequest<ById>, LogEventDetail> {
  return async ({ principal, params }, { db }) => {
    const source = await log.source(db, principal.tenantId)
    return logEventDetail(await findEvent(db, source, params.id))
  }
}

/** When the first page has all results, nothing has to be counted. */
function totalOf(
  db: Database,
  source: LogSource,
  conditions: Parameters<typeof searchLog>[2],
  found: Awaited<ReturnType<typeof searchLog>>,
) {
  return found.next === undefined ? found.events.length : countLog(db, source, conditions, COUNT_LIMIT)
}

/** Longer than the rounding of either time, so that the event of the export lies after the end of the file. */
const AFTER_THE_END_MILLISECONDS = 2

/**
 * Returns the end of an export: the millisecond in which it was requested. The file has everything that happened before,
 * and not the audit event that records the export itself.
 */
async function endOfExport(db: Database, tenantId: string, to: string | undefined): Promise<Date> {
  const now = await databaseTime(inTenant(db, tenantId))
  if (to !== undefined && new Date(to) < now) return new Date(to)
  await setTimeout(AFTER_THE_END_MILLISECONDS)
  return new Date(now.getTime() + 1)
}
