// The portal's API client. Every error response becomes an ApiError with the server's problem details.

import type { Problem } from '../../../src/http/portal/contract/problem.ts'
import type { Me } from '../../../src/http/portal/session/contract.ts'

const PREFIX = '/api/v1'

export class ApiError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
  get status() {
    return this.problem.status
  }
  get code() {
    return this.problem.code
  }
}

/** The object doesn't exist. 400 means that the id in the URL isn't a valid id. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 400)
}

export type Query = Record<string, string | number | boolean | undefined>

interface Hooks {
  /** CSRF token of the session, sent with every request that changes something. */
  csrfToken: string | undefined
  /** Called when the session has ended. */
  onSignedOut: () => void
  /** Asks the administrator to verify their identity again; false when they cancel. */
  prove: () => Promise<boolean>
  /** Fetches the session's CSRF token again; false when another account is signed in by now. */
  renewToken: () => Promise<boolean>
}

/** Endpoints where 401 means wrong credentials, not an ended session. */
const SIGN_IN = /^\/session(\/(factor|passkey).*)?$/

const hooks: Hooks = {
  csrfToken: undefined,
  onSignedOut: () => {},
  prove: async () => false,
  renewToken: async () => false,
}

/** Connects the client to the session. */
export function connectSession(change: Partial<Hooks>): void {
  Object.assign(hooks, change)
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    send<T>('GET', withQuery(path, query), undefined, signal),
  post: <T>(path: string, body: unknown = {}) => send<T>('POST', path, body),
  put: <T>(path: string, body: unknown, headers?: Record<string, string>) =>
    send<T>('PUT', path, body, undefined, headers),
  patch: <T>(path: string, body: unknown, headers?: Record<string, string>) =>
    send<T>('PATCH', path, body, undefined, headers),
  delete: <T = void>(path: string, body?: unknown) => send<T>('DELETE', path, body),
  /** URL of a download, for a link. */
  href: (path: string, query?: Query) => PREFIX + withQuery(path, query),
}

function withQuery(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? path : `${path}?${text}`
}

async function send<T>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  headers: Record<string, string> = {},
  isRetry = false,
): Promise<T> {
  const { csrfToken } = hooks
  const answer = await attempt(method, path, body, signal, headers)
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T
  const error = new ApiError(await problemOf(answer))
  if (error.code === 'step-up-required' && (await hooks.prove()))
    return send(method, path, body, signal, headers)
  // Another tab renewed the session, so this tab's CSRF token is stale.
  if (error.code === 'csrf' && !isRetry && (await hooks.renewToken()))
    return send(method, path, body, signal, headers, true)
  // Verifying again rotates the session token, so requests in flight with the old one are sent again.
  if (error.status === 401 && csrfToken !== undefined && csrfToken !== hooks.csrfToken)
    return send(method, path, body, signal, headers)
  if (error.status === 401 && !SIGN_IN.test(path)) hooks.onSignedOut()
  throw error
}

async function attempt(
  method: string,
  path: string,
  body: unknown,
  signal: AbortSignal | undefined,
  headers: Record<string, string>,
): Promise<Response> {
  try {
    return await fetch(PREFIX + path, {
      method,
      credentials: 'same-origin',
      headers: {
        // Explanations are written in the language of the pages.
        'accept-language': document.documentElement.lang || 'en',
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(hooks.csrfToken && method !== 'GET' && { 'x-csrf-token': hooks.csrfToken }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError(offline())
  }
}

async function problemOf(answer: Response): Promise<Problem> {
  if (/json/.test(answer.headers.get('content-type') ?? '')) return (await answer.json()) as Problem
  const { status, statusText } = answer
  return {
    type: 'about:blank',
    title: statusText,
    status,
    detail: `${status} ${statusText}`,
    code: 'unknown',
  }
}

function offline(): Problem {
  return {
    type: 'about:blank',
    title: 'Offline',
    status: 0,
    detail: 'The service cannot be reached.',
    code: 'offline',
  }
}

export type { Me, Problem }
