import type { GuardedFetch } from './fetch.ts'

/** Returns the guarded fetch in the form of the web's `fetch`, for libraries that need one. */
export function webFetch(fetch: GuardedFetch): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input)
    const { status, headers, text } = await fetch(url, {
      method: init.method === 'POST' ? 'POST' : 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(init.body !== undefined && init.body !== null && { body: String(init.body) }),
    })
    const plain = Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(', ')] as [string, string]],
    )
    const isEmpty = status === 204 || status === 304
    return new Response(isEmpty ? null : text, { status, headers: plain })
  }
}
