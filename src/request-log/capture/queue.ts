// Requests that wait to be written. When there is no room, look-ups go before changes and failures: those are the ones
// that somebody will look for.
import { type Kept, weightOf } from './exchange.ts'

export interface Queue {
  /** @returns what had to be dropped: the oldest look-ups, or the given exchange itself */
  add(exchange: Kept): readonly Kept[]
  /** Empties the queue; changes and failures first. */
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

/** Anybody can be refused for wrong credentials, so such a failure is worth less. */
function isImportant({ credentialId, failed, method }: Kept): boolean {
  return credentialId !== undefined && (failed || method !== 'GET')
}
