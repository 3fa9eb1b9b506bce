// Decides the order in which bulk operations are executed: as sent, except that an operation waits for a later one
// that creates a resource it refers to. @see RFC 7644 §3.7, §3.7.1
import type { BulkOperation, ParsedOperation } from './bulk.ts'
import { referencesOf } from './references.ts'

/** Operations that are executed together, by their positions in the request. */
export interface Unit {
  readonly places: readonly number[]
  /** Whether they create resources that refer to each other, or one that refers to itself. */
  readonly circular: boolean
}

export interface Order {
  readonly units: readonly Unit[]
  /** For each operation, the positions of those that create what it refers to. */
  readonly needs: readonly ReadonlySet<number>[]
}

/**
 * Sorts operations into units. A unit follows all units that create what it refers to, and earlier operations on the
 * same resource. Of the units that could come next, the one that was sent first does.
 */
export function orderOperations(operations: readonly ParsedOperation[]): Order {
  const needs = needsOf(operations)
  const units = unitsOf(needs)
  const unitOf: number[] = []
  units.forEach(({ places }, unit) => {
    for (const place of places) unitOf[place] = unit
  })
  const before = precedingOf(operations)
  const waits = units.map(({ places }, unit) => {
    const awaited = places.flatMap((place) => [...(needs[place] ?? []), ...(before[place] ?? [])])
    return new Set(awaited.map((place) => unitOf[place] ?? unit).filter((other) => other !== unit))
  })
  return { units: sorted(units, waits), needs }
}

function operationOf(parsed: ParsedOperation | undefined): BulkOperation | undefined {
  return parsed && 'operation' in parsed ? parsed.operation : undefined
}

function needsOf(operations: readonly ParsedOperation[]): Set<number>[] {
  const creators = new Map<string, number>()
  operations.forEach((parsed, place) => {
    const operation = operationOf(parsed)
    if (operation?.method === 'POST') creators.set(operation.bulkId, place)
  })
  return operations.map((parsed) => {
    const operation = operationOf(parsed)
    const references = operation ? [...referencesOf(operation)] : []
    return new Set(references.flatMap((bulkId) => creators.get(bulkId) ?? []))
  })
}

/** Returns for each operation the position of the previous one on the same resource, if any. */
function precedingOf(operations: readonly ParsedOperation[]): number[][] {
  const last = new Map<string, number>()
  return operations.map((parsed, place) => {
    const operation = operationOf(parsed)
    if (!operation || operation.method === 'POST') return []
    const resource = `${operation.endpoint}/${operation.id}`
    const earlier = last.get(resource)
    last.set(resource, place)
    return earlier === undefined ? [] : [earlier]
  })
}

/**
 * Returns the units in the order of their first positions. Only creations can be circular, since references only lead
 * to them.
 */
function unitsOf(needs: readonly ReadonlySet<number>[]): Unit[] {
  return components(needs)
    .map((places) => {
      const [first = 0] = places
      return { places, circular: places.length > 1 || (needs[first]?.has(first) ?? false) }
    })
    .sort((a, b) => (a.places[0] ?? 0) - (b.places[0] ?? 0))
}

/** Returns the strongly connected components of a graph by Tarjan's algorithm, each in ascending order. */
function components(edges: readonly ReadonlySet<number>[]): number[][] {
  const found: number[][] = []
  const entered: number[] = []
  const stack: number[] = []
  const onStack = new Set<number>()
  let count = 0

  // The recursion is as deep as the longest chain of references, which is at most the number of operations.
  function visit(node: number): number {
    const at = count++
    entered[node] = at
    stack.push(node)
    onStack.add(node)
    let low = at
    for (const next of edges[node] ?? []) {
      if (entered[next] === undefined) low = Math.min(low, visit(next))
      else if (onStack.has(next)) low = Math.min(low, entered[next])
    }
    if (low === at) {
      const component = stack.splice(stack.lastIndexOf(node))
      for (const member of component) onStack.delete(member)
      found.push(component.sort((a, b) => a - b))
    }
    return low
  }

  edges.forEach((_, node) => {
    if (entered[node] === undefined) visit(node)
  })
  return found
}

function sorted(units: readonly Unit[], waits: readonly ReadonlySet<number>[]): Unit[] {
  const waiting: number[][] = units.map(() => [])
  waits.forEach((awaited, unit) => {
    for (const other of awaited) waiting[other]?.push(unit)
  })
  const blockers = waits.map((awaited) => awaited.size)
  const open = new Set(units.keys())
  const order: Unit[] = []
  for (let next = ready(open, blockers); next !== undefined; next = ready(open, blockers)) {
    open.delete(next)
    order.push(...units.slice(next, next + 1))
    for (const unit of waiting[next] ?? []) blockers[unit] = (blockers[unit] ?? 0) - 1
  }
  return order
}

function ready(open: ReadonlySet<number>, blockers: readonly number[]): number | undefined {
  for (const unit of open) if (blockers[unit] === 0) return unit
  return undefined
}

/** The operations to execute next, together: several of the same kind, a single one, or a circle of references. */
export interface Batch {
  readonly kind: 'create users' | 'delete users' | 'one' | 'circle'
  readonly places: readonly number[]
}

/**
 * Combines consecutive units that can be written by one statement.
 * @param from index of the first unit that hasn't been executed
 * @param most maximum number of operations in a batch; circles are never split
 * @returns one unit, or several with one operation each
 */
export function nextBatch(
  operations: readonly ParsedOperation[],
  { units, needs }: Order,
  from: number,
  most: number,
): Batch {
  const first = units[from] ?? { places: [], circular: false }
  if (first.circular) return { kind: 'circle', places: first.places }
  const kind = kindOf(operations, first)
  const places = [...first.places]
  for (const unit of units.slice(from + 1, from + most)) {
    const refersToBatch = unit.places.some((place) => places.some((other) => needs[place]?.has(other)))
    if (kind === 'one' || unit.circular || kindOf(operations, unit) !== kind || refersToBatch) break
    places.push(...unit.places)
  }
  return places.length === 1 ? { kind: 'one', places } : { kind, places }
}

function kindOf(operations: readonly ParsedOperation[], { places: [place = 0] }: Unit): Batch['kind'] {
  const operation = operationOf(operations[place])
  if (operation?.endpoint !== '/Users') return 'one'
  if (operation.method === 'POST') return 'create users'
  return operation.method === 'DELETE' && operation.version === undefined ? 'delete users' : 'one'
}
