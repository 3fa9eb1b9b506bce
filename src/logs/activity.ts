// The activity log: who signed in and out, changed a factor, and opened which application. Doors record events here and never
// wait for them to be written.
import type { Database } from '#platform/database/database.ts'
import { prepared, raw, sql } from '#platform/database/sql.ts'
import { openRepeats } from './repeats.ts'
import type { LogSource } from './search.ts'
import type { ActivityAction, ActivityObjectType } from './vocabulary.ts'
import { batchRows, LOG_COLUMNS, openLogWriter, type WriterOptions } from './writer.ts'

export interface ActivityEntry {
  readonly tenantId: string
  readonly actor: {
    readonly type: 'user' | 'administrator' | 'idp'
    /** Undefined if no account has that name. */
    readonly id?: string | undefined
    /** As it was typed or received: an email address or a userName. */
    readonly name: string
  }
  readonly kind: ActivityAction
  /** The application that was opened; undefined for the portal. */
  readonly application?: { readonly id?: string | undefined; readonly name: string } | undefined
  readonly result?: 'success' | 'failure' | undefined
  /** Why it failed, how it was done, or what was done to a factor. Never a secret. */
  readonly reason?: string | undefined
  /** What else an administrator needs to understand the reason. Never a secret. */
  readonly details?: object | undefined
  /** Recorded only once in ten minutes for this actor, because repeated attempts must not fill the log. */
  readonly once?: boolean | undefined
  readonly requestId?: string | undefined
  readonly sourceAddress?: string | undefined
}

export interface Activity {
  record(entry: ActivityEntry): void
  /** Writes the collected events. @throws {Unavailable} */
  flush(): Promise<void>
  close(): Promise<void>
}

const LONGEST_NAME = 300
const PORTAL = 'Admin portal'
const AGAIN_MILLISECONDS = 600_000

/** @param gateway name of this process, for each event */
export function openActivity(db: Database, gateway: string, options: WriterOptions = {}): Activity {
  const isRepeat = openRepeats(AGAIN_MILLISECONDS)
  const writer = openLogWriter(
    db,
    (batch) =>
      prepared(
        'activity.write',
        sql`insert into activity_event ${batchRows(batch)} as event(${raw(LOG_COLUMNS)}) on conflict (id) do nothing`,
      ),
    options,
  )
  return {
    record({
      tenantId,
      actor,
      kind,
      application,
      result = 'success',
      reason,
      details,
      once,
      requestId,
      sourceAddress,
    }) {
      const at = new Date()
      if (once && isRepeat(`${tenantId} ${actor.type} ${plain(actor.name)} ${kind} ${reason}`, at)) return
      writer.write({
        tenantId,
        at,
        actorType: actor.type,
        actorId: actor.id,
        actorName: plain(actor.name),
        action: kind,
        objectType: (application ? 'Application' : 'Portal') satisfies ActivityObjectType,
        objectId: application?.id,
        objectName: plain(application?.name ?? PORTAL),
        result,
        change: { gateway, ...(reason !== undefined && { reason }), ...details },
        requestId,
        sourceAddress,
      })
    },
    flush: writer.flush,
    close: writer.close,
  }
}

/** Returns a name that can be stored. Names come from outside, also from unauthenticated requests. */
function plain(name: string): string {
  return name.slice(0, LONGEST_NAME).replaceAll('\u0000', '').toWellFormed()
}

export function activityLog(tenantId: string): LogSource {
  return { table: raw('activity_event'), scope: { tenantId }, rows: sql`e.tenant_id = ${tenantId}` }
}
