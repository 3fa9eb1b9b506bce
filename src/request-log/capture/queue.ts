// Requests waiting to be written. When the queue is full, look-ups are dropped before changes and failures, because
// administrators look for those.
import { type Kept, weightOf } from './exchange.ts'

export interface Queue {
  /** Adds a request. @returns what was dropped to make room: the oldest look-ups, or the given exchange itself */
  add(exchange: Kept): readonly Kept[]
  /** Empties the queue. Returns changes and failures first. */
  take(): Kept[]
  readonly length: number
}

export function openQueue(mostRows: number, mostBytes: number): Queue {
  let important: Kept[] = []
  let others: Kept[] = []
  let bytes = 0
  const isFull = (more: number) => important.length + others.length >= mostRows || bytes + more > mostBytes
  return {
    add(exchange) {
      const weight = weightOf(exchange)
      const dropped: Kept[] = []
      while (isFull(weight) && isImportant(exchange)) {
        const oldest = others.shift()
        if (!oldest) break
        bytes -= weightOf(oldest)
        dropped.push(oldest)
      }
      if (isFull(weight)) return [...dropped, exchange]
      if (isImportant(exchange)) important.push(exchange)
      else others.push(exchange)
      bytes += weight
      return dropped
    },
    take() {
      const all = [...important, ...others]
      important = []
      others = []
      bytes = 0
      return all
    },
    get length() {
      return important.length + others.length
    },
  }
}

/**
 * Returns whether a request outranks look-ups. Without valid credentials it doesn't, because anyone can send such
 * requests.
 */
function isImportant({ credentialId, failed, method }: Kept): boolean {
  return credentialId !== undefined && (failed || method !== 'GET')
}
