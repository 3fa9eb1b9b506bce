// An administrator of the house, as the portal's pages or a program see its API.

import type { Role } from '#administrators/administrators.ts'
import { createAdministrator } from '#administrators/administrators.ts'
import type { Database } from '#platform/database/database.ts'
import { type RawResponse, raw } from './raw-http.ts'

export interface ApiResponse extends RawResponse {
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not processed
  readonly json: any
}

export interface ApiClient {
  /** As in a Cookie header. */
  readonly cookie: string
  readonly csrfToken: string
  readonly email: string
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiResponse>
  get(path: string, headers?: Record<string, string>): Promise<ApiResponse>
  post(path: string, body?: unknown): Promise<ApiResponse>
  put(path: string, body: unknown): Promise<ApiResponse>
  patch(path: string, body: unknown): Promise<ApiResponse>
  delete(path: string, body?: unknown): Promise<ApiResponse>
}

export const PASSWORD = 'correct horse battery staple'

/** Paths are below /api/v1. */
export async function callApi(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  const response = await raw(url, {
    method,
    path: `/api/v1${path}`,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const isJson = /json/.test(String(response.headers['content-type'] ?? ''))
  return { ...response, json: isJson && response.text !== '' ? JSON.parse(response.text) : undefined }
}

/** Makes an administrator of the tenant, and signs in. */
export interface Named {
  readonly email: string
  readonly name: string
}

export async function signedIn(
  url: string,
  db: Database,
  tenantId: string,
  role: Role,
  { email, name }: Named = { email: `${role}-${crypto.randomUUID()}@portal.example`, name: `The ${role}` },
): Promise<ApiClient> {
  const actor = { type: 'system', name: 'test' } as const
  await createAdministrator(db, { tenantId, actor }, { email, name, role, password: PASSWORD })
  const answer = await callApi(url, 'POST', '/session', { email, password: PASSWORD })
  if (answer.status !== 200) throw new Error(`sign-in failed: ${answer.text}`)
  const cookie = String([answer.headers['set-cookie']].flat()[0]).split(';')[0] ?? ''
  return clientOf(url, email, cookie, answer.json.me.csrfToken)
}

function clientOf(url: string, email: string, cookie: string, csrfToken: string): ApiClient {
  const request: ApiClient['request'] = (method, path, body, headers = {}) =>
    callApi(url, method, path, body, { cookie, 'x-csrf-token': csrfToken, ...headers })
  return {
    cookie,
    csrfToken,
    email,
    request,
    get: (path, headers) => request('GET', path, undefined, headers),
    post: (path, body) => request('POST', path, body),
    put: (path, body) => request('PUT', path, body),
    patch: (path, body) => request('PATCH', path, body),
    delete: (path, body) => request('DELETE', path, body),
  }
}
