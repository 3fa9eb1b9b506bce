// App gateways: the processes that serve. This folder owns their heartbeats and outages; src/service starts it, and the portal
// reads list.ts. Each process reports every few seconds, and one of them, whichever comes first, notices which others are
// silent. Times are the database's, so clocks of machines don't matter. A process that was stopped on purpose isn't lost.
// Start with this file; rows.ts has the SQL.
import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { Unavailable } from '#errors.ts'
import type { SystemLog } from '#logs/system.ts'
import type { Database } from '#platform/database/database.ts'
import { type Gateway, heartbeat, noteAbsence, noticeLost, register, signOff } from './rows.ts'

export interface Presence {
  /** Sends one heartbeat, and looks for processes that are silent. */
  beat(): Promise<void>
  /** Reports that this process stops on purpose. */
  stop(): Promise<void>
}

export interface PresenceOptions {
  readonly gateway: Gateway
  readonly systemLog: SystemLog
  readonly onError?: (error: unknown) => void
  readonly beatMilliseconds?: number
  readonly lostMilliseconds?: number
}

const BEAT_MILLISECONDS = 5_000
/** Three missed heartbeats. */
const LOST_MILLISECONDS = 15_000

/** Registers this process and sends heartbeats until it is stopped. */
export async function openPresence(db: Database, options: PresenceOptions): Promise<Presence> {
  const { systemLog, onError = () => {} } = options
  const { beatMilliseconds = BEAT_MILLISECONDS, lostMilliseconds = LOST_MILLISECONDS } = options
  let me = { ...options.gateway, instance: randomUUID() }
  /** Since when every heartbeat has arrived. A process that was cut off itself can't know which others are gone. */
  let soundSince = performance.now()
  let awaySince: number | undefined
  let beating: Promise<void> = Promise.resolve()

  async function enter(): Promise<void> {
    const missedSeconds = await register(db, me)
    if (missedSeconds !== undefined)
      systemLog.record({ event: 'gateway-recovered', name: me.name, detail: { awaySeconds: missedSeconds } })
  }

  async function beat(): Promise<void> {
    try {
      await sayHere()
      await databaseIsBack()
      if (performance.now() - soundSince >= lostMilliseconds) await noticeOthers()
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      databaseIsAway()
    }
  }

  async function sayHere(): Promise<void> {
    const state = await heartbeat(db, me)
    if (state === 'unknown') return enter()
    if (state === 'taken') {
      // Two processes have the same name, so this one gets a suffix.
      me = { ...me, name: `${options.gateway.name}-${me.instance.slice(0, 4)}` }
      return enter()
    }
    if (state !== 'here')
      systemLog.record({
        event: 'gateway-recovered',
        name: me.name,
        detail: { awaySeconds: state.awaySeconds },
      })
  }

  function databaseIsAway(): void {
    if (awaySince !== undefined) return
    awaySince = performance.now()
    systemLog.record({ event: 'database-away', name: 'PostgreSQL' })
  }

  async function databaseIsBack(): Promise<void> {
    if (awaySince === undefined) return
    const seconds = (performance.now() - awaySince) / 1_000
    await noteAbsence(db, me.name, seconds)
    systemLog.record({
      event: 'database-back',
      name: 'PostgreSQL',
      detail: { awaySeconds: Math.round(seconds) },
    })
    awaySince = undefined
    soundSince = performance.now()
  }

  async function noticeOthers(): Promise<void> {
    for (const { name, lastSeenAt } of await noticeLost(db, lostMilliseconds))
      systemLog.record({ event: 'gateway-lost', name, detail: { lastSeenAt } })
  }

  await enter().catch((error) => {
    if (!(error instanceof Unavailable)) throw error
    databaseIsAway() // the next heartbeat registers it
  })
  const timer = setInterval(() => {
    beating = beat().catch(onError)
  }, beatMilliseconds)
  timer.unref()
  return {
    beat,
    async stop() {
      clearInterval(timer)
      await beating
      await signOff(db, me).catch((error) => {
        if (!(error instanceof Unavailable)) throw error // it will be noticed as lost
      })
    },
  }
}
