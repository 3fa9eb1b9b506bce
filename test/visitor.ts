// A browser at the portal's API: keeps its cookies, and the CSRF token of whoever is signed in.
import { type ApiResponse, callApi } from './portal-client.ts'

export interface Visitor {
  /** As the browser keeps them. */
  readonly cookies: Map<string, string>
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiResponse>
  get(path: string): Promise<ApiResponse>
  post(path: string, body?: unknown): Promise<ApiResponse>
  put(path: string, body: unknown): Promise<ApiResponse>
  patch(path: string, body: unknown): Promise<ApiResponse>
  delete(path: string): Promise<ApiResponse>
}

export function visitor(url: string): Visitor {
  const cookies = new Map<string, string>()
  let csrfToken = ''
  const request: Visitor['request'] = async (method, path, body, headers = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await callApi(url, method, path, body, {
      ...(cookie !== '' && { cookie }),
      'x-csrf-token': csrfToken,
      ...headers,
    })
    // Several cookies come as one line, and dates have commas too.
    for (const line of String(answer.headers['set-cookie'] ?? '').split(/, (?=[\w-]+=)/)) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    csrfToken = answer.json?.me?.csrfToken ?? answer.json?.csrfToken ?? csrfToken
    return answer
  }
  return {
    cookies,
    request,
    get: (path) => request('GET', path),
    post: (path, body) => request('POST', path, body),
    put: (path, body) => request('PUT', path, body),
    patch: (path, body) => request('PATCH', path, body),
    delete: (path) => request('DELETE', path),
  }
}
