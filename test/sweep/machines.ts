// What proxies, clients of OAuth and operators ask.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { assertionOf, jwks, newSigningKey } from '../oauth/assertion.ts'
import { person, signIn } from '../sign-in/lying-provider-house.ts'
import { openTraveller } from '../sign-in/traveller.ts'
import type { Cases, Valid } from './case.ts'
import { type Fixture, lazily } from './fixture.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ORIGIN = 'https://wiki.example'
const FORWARDED = {
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'wiki.example',
  'x-forwarded-uri': '/page?a=b',
  'x-forwarded-method': 'GET',
  accept: 'text/html',
}

export function machineCases(at: Fixture): Cases {
  const { house, api, unique } = at
  const { url } = house

  const signedIn = lazily(async () => {
    await api('POST', '/applications', { name: 'Wiki', origin: ORIGIN, forEverybody: true })
    const name = unique('visitor')
    await at.user(at.oidc, { userName: `${name}@a.example` })
    const traveller = openTraveller()
    await at.alone(() => {
      at.provider.claims = person(name)
      return signIn(house, at.oidc, at.provider, traveller)
    })
    return traveller
  })
  const app = `__Host-doorlist-app-${at.slug}`
  const entry = `__Host-doorlist-entering-${at.slug}`
  const setCookie = (name: string, { headers }: { headers: Readonly<Record<string, string>> }) =>
    new RegExp(`${name}=([^;]+)`).exec(headers['set-cookie'] ?? '')?.[1] ?? ''
  /** At the application's host, on the way in: where the browser was sent, and the cookie it got there. */
  async function started(): Promise<{ query: Record<string, string>; secret: string }> {
    const answer = await house.raw({ method: 'GET', path: '/.doorlist/start?to=/page', headers: FORWARDED })
    const query = Object.fromEntries(new URL(answer.headers.location ?? '').searchParams)
    return { query, secret: setCookie(entry, answer) }
  }
  async function entering(): Promise<Valid> {
    const traveller = await signedIn()
    const { query, secret } = await started()
    const sent = await traveller.step('GET', `${url}/sign-in/application?${new URLSearchParams(query)}`)
    return {
      query: Object.fromEntries(new URL(sent.headers.location ?? '').searchParams),
      headers: FORWARDED,
      cookies: { [entry]: secret },
    }
  }
  const inside = lazily(async (): Promise<Valid> => {
    const { query = {}, cookies = {} } = await entering()
    const answer = await house.raw({
      method: 'GET',
      path: `/.doorlist/enter?${new URLSearchParams(query as Record<string, string>)}`,
      headers: { ...FORWARDED, cookie: `${entry}=${cookies[entry]}` },
    })
    return { headers: FORWARDED, cookies: { [app]: setCookie(app, answer) } }
  })

  const key = newSigningKey('ES256')
  const registered = lazily(() =>
    api('POST', `/identity-providers/${at.saml.id}/client-keys`, { jwks: jwks(key) }),
  )
  const bySecret = { grant_type: 'client_credentials', scope: 'scim' }
  const refused = (): Valid => ({ form: bySecret })

  /** The gateway's routes, with the tenant in the address and, where there is one tenant alone, without it. */
  const atGateway = (prefix: string, params: Record<string, string>): Cases => ({
    [`GET ${prefix === '' ? '/gateway' : prefix}/verify`]: {
      status: 200,
      valid: async () => ({ ...(await inside()), params, query: { redirect: 'no', told: 'yes' } }),
      optional: { headers: { 'accept-language': '', 'user-agent': '', host: '' } },
    },
    [`GET ${prefix}/.doorlist/start`]: {
      status: 302,
      valid: () => ({ params, headers: FORWARDED, query: { to: '/page' } }),
    },
    [`GET ${prefix}/.doorlist/enter`]: {
      status: 303,
      valid: async () => ({ ...(await entering()), params }),
    },
    [`GET ${prefix}/.doorlist/leave`]: {
      status: 303,
      valid: () => ({ params, headers: FORWARDED, cookies: { [app]: 'x' } }),
    },
  })

  return {
    ...atGateway('', {}),
    ...atGateway('/gateway/:tenant', { tenant: at.slug }),
    'GET /gateway/:tenant/jwks.json': { status: 200, valid: () => ({ params: { tenant: at.slug } }) },
    'GET /sign-in/application': {
      status: 303,
      valid: async () => {
        const traveller = await signedIn()
        const cookies = { '__Host-doorlist': traveller.cookie(url, 'doorlist') ?? '' }
        return { query: (await started()).query, cookies }
      },
    },
    'POST /oauth/token': [
      {
        status: 200,
        valid: () => ({ form: { ...bySecret, client_id: at.saml.key, client_secret: at.saml.secret } }),
        optional: { headers: { 'content-type': '' } },
      },
      {
        status: 200,
        valid: () => ({
          form: bySecret,
          headers: {
            authorization: `Basic ${Buffer.from(`${at.saml.key}:${at.saml.secret}`).toString('base64')}`,
          },
        }),
      },
      {
        status: 200,
        valid: async () => {
          await registered()
          const assertion = assertionOf(key, at.saml.id, house.url.replace('localhost', '127.0.0.1'))
          return {
            form: {
              ...bySecret,
              client_id: at.saml.id,
              client_assertion_type: JWT_BEARER,
              client_assertion: assertion,
            },
          }
        },
      },
      {
        status: 200,
        valid: () => ({ json: { ...bySecret, client_id: at.saml.key, client_secret: at.saml.secret } }),
      },
    ],
    'GET /oauth/token': { status: 405, valid: () => ({}) },
    'PUT /oauth/token': { status: 405, valid: refused },
    'PATCH /oauth/token': { status: 405, valid: refused },
    'DELETE /oauth/token': { status: 405, valid: refused },
    'GET /.well-known/oauth-authorization-server': { status: 200, valid: () => ({}) },
    'GET /healthz': { status: 200, valid: () => ({}) },
    'GET /readyz': { status: 200, valid: () => ({}), optional: { headers: { authorization: '', host: '' } } },
    'GET /admin': { status: 200, valid: () => ({}) },
    'GET /admin/*': { status: 200, valid: () => ({ params: { '*': 'users' } }) },
    ...builtPages(),
  }
}

/** Files of the portal's pages; there are none until these were built. */
function builtPages(): Cases {
  const assets = join(import.meta.dirname, '../../dist/web/assets')
  if (!existsSync(assets)) return {}
  const [file = ''] = readdirSync(assets)
  return {
    'GET /admin/assets/*': { status: 200, valid: () => ({ params: { '*': file } }) },
    'GET /admin/icon.svg': { status: 200, valid: () => ({}) },
  }
}
