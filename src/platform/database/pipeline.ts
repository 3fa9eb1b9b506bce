// A few connections that carry many short reads at once. Each read is sent without waiting for the answer to the
// previous one, so neither side idles. Only for reads that are always quick: a slow one delays those behind it, and
// belongs on its own connection.
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

/** Maximum number of reads in flight on one connection; further reads use the pool. */
const IN_FLIGHT = 64

/**
 * Maximum number of reads in one write. More are spread over the connections, so that the database uses all its
 * cores.
 */
const TOGETHER = 8

export interface Pipeline {
  /**
   * Sends a read together with those requested in the same turn of the event loop. Connects in the background.
   * @returns its rows; undefined if no connection has room, because none is connected yet or all are full
   */
  read(scope: Scope, statement: Statement): Promise<object[]> | undefined
  close(): Promise<void>
}

interface Slot {
  client: pg.Client | undefined
  connecting: boolean
  inFlight: number
  /** The reads that are sent at the end of this turn. */
  gathered: ScopedQuery[]
}

/** A part of the client that its types don't include. */
interface Wired {
  readonly connection: Wire & { readonly stream: Duplex }
}

export interface PipelineConnections {
  /** Returns a connection that is ready for use; undefined if it can't connect. Reports its own failures. */
  connect(): Promise<pg.Client | undefined>
  /** Returns false if new connections go to another server. */
  isCurrent(client: pg.Client): boolean
}

/** Opens a pipeline with this many connections, each of which connects when it is first needed. */
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

  /** Closes a connection. Its reads fail and are then repeated on the pool. */
  function leave(slot: Slot): void {
    void slot.client?.end().catch(() => {})
    slot.client = undefined
  }

  /** Returns the connection that is gathering reads, until it has enough, and otherwise the next one in turn. */
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

/**
 * Adds a read to the current write. Reads that arrive together are sent in one write, because a write costs as much
 * as everything else about a read.
 */
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

/** Combines reads of the same scope that the connection has already prepared. Others are sent one by one. */
function together(reads: readonly ScopedQuery[], wire: Wire): (ScopedQuery | ScopedReads)[] {
  const prepared = reads.filter((read) => read.isPrepared(wire))
  const first = prepared[0]
  if (!first) return [...reads]
  const shared = prepared.filter((read) => isSameScope(read.scope, first.scope))
  const alone = reads.filter((read) => !shared.includes(read))
  return [shared.length > 1 ? new ScopedReads(first.scope, shared) : first, ...alone]
}
