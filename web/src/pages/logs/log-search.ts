import { choice, flag, text } from '../../shell/search-params.ts'

export const PERIODS = ['hour', 'day', 'week', 'month'] as const
const HOURS = { hour: 1, day: 24, week: 168, month: 720 }

/** The state of a log page, as stored in the URL. */
export interface LogPageSearch {
  readonly period?: (typeof PERIODS)[number] | undefined
  /** Days in the viewer's time zone, both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly objectType?: string | undefined
  readonly object?: string | undefined
  readonly result?: 'success' | 'failure' | undefined
  readonly refresh?: true | undefined
  readonly open?: string | undefined
  readonly after?: string | undefined
}

export function readLogSearch(search: Record<string, unknown>): LogPageSearch {
  return {
    period: choice(search, 'period', PERIODS),
    from: day(search, 'from'),
    to: day(search, 'to'),
    actor: text(search, 'actor'),
    action: text(search, 'action'),
    objectType: text(search, 'objectType'),
    object: text(search, 'object'),
    result: choice(search, 'result', ['success', 'failure']),
    refresh: flag(search, 'refresh'),
    open: text(search, 'open'),
    after: text(search, 'after'),
  }
}

function day(search: Record<string, unknown>, name: string): string | undefined {
  const value = text(search, name)
  return value && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined
}

/** Parameters for the API; a preset period ends now. */
export function logQuery({ period, from, to, open: _, refresh: __, ...columns }: LogPageSearch) {
  const since = period && new Date(Date.now() - HOURS[period] * 3_600_000).toISOString()
  return {
    ...columns,
    from: since ?? startOf(from, 0),
    to: period ? undefined : startOf(to, 1),
  }
}

function startOf(day: string | undefined, later: number): string | undefined {
  if (!day) return undefined
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later).toISOString()
}
