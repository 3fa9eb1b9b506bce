import type { LogEvent as Found, LogSearch } from '#logs/search.ts'
import { csvRecord } from '#protocol/csv.ts'
import type { LogAction, LogEvent, LogEventDetail, LogExportQuery, LogObjectType } from './contract.ts'

/** A line of a log in the words of the contract. */
export function logEvent(event: Found): LogEvent {
  const { id, at, action, objectType, objectId, objectName, result, requestId, sourceAddress, change } = event
  return {
    id,
    at: at.toISOString(),
    actor: { type: event.actorType, id: event.actorId, name: event.actorName },
    action: action as LogAction,
    effect: action === 'update' ? effectOf(change) : null,
    objectType: objectType as LogObjectType,
    objectId,
    objectName,
    result,
    reason: typeof change?.reason === 'string' ? change.reason : null,
    requestId,
    sourceAddress,
  }
}

export function logEventDetail(event: Found): LogEventDetail {
  return { ...logEvent(event), change: event.change }
}

/** Attributes that say whether an object is on, and the one that says the reverse. */
const SWITCHES = [
  ['active', true],
  ['enabled', true],
  ['disabled', false],
] as const

/** A deactivation is an update that says so: SCIM's `active`, an administrator's hold, the switch of an IdP. */
function effectOf(change: Found['change']): LogEvent['effect'] {
  const { before, after } = (change ?? {}) as {
    before?: Record<string, unknown>
    after?: Record<string, unknown>
  }
  for (const [name, on] of SWITCHES) {
    const is = after?.[name]
    if (typeof is === 'boolean' && is !== before?.[name]) return is === on ? 'activated' : 'deactivated'
  }
  return null
}

/** What the query asks for, without its page. */
export function logSearch({ from, to, ...query }: Omit<LogExportQuery, 'format'>): Omit<LogSearch, 'limit'> {
  return { ...query, from: from ? new Date(from) : undefined, to: to ? new Date(to) : undefined }
}

export const CSV_HEAD = csvRecord([
  'Date & time',
  'User name',
  'User type',
  'Action',
  'Object type',
  'Object name',
  'Object ID',
  'Result',
  'Reason',
  'Change',
  'Source address',
  'Request ID',
])

/** Inside JSON, too, nothing looks like the beginning of a formula; it reads the same. */
function plainJson(value: object): string {
  return JSON.stringify(value).replace(/(["',;])([=+@])|(")(-)/g, (_, a, b, c, d) => {
    const sign: string = b ?? d
    return `${a ?? c}\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

export function csvLine(event: Found): string {
  const { at, actor, action, effect, objectType, objectName, objectId, result, ...rest } = logEvent(event)
  const change = event.change && plainJson(event.change)
  return csvRecord([
    at,
    actor.name,
    actor.type,
    effect ? `${action} (${effect})` : action,
    objectType,
    objectName,
    objectId,
    result,
    rest.reason,
    change,
    rest.sourceAddress,
    rest.requestId,
  ])
}
