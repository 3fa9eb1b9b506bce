import type { LogSearch, LogEvent as StoredEvent } from '#logs/search.ts'
import { csvRecord } from '#protocol/csv.ts'
import type { LogAction, LogEvent, LogEventDetail, LogExportQuery, LogObjectType } from './contract.ts'

/** Returns a stored event in the words of the contract. */
export function logEvent(event: StoredEvent): LogEvent {
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

export function logEventDetail(event: StoredEvent): LogEventDetail {
  return { ...logEvent(event), change: event.change }
}

/** Attributes that switch an object on or off, each with the value that means on. */
const SWITCHES = [
  ['active', true],
  ['enabled', true],
  ['disabled', false],
] as const

/** An update activates or deactivates by SCIM's `active`, by an administrator's `disabled`, or by the switch of an IdP. */
function effectOf(change: StoredEvent['change']): LogEvent['effect'] {
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

/** Returns the search conditions of a query, without its page. */
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

/** Escapes characters in JSON that a spreadsheet would take for the start of a formula. The JSON keeps its meaning. */
function plainJson(value: object): string {
  return JSON.stringify(value).replace(/(["',;])([=+@])|(")(-)/g, (_, a, b, c, d) => {
    const sign: string = b ?? d
    return `${a ?? c}\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

export function csvLine(event: StoredEvent): string {
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
