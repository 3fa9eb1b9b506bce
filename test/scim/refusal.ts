// How a request that must be refused is tried: it gets a SCIM error that says why, and nothing has changed.
import { expect } from 'vitest'
import { jsonOf, type RawRequest, type RawResponse, raw } from '#test/raw-http.ts'

/** What is needed of an identity provider to speak for it. */
export interface Speaker {
  readonly endpoint: string
  readonly token: string
}

export interface Attempt {
  readonly method?: string
  /** After the SCIM base; `!` in front makes it a whole path. */
  readonly path: string
  /** A text or bytes go out as they are, anything else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly chunked?: boolean
}

export interface Refusal {
  readonly status: number | readonly number[]
  readonly scimType?: string
  /** What the error's detail must say: the field, and the rule. */
  readonly says?: readonly RegExp[]
}

const ERROR_URI = 'urn:ietf:params:scim:api:messages:2.0:Error'

export async function ask({ endpoint, token }: Speaker, attempt: Attempt): Promise<RawResponse> {
  const { origin, pathname } = new URL(endpoint)
  const { body, chunked = false } = attempt
  const asIs = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  const request: RawRequest = {
    method: attempt.method ?? (body === undefined ? 'GET' : 'POST'),
    path: attempt.path.startsWith('!') ? attempt.path.slice(1) : `${pathname}${attempt.path}`,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'Content-Type': 'application/scim+json' }),
      ...attempt.headers,
    },
    body: asIs ? body : JSON.stringify(body),
    chunked,
  }
  return raw(origin, request)
}

/** Sends one that must succeed. @returns its JSON */
export async function succeed<T>(speaker: Speaker, attempt: Attempt): Promise<T> {
  const response = await ask(speaker, attempt)
  if (response.status >= 300) throw new Error(`${attempt.path}: ${response.status} ${response.text}`)
  return jsonOf(response) as T
}

/** All that this identity provider can see of its people and groups, versions included. */
export async function everything(speaker: Speaker): Promise<string> {
  const lists = ['Users', 'Groups'].map((collection) => ask(speaker, { path: `/${collection}?count=1000` }))
  const answers = await Promise.all(lists)
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  return answers.map(({ text }) => text).join('\n')
}

export function expectScimError(response: RawResponse, refusal: Refusal) {
  const context = `${response.status} ${response.text.slice(0, 500)}`
  expect([refusal.status].flat(), context).toContain(response.status)
  expect(response.headers['content-type'], context).toMatch(/^application\/scim\+json\b/)
  const error = jsonOf(response) as { schemas: string[]; status: string; scimType?: string; detail: string }
  expect(error.schemas).toEqual([ERROR_URI])
  expect(error.status).toBe(String(response.status))
  if (refusal.scimType) expect(error.scimType, context).toBe(refusal.scimType)
  expect(error.detail).not.toBe('')
  for (const words of refusal.says ?? []) expect(error.detail).toMatch(words)
  expect(response.text).not.toMatch(/node_modules|\bat .*:\d+:\d+|syntax error at or near|violates/)
}

/** Tries it, and demands the refusal and that nothing changed. */
export async function expectRefusal(
  speaker: Speaker,
  attempt: Attempt,
  refusal: Refusal,
): Promise<RawResponse> {
  const before = await everything(speaker)
  const response = await ask(speaker, attempt)
  expectScimError(response, refusal)
  expect(await everything(speaker)).toBe(before)
  return response
}

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export function patchOf(...Operations: unknown[]): object {
  return { schemas: [PATCH_OP], Operations }
}
