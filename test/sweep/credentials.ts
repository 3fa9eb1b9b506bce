import type { Valid } from './case.ts'
import type { Fixture } from './fixture.ts'
import type { Route } from './routes.ts'

/** A valid request with what the guard of its door wants: programs read with a key, people change with a session. */
export function withCredentials(at: Fixture, { method, pattern, config }: Route, valid: Valid): Valid {
  if (pattern.startsWith('/scim/'))
    return { ...valid, headers: { authorization: `Bearer ${at.saml.token}`, ...valid.headers } }
  if (!pattern.startsWith('/api/') || config.role === 'open' || valid.cookies) return valid
  if (method === 'GET' && !config.person && (config.role === 'auditor' || config.role === 'admin'))
    return { ...valid, headers: { authorization: `Bearer ${at.key}`, ...valid.headers } }
  const { cookie, csrfToken } = at.owner
  const [name = '', value = ''] = cookie.split('=')
  return { ...valid, cookies: { [name]: value }, headers: { 'x-csrf-token': csrfToken, ...valid.headers } }
}
