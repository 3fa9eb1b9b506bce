// Administrators, their accounts, sessions and keys.
import { authenticator } from '../authenticator.ts'
import { callApi, PASSWORD } from '../portal-client.ts'
import type { Cases, Valid } from './case.ts'
import { type Fixture, lazily } from './fixture.ts'

const NOBODY = '01890000-0000-7000-8000-000000000000'
/** What the guard reads of every request. */
const GUARD = {
  authorization: '',
  origin: '',
  'sec-fetch-site': '',
  'user-agent': '',
  'accept-language': '',
  'content-type': '',
  'x-forwarded-for': '',
  'x-forwarded-host': '',
  'x-forwarded-proto': '',
  host: '',
}

export function accountCases(at: Fixture): Cases {
  const { house, api, owner, unique } = at
  const { origin } = new URL(house.url)
  const session = (who: () => Promise<{ readonly email: string }>) =>
    lazily(async () => at.session(await who()))
  const someone = lazily(() => at.administrator())
  const lasting = lazily(() => at.administrator())
  const sessions = {
    someone: session(someone),
    other: session(() => at.administrator()),
  }

  const person = async (valid: Valid = {}, own = sessions.someone): Promise<Valid> => ({
    ...valid,
    ...(await own()),
  })

  async function ask(path: string, { cookies = {}, headers }: Valid, body?: unknown) {
    const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`)
    const answer = await callApi(house.url, 'POST', path, body, { ...headers, cookie: cookie.join('; ') })
    if (answer.status >= 400) throw new Error(`${path}: ${answer.text}`)
    return answer.json
  }

  /** Somebody with a passkey, and that passkey. */
  const keyHolder = lazily(async () => {
    const who = await at.administrator()
    const own = await at.session(who)
    const device = authenticator(origin)
    const { enrolmentId, options } = await ask('/me/passkeys', own)
    await ask('/me/factors', own, { enrolmentId, credential: device.create(options) })
    return { who, device, own }
  })
  const holderSession = async () => (await keyHolder()).own
  let attempt: Valid | undefined
  /** Signing in, and the password was right; until it has come to its end. */
  const pending = async (): Promise<Valid> => {
    const isOpen = attempt && (await ask('/session/factor/passkey', attempt).catch(() => undefined))
    if (!attempt || !isOpen) attempt = { cookies: (await at.session((await keyHolder()).who)).cookies ?? {} }
    return attempt
  }
  const byPasskey = async (path: string, session: Valid) => {
    const { device } = await keyHolder()
    const { ceremonyId, options } = await ask(path, session)
    return { ...session, json: { ceremonyId, credential: device.get(options) } }
  }

  const invitation = async () => {
    const email = `${unique('invited')}@a.example`
    const { invitation } = await api('POST', '/invitations', { email, role: 'auditor' })
    const token = /invitation\/([\w-]+)|\/([\w-]{40,})/.exec(at.mailTo(email))
    return { id: invitation.id as string, token: token?.[1] ?? token?.[2] ?? '' }
  }
  const lastingLink = lazily(invitation)
  let own: Valid | undefined
  /** Somebody who begins to make a passkey, and has none: another administrator, when one was made. */
  const withoutFactor = async () => {
    const begin = async () => own && (await ask('/me/passkeys', own).catch(() => undefined))
    const begun = await begin()
    if (own && begun?.options.excludeCredentials.length === 0) return { own, ...begun }
    own = await at.session(await at.administrator())
    return { own, ...(await begin()) }
  }
  let kept: Valid | undefined
  /** Somebody whose password is the usual one: another administrator, when a password was accepted. */
  const withPassword = async () => {
    const isOpen = kept && (await ask('/me/recovery-codes', kept).catch(() => undefined))
    if (!kept || !isOpen) kept = await at.session(await at.administrator())
    return kept
  }
  const newcomer = { email: 'a@b.example', name: 'A' }

  return {
    'GET /api/v1/openapi.json': { status: 200, valid: () => ({}) },
    'GET /api/v1/session/means': { status: 200, valid: () => ({}) },
    'POST /api/v1/session': {
      status: 200,
      valid: () => ({ json: { email: owner.email, password: PASSWORD, organisation: at.slug } }),
      optional: { cookies: { '__Host-doorlist-browser': '' } },
    },
    'POST /api/v1/session/factor': {
      status: 200,
      valid: async () => byPasskey('/session/factor/passkey', await pending()),
    },
    'POST /api/v1/session/factor/passkey': { status: 200, valid: pending },
    'POST /api/v1/session/passkey/question': { status: 200, valid: () => ({}) },
    'POST /api/v1/session/passkey': { status: 200, valid: () => byPasskey('/session/passkey/question', {}) },
    'DELETE /api/v1/session': { status: 204, valid: async () => at.session(await someone()) },
    'GET /api/v1/me': { status: 200, valid: () => person(), optional: { headers: GUARD } },
    'PATCH /api/v1/me': {
      status: 204,
      valid: () => person({ json: { name: 'Me' } }),
      optional: { headers: GUARD },
    },
    'GET /api/v1/session/proof': { status: 200, valid: () => ({}) },
    'POST /api/v1/session/proof': {
      status: 422, // a right one would renew the session
      valid: () => person({ json: { password: 'not the right one' } }),
    },
    'POST /api/v1/session/proof/passkey': {
      status: 200,
      valid: () => person({}, holderSession),
    },
    'GET /api/v1/sessions': { status: 200, valid: () => ({}) },
    'DELETE /api/v1/sessions': { status: 200, valid: () => person({}, sessions.other) },
    'DELETE /api/v1/sessions/:id': { status: 404, valid: () => person({ params: { id: NOBODY } }) },
    'PUT /api/v1/me/password': {
      status: 422, // it is the one that they have: so nothing changes, and each request is read to its end
      valid: async () => ({ ...(await withPassword()), json: { current: PASSWORD, password: PASSWORD } }),
    },
    'GET /api/v1/me/factors': { status: 200, valid: () => ({}) },
    'POST /api/v1/me/factors': {
      status: 201,
      valid: async () => {
        const { own, enrolmentId, options } = await withoutFactor()
        const credential = authenticator(origin).create(options)
        return { ...own, json: { enrolmentId, credential, name: 'Key' } }
      },
    },
    'POST /api/v1/me/totp': { status: 200, valid: () => person() },
    'DELETE /api/v1/me/totp': { status: 404, valid: () => person() },
    'POST /api/v1/me/passkeys': { status: 200, valid: () => person() },
    'DELETE /api/v1/me/passkeys/:id': { status: 404, valid: () => person({ params: { id: NOBODY } }) },
    'POST /api/v1/me/recovery-codes': { status: 201, valid: () => person() },
    'GET /api/v1/links/:token': {
      status: 200,
      valid: async () => ({ params: { token: (await lastingLink()).token } }),
    },
    'POST /api/v1/links/:token': {
      status: 200,
      valid: async () => {
        const { token } = await invitation()
        return { params: { token }, json: { name: 'New', password: PASSWORD } }
      },
    },
    'POST /api/v1/links/:token/totp': {
      status: 200,
      valid: async () => ({ params: { token: (await lastingLink()).token }, json: newcomer }),
    },
    'POST /api/v1/links/:token/passkey': {
      status: 200,
      valid: async () => ({ params: { token: (await lastingLink()).token }, json: newcomer }),
    },
    'POST /api/v1/password/forgotten': { status: 202, valid: () => ({ json: { email: owner.email } }) },
    'GET /api/v1/administrators': { status: 200, valid: () => ({}) },
    'PATCH /api/v1/administrators/:id': {
      status: 200,
      valid: async () => ({
        params: { id: (await lasting()).id },
        json: { name: 'Changed', role: 'owner', disabled: false },
      }),
    },
    'DELETE /api/v1/administrators/:id': {
      status: 204,
      valid: async () => ({ params: { id: (await at.administrator()).id } }),
    },
    'POST /api/v1/administrators/:id/reset-factors': {
      status: 200,
      valid: async () => ({ params: { id: (await lasting()).id } }),
    },
    'POST /api/v1/administrators/:id/password-link': {
      status: 201,
      valid: async () => ({ params: { id: (await lasting()).id } }),
    },
    'GET /api/v1/invitations': { status: 200, valid: () => ({}) },
    'POST /api/v1/invitations': {
      status: 201,
      valid: () => ({ json: { email: `${unique('invited')}@a.example`, role: 'auditor' } }),
    },
    'POST /api/v1/invitations/:id/renew': {
      status: 200,
      valid: async () => ({ params: { id: (await invitation()).id } }),
    },
    'DELETE /api/v1/invitations/:id': {
      status: 204,
      valid: async () => ({ params: { id: (await invitation()).id } }),
    },
    'GET /api/v1/api-keys': { status: 200, valid: () => ({}) },
    'POST /api/v1/api-keys': {
      status: 201,
      valid: () => ({ json: { name: unique('key'), role: 'auditor', expiresInDays: 7 } }),
    },
    'DELETE /api/v1/api-keys/:id': {
      status: 204,
      valid: async () => {
        const { apiKey } = await api('POST', '/api-keys', { name: unique('key'), role: 'auditor' })
        return { params: { id: apiKey.id } }
      },
    },
  }
}
