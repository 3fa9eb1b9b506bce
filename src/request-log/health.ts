// Summarizes the health of an identity provider's sync as one state, for lists.

export const HEALTH_STATES = ['off', 'never', 'ok', 'late', 'failing'] as const
export type HealthState = (typeof HEALTH_STATES)[number]

/** Hours after which a sync is late. Common connectors run every 40 minutes to every few hours. */
export const LATE_HOURS = 24
/** Hours in which failures are counted. */
export const RECENT_HOURS = 6

/** Syncing fails from this share of failed changes on, but only with at least `FEW` failures. */
const SHARE = 0.2
const FEW = 3

export interface Signs {
  readonly isOn: boolean
  readonly lastSyncAt: Date | null
  /** Counts of the last `RECENT_HOURS`. */
  readonly recent: { readonly requests: number; readonly lookUps: number; readonly failed: number }
}

export function healthOf({ isOn, lastSyncAt, recent }: Signs, now: Date): HealthState {
  if (!isOn) return 'off'
  if (isFailing(recent)) return 'failing'
  if (lastSyncAt === null) return 'never'
  return now.getTime() - lastSyncAt.getTime() > LATE_HOURS * 3_600_000 ? 'late' : 'ok'
}

/**
 * Returns whether a sync is failing. Look-ups count only if every request failed, because they don't show whether
 * changes work.
 */
function isFailing({ requests, lookUps, failed }: Signs['recent']): boolean {
  if (failed === 0) return false
  if (failed === requests) return true
  return failed >= FEW && failed / (requests - lookUps) >= SHARE
}
