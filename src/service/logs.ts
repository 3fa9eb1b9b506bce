// Opens the System Log and the activity log, and registers this process as an app gateway.
import { hostname } from 'node:os'
import type { Config } from '#config.ts'
import { Unavailable } from '#errors.ts'
import { gatewayName } from '#gateways/name.ts'
import { openPresence } from '#gateways/presence.ts'
import { type Activity, openActivity } from '#logs/activity.ts'
import { openSystemLog, type SystemLog } from '#logs/system.ts'
import type { Database } from '#platform/database/database.ts'
import type { Log } from '#platform/log.ts'
import { readVersion } from '#platform/version.ts'
import type { Undo } from './undo.ts'

export interface Logs {
  /** The name of this process in the list of app gateways. */
  readonly gateway: string
  readonly system: SystemLog
  readonly activity: Activity
}

/** Opens the System Log and the activity log, which are written until the service stops. */
export function openLogs(db: Database, config: Config, log: Log, undo: Undo): Logs {
  const gateway = config.name ?? gatewayName({ ...config, hostName: hostname() })
  const onError = reportUnlessAway((error) =>
    log.warn({ err: error }, 'events of a log could not be written'),
  )
  const system = openSystemLog(db, gateway, { onError })
  undo.push(() => system.close())
  const onLost = (count: number) =>
    system.record({ event: 'entries-lost', name: 'activity log', detail: { count } })
  const activity = openActivity(db, gateway, { onError, onLost })
  undo.push(() => activity.close())
  return { gateway, system, activity }
}

/** Returns a handler that ignores an unavailable database, because the heartbeat already reports it. */
export function reportUnlessAway(report: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Unavailable)) report(error)
  }
}

/** Registers this process as an app gateway until it stops. */
export async function enterGateway(
  db: Database,
  address: string,
  { role }: Config,
  log: Log,
  { gateway: name, system }: Logs,
  undo: Undo,
): Promise<void> {
  const gateway = { name, version: readVersion(), address, role }
  const onError = (error: unknown) => log.warn({ err: error }, 'a heartbeat failed')
  const presence = await openPresence(db, { gateway, systemLog: system, onError })
  system.record({ event: 'service-started', name, detail: { version: gateway.version, address, role } })
  undo.push(async () => {
    system.record({ event: 'service-stopped', name })
    await presence.stop()
  })
}
