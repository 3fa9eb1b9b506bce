// A few connections that carry many short reads at once: each is sent without waiting for the answer to the one before,
// so that neither side sleeps between them. Only for statements that are quick by their nature: what is slow holds up
// those behind it, and belongs on a connection of its own.
import type { Duplex } from 'node:stream'
import type pg from 'pg'

/** Reads in flight on one connection; more are refused, and go the usual way. */
const IN_FLIGHT = 64

export interface Pipeline {
  /** A connection with room, or undefined: none is connected yet, or all are full. Connects in the background. */
  take(): Lane | undefined
  close(): Promise<void>
}

export interface Lane {
  readonly client: pg.Client
  /** To be called when the answer has come, whatever it is. */
  done(): void
}

interface Slot {
  client: pg.Client | undefined
  connecting: boolean
  inFlight: number
  gathering: boolean
}

/** The part of a client that its types do not show. */
interface Wired {
  readonly connection: { readonly stream: Duplex }
}

/** @param connect makes a connection that is ready for use; its failures are its own to report */
export function openPipeline(connections: number, connect: () => Promise<pg.Client | undefined>): Pipeline {
  const slots: Slot[] = Array.from({ length: connections }, () => ({
    client: undefined,
    connecting: false,
    inFlight: 0,
    gathering: false,
  }))
  let closed = false
  let next = 0

  async function fill(slot: Slot): Promise<void> {
    slot.connecting = true
    const client = await connect()
    slot.connecting = false
    if (closed) return void (await client?.end())
    slot.client = client
    slot.inFlight = 0
    client?.once('end', () => {
      if (slot.client === client) slot.client = undefined
    })
  }

  return {
    take() {
      next = (next + 1) % connections
      const slot = slots[next]
      if (!slot || closed) return undefined
      if (!slot.client && !slot.connecting) void fill(slot)
      const { client } = slot
      if (!client || slot.inFlight >= IN_FLIGHT) return undefined
      slot.inFlight += 1
      gather(slot, client)
      return { client, done: () => void (slot.client === client && slot.inFlight--) }
    },
    async close() {
      closed = true
      await Promise.all(slots.map((slot) => slot.client?.end()))
    },
  }
}

/** Reads of the requests that came in together go out in one write: a write costs as much as all else about a read. */
function gather(slot: Slot, client: pg.Client): void {
  if (slot.gathering) return
  slot.gathering = true
  const { stream } = (client as unknown as Wired).connection
  stream.cork()
  setImmediate(() => {
    slot.gathering = false
    stream.uncork()
  })
}
