import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError, api, connectSession, isNotFound } from './client.ts'
import { formProblems } from './form-problems.ts'

type Sent = [path: string, init: RequestInit & { headers: Record<string, string> }]

const server = vi.fn<(...sent: Sent) => Promise<Response>>()
const sent = () =>
  server.mock.calls.map(([path, { method, headers }]) => [method, path, headers['x-csrf-token']])
const problem = (status: number, code: string, more = {}) =>
  Response.json(
    { type: 'about:blank', title: 'No', status, detail: `because of ${code}`, code, ...more },
    { status },
  )

const onSignedOut = vi.fn()
beforeEach(() => {
  server.mockReset()
  onSignedOut.mockReset()
  vi.stubGlobal('fetch', server)
  vi.stubGlobal('document', { documentElement: { lang: 'ja' } })
  connectSession({ csrfToken: 'token', onSignedOut, prove: async () => false, renewToken: async () => false })
})
afterEach(() => {
  vi.unstubAllGlobals()
  connectSession({ csrfToken: undefined, onSignedOut: () => {} })
})

test('a query is encoded, and what is not given or empty is left out', async () => {
  server.mockImplementation(async () => Response.json({ items: [] }))
  expect(await api.get('/users', { q: 'a&b', status: undefined, groupId: '', limit: 20 })).toEqual({
    items: [],
  })
  expect(sent()).toEqual([['GET', '/api/v1/users?q=a%26b&limit=20', undefined]])
  expect(api.href('/audit-events.csv', { actor: 'mia' })).toBe('/api/v1/audit-events.csv?actor=mia')
})

test('explanations are asked for in the language of the page', async () => {
  server.mockImplementation(async () => Response.json({}))
  await api.get('/users')
  expect(server.mock.calls[0]?.[1].headers['accept-language']).toBe('ja')
})

test('whatever changes something carries the token of the session; an answer without content is undefined', async () => {
  server.mockImplementation(async () => new Response(null, { status: 204 }))
  expect(await api.delete('/users/1')).toBeUndefined()
  expect(sent()).toEqual([['DELETE', '/api/v1/users/1', 'token']])
})

test('a request that needs a fresh sign-in is sent again after it, and refused without it', async () => {
  server.mockImplementation(async () => problem(403, 'step-up-required'))
  await expect(api.post('/api-keys')).rejects.toMatchObject({ code: 'step-up-required' })
  server
    .mockReset()
    .mockResolvedValueOnce(problem(403, 'step-up-required'))
    .mockResolvedValueOnce(Response.json({ id: 1 }))
  connectSession({ prove: async () => true })
  expect(await api.post('/api-keys')).toEqual({ id: 1 })
})

test('an old token is renewed once', async () => {
  server.mockImplementation(async () => problem(403, 'csrf'))
  connectSession({
    renewToken: async () => {
      connectSession({ csrfToken: 'renewed' })
      return true
    },
  })
  await expect(api.post('/users')).rejects.toMatchObject({ code: 'csrf' })
  expect(sent().map(([, , token]) => token)).toEqual(['token', 'renewed'])
})

test('a session that is gone signs the administrator out; a wrong password at sign-in does not', async () => {
  server.mockImplementation(async () => problem(401, 'unauthenticated'))
  await expect(api.post('/session', {})).rejects.toThrow('because of unauthenticated')
  await expect(api.post('/session/factor', {})).rejects.toThrow()
  expect(onSignedOut).not.toHaveBeenCalled()
  await expect(api.get('/users')).rejects.toThrow()
  expect(onSignedOut).toHaveBeenCalledOnce()
})

test('a request under way while the session got a new token is sent again', async () => {
  server.mockImplementationOnce(async () => {
    connectSession({ csrfToken: 'newer' })
    return problem(401, 'unauthenticated')
  })
  server.mockImplementationOnce(async () => Response.json({ id: 2 }))
  expect(await api.patch('/users/2', {})).toEqual({ id: 2 })
  expect(onSignedOut).not.toHaveBeenCalled()
})

test('a network error and an answer that is not JSON are refusals too; an abort stays an abort', async () => {
  server.mockRejectedValueOnce(new TypeError('failed to fetch'))
  await expect(api.get('/users')).rejects.toMatchObject({ code: 'offline', status: 0 })
  server.mockResolvedValueOnce(new Response('<html>', { status: 502, statusText: 'Bad Gateway' }))
  await expect(api.get('/users')).rejects.toMatchObject({ code: 'unknown', message: '502 Bad Gateway' })
  const stop = new AbortController()
  stop.abort(new Error('left the page'))
  server.mockRejectedValueOnce(stop.signal.reason)
  await expect(api.get('/users', {}, stop.signal)).rejects.toThrow('left the page')
})

test('an id that no resource has, or that cannot be an id, is not there', () => {
  const withStatus = (status: number) => new ApiError({ status } as ApiError['problem'])
  expect([404, 400, 403, 500].map((status) => isNotFound(withStatus(status)))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(isNotFound(new Error('404'))).toBe(false)
})

test('reasons stand beside their fields, and the whole message only where a reason has no field', () => {
  const error = (...fields: string[]) =>
    new ApiError({
      status: 422,
      detail: 'not valid',
      errors: fields.map((field) => ({ field, message: `${field} is wrong` })),
    } as ApiError['problem'])
  expect(formProblems(error('name'), ['name', 'type'])).toEqual({
    byField: { name: 'name is wrong' },
    rest: undefined,
  })
  expect(formProblems(error('name', 'x'), ['name'])).toEqual({
    byField: { name: 'name is wrong' },
    rest: 'not valid',
  })
  expect(formProblems(error(), ['name'])).toEqual({ byField: {}, rest: 'not valid' })
  expect(formProblems('no error', [])).toEqual({ byField: {}, rest: 'no error' })
})
