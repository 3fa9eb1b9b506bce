// How the sync of an identity provider does, as one state that a list can show.

export const HEALTH_STATES = ['off', 'never', 'ok', 'late', 'failing'] as const
export type HealthState = (typeof HEALTH_STATES)[number]

/** Hours without a sync after which it is late: the slowest of the usual connectors comes every 40 minutes to few hours. */
export const LATE_HOURS = 24
/** Hours that are looked back for failures. */
export const RECENT_HOURS = 6

/** Of what is to be done, this share may fail; and a few failures are none yet. */
const SHARE = 0.2
const FEW = 3

export interface Signs {
  readonly isOn: boolean
  readonly lastSyncAt: Date | null
  /** Of the recent hours. */
  readonly recent: { readonly requests: number; readonly lookUps: number; readonly failed: number }
}

export function healthOf({ isOn, lastSyncAt, recent }: Signs, now: Date): HealthState {
  if (!isOn) return 'off'
  if (isFailing(recent)) return 'failing'
  if (lastSyncAt === null) return 'never'
  return now.getTime() - lastSyncAt.getTime() > LATE_HOURS * 3_600_000 ? 'late' : 'ok'
}

/** Look-ups say nothing of how changes do: only where nothing at all succeeds they count. */
function isFailing({ requests, lookUps, failed }: Signs['recent']): boolean {
  if (failed === 0) return false
  if (failed === requests) return true
  return failed >= FEW && failed / (requests - lookUps) >= SHARE
}
