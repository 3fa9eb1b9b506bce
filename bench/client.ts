// A small SCIM client for what the load generator can't do. Each lane has one request in flight.
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Target } from './answer.ts'

export interface Answer {
  readonly status: number
  readonly text: string
  readonly milliseconds: number
}

export type Ask = (method: string, path: string, body?: object) => Promise<Answer>

/** Opens a client. @param signal aborts running requests, and prevents new ones */
export function openClient({ base, token }: Target, lanes: number, signal: AbortSignal) {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes })
  const authorization = `Bearer ${token}`
  const ask: Ask = async (method, path, body) => {
    signal.throwIfAborted()
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const content = sent && { 'content-type': 'application/scim+json', 'content-length': sent.length }
    const began = performance.now()
    return new Promise((resolve, reject) => {
      const asked = request(`${base}${path}`, {
        agent,
        method,
        signal,
        headers: { authorization, ...content },
      })
      asked.on('error', reject)
      asked.on('response', (answer) => {
        text(answer).then(
          (got) =>
            resolve({
              status: answer.statusCode ?? 0,
              text: got,
              milliseconds: performance.now() - began,
            }),
          reject,
        )
      })
      asked.end(sent)
    })
  }
  return { ask, close: () => agent.destroy() }
}

/** Returns an {@link Ask} that accepts only success. @throws with the beginning of any other answer */
export function insist(ask: Ask): Ask {
  return async (method, path, body) => {
    const answer = await ask(method, path, body)
    if (answer.status >= 200 && answer.status < 300) return answer
    throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text.slice(0, 200)}`)
  }
}

/** Processes a list, `lanes` items at a time. */
export async function inLanes<Item>(
  lanes: number,
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const [index, item] of queue) await work(item, index)
    }),
  )
}
