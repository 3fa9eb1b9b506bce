// A few connections that carry many short reads at once: each is sent without waiting for the answer to the one before,
// so that neither side sleeps between them. Only for statements that are quick by their nature: what is slow holds up
// those behind it, and belongs on a connection of its own.
import type { Duplex } from 'node:stream'
import type pg from 'pg'
import {
  isSameScope,
  rowsOf,
  type Scope,
  type ScopedQuery,
  ScopedReads,
  type Statement,
  type Wire,
} from './scoped-query.ts'

/** Reads in flight on one connection; more are refused, and go the usual way. */
const IN_FLIGHT = 64

/** Reads that go out in one write; more of them are shared out, so that the database works on all its cores. */
const TOGETHER = 8

export interface Pipeline {
  /**
   * Sends a read with those that are asked for in the same turn of the event loop.
   * @returns its rows; undefined when no connection has room: none is connected yet, or all are full. Connects in the background.
   */
  read(scope: Scope, statement: Statement): Promise<object[]> | undefined
  close(): Promise<void>
}

interface Slot {
  client: pg.Client | undefined
  connecting: boolean
  inFlight: number
  /** What goes out at the end of this turn. */
  gathered: ScopedQuery[]
}

/** The part of a client that its types do not show. */
interface Wired {
  readonly connection: Wire & { readonly stream: Duplex }
}

export interface PipelineConnections {
  /** Makes a connection that is ready for use; undefined when it can't. Its failures are its own to report. */
  connect(): Promise<pg.Client | undefined>
  /** False when new connections go to another server. */
  isCurrent(client: pg.Client): boolean
}

export function openPipeline(connections: number, { connect, isCurrent }: PipelineConnections): Pipeline {
  const slots: Slot[] = Array.from({ length: connections }, () => ({
    client: undefined,
    connecting: false,
    inFlight: 0,
    gathered: [],
  }))
  let closed = false
  let place = 0

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

  /** What is in flight fails, and is asked again the usual way. */
  function leave(slot: Slot): void {
    void slot.client?.end().catch(() => {})
    slot.client = undefined
  }

  /** The one that gathers, until it has enough; else they take turns. */
  function choose(): Slot | undefined {
    const gathered = slots[place]?.gathered.length ?? 0
    if (gathered === 0 || gathered >= TOGETHER) place = (place + 1) % connections
    return slots[place]
  }

  return {
    read(scope, statement) {
      const slot = choose()
      if (!slot || closed) return undefined
      if (slot.client && !isCurrent(slot.client)) leave(slot)
      if (!slot.client && !slot.connecting) void fill(slot)
      const { client } = slot
      if (!client || slot.inFlight >= IN_FLIGHT) return undefined
      slot.inFlight += 1
      return rowsOf(scope, statement, (query) => gather(slot, client, query)).finally(() => {
        if (slot.client === client) slot.inFlight -= 1
      })
    },
    async close() {
      closed = true
      await Promise.all(slots.map((slot) => slot.client?.end()))
    },
  }
}

/** Reads of the requests that came in together go out in one write: a write costs as much as all else about a read. */
function gather(slot: Slot, client: pg.Client, query: ScopedQuery): void {
  slot.gathered.push(query)
  if (slot.gathered.length > 1) return
  setImmediate(() => {
    const { gathered } = slot
    slot.gathered = []
    const { connection } = client as unknown as Wired
    connection.stream.cork()
    for (const each of together(gathered, connection)) client.query(each)
    connection.stream.uncork()
  })
}

/** Those of one scope as one, where the connection has prepared them all; the first time each goes by itself. */
function together(reads: readonly ScopedQuery[], wire: Wire): (ScopedQuery | ScopedReads)[] {
  const prepared = reads.filter((read) => read.isPrepared(wire))
  const first = prepared[0]
  if (!first) return [...reads]
  const shared = prepared.filter((read) => isSameScope(read.scope, first.scope))
  const alone = reads.filter((read) => !shared.includes(read))
  return [shared.length > 1 ? new ScopedReads(first.scope, shared) : first, ...alone]
}
