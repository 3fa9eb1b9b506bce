// A browser in a network of its choice: keeps its cookies, follows nothing, and asks the house from any address.
import type { House } from './harness.ts'

export interface NetworkAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not processed
  readonly json: any
}

export interface NetworkBrowser {
  readonly cookies: Map<string, string>
  get(url: string): Promise<NetworkAnswer>
  /** JSON, to the portal's API. */
  post(url: string, body: object): Promise<NetworkAnswer>
  put(url: string, body: object): Promise<NetworkAnswer>
  /** A form, to the sign-in pages. */
  submit(url: string, form: Record<string, string>): Promise<NetworkAnswer>
}

export function browserIn(house: Pick<House, 'server'>, remoteAddress: string): NetworkBrowser {
  const cookies = new Map<string, string>()
  let csrfToken = ''

  async function send(
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    content?: { readonly type: string; readonly payload: string },
  ): Promise<NetworkAnswer> {
    const answer = await house.server.inject({
      method,
      url,
      remoteAddress,
      headers: {
        host: 'localhost',
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        'x-csrf-token': csrfToken,
        ...(content && { 'content-type': content.type }),
      },
      ...(content && { payload: content.payload }),
    })
    for (const { name, value } of answer.cookies) {
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const isJson = /json/.test(String(answer.headers['content-type']))
    const json = isJson && answer.payload !== '' ? answer.json() : undefined
    csrfToken = json?.me?.csrfToken ?? json?.csrfToken ?? csrfToken
    return { status: answer.statusCode, headers: answer.headers, text: answer.payload, json }
  }

  const sendJson = (method: 'POST' | 'PUT', url: string, body: object) =>
    send(method, url, { type: 'application/json', payload: JSON.stringify(body) })
  return {
    cookies,
    get: (url) => send('GET', url),
    post: (url, body) => sendJson('POST', url, body),
    put: (url, body) => sendJson('PUT', url, body),
    submit: (url, form) =>
      send('POST', url, {
        type: 'application/x-www-form-urlencoded',
        payload: new URLSearchParams(form).toString(),
      }),
  }
}
