// Users: choosing an identity provider, the screens of a sign-in, and a user's own pages.

import { signedBy } from '../sign-in/lying-idp.ts'
import { callback, begin as goToOidc, person, signIn } from '../sign-in/lying-provider-house.ts'
import { authenticatorApp, hidden } from '../sign-in/people.ts'
import { answerTo, begin as goToSaml, partiesAt } from '../sign-in/saml-house.ts'
import { openTraveller, type Traveller } from '../sign-in/traveller.ts'
import type { Cases, Valid } from './case.ts'
import { type Fixture, lazily } from './fixture.ts'

const NOBODY = '01890000-0000-7000-8000-000000000000'
const PASSWORD = 'four words that rhyme'
/** What the guard of a form reads, and what pages read of every request. */
const GUARD = {
  origin: '',
  'sec-fetch-site': '',
  'user-agent': '',
  'accept-language': '',
  'content-type': '',
  host: '',
  'x-forwarded-for': '',
  'x-forwarded-host': '',
  'x-forwarded-proto': '',
}

export function signInCases(at: Fixture): Cases {
  const { house, api, unique, alone } = at
  const { url } = house
  const cookiesOf = (traveller: Traveller, ...kinds: string[]) =>
    Object.fromEntries(kinds.map((kind) => [`__Host-${kind}`, traveller.cookie(url, kind) ?? '']))
  const known = lazily(async () => {
    const email = 'known@a.example'
    for (const idp of [at.oidc, at.strict])
      await at.user(idp, { userName: email, emails: [{ value: email }] })
    return 'known'
  })

  /** On the way of signing in, at the screen that comes next. */
  async function arrived(idp: { readonly id: string } & Fixture['oidc'], name: string) {
    const traveller = openTraveller()
    const page = await alone(() => {
      at.provider.claims = person(name)
      return signIn(house, idp, at.provider, traveller)
    })
    return { traveller, page }
  }
  async function session(): Promise<Valid> {
    const { traveller } = await arrived(at.oidc, await known())
    return { cookies: cookiesOf(traveller, 'doorlist') }
  }
  const lastingSession = lazily(session)

  /** Somebody who has to set up a second factor. */
  const enrolling = lazily(async () => {
    const email = `${unique('enrolling')}@a.example`
    await at.user(at.strict, { userName: email, emails: [{ value: email }] })
    const { traveller } = await arrived(at.strict, email.replace('@a.example', ''))
    const page = await traveller.get(`${url}/sign-in/next?method=totp`)
    return { cookies: cookiesOf(traveller, 'doorlist-attempt'), id: hidden(page, 'id') }
  })
  /** Somebody who has an authenticator app, and a session for which they showed it. */
  const careful = lazily(async () => {
    const { traveller } = await arrived(at.strict, await known())
    const page = await traveller.get(`${url}/sign-in/next?method=totp`)
    const app = authenticatorApp(page, () => new Date())
    const form = { method: 'totp', id: hidden(page, 'id'), code: app.code(), remember: 'yes' }
    await traveller.post(`${url}/sign-in/enroll`, form)
    await traveller.get(`${url}/sign-in/next`)
    return { cookies: cookiesOf(traveller, 'doorlist') }
  })
  /** Somebody who is asked for their second factor. */
  const challenged = lazily(async () => {
    await careful()
    const { traveller } = await arrived(at.strict, await known())
    return { cookies: { ...cookiesOf(traveller, 'doorlist-attempt'), '__Host-doorlist-device': 'x' } }
  })
  const ownFactor = async (path: string, fields: Record<string, string>) => {
    const { cookies } = await careful()
    const traveller = openTraveller()
    traveller.setCookie(url, '__Host-doorlist', cookies['__Host-doorlist'] ?? '')
    const page = await traveller.get(url + path)
    return { cookies, form: { id: hidden(page, 'id'), ...fields } }
  }

  const localUser = lazily(async () => {
    const name = unique('member')
    const { id } = await api('POST', '/users', { userName: name, email: `${name}@a.example` })
    const token = await link(id)
    const answer = await openTraveller().post(`${url}/sign-in/password`, {
      token,
      password: PASSWORD,
      again: PASSWORD,
    })
    if (answer.status !== 200) throw new Error(answer.text)
    return name
  })
  async function link(id: string): Promise<string> {
    const made = await api('POST', `/users/${id}/invitation`, { mail: false })
    return new URL(made.link.url).searchParams.get('token') ?? ''
  }
  const invited = async () => {
    const { id } = await api('POST', '/users', { userName: unique('invited'), email: 'i@a.example' })
    return id as string
  }
  const lastingLink = lazily(async () => link(await invited()))
  async function localAttempt(): Promise<{ cookies: Record<string, string> }> {
    const traveller = openTraveller()
    await traveller.step('GET', `${url}/sign-in/with/${at.local.id}`)
    return { cookies: cookiesOf(traveller, 'doorlist-attempt') }
  }
  const lastingAttempt = lazily(localAttempt)
  const localSession = lazily(async () => {
    const traveller = openTraveller()
    await traveller.step('GET', `${url}/sign-in/with/${at.local.id}`)
    await traveller.post(`${url}/sign-in/local`, { name: await localUser(), password: PASSWORD })
    return { cookies: cookiesOf(traveller, 'doorlist') }
  })

  async function samlAnswer(): Promise<Valid> {
    const traveller = openTraveller()
    const id = await goToSaml(house, at.saml, traveller)
    const SAMLResponse = answerTo(house, at.saml, at.samlKey, id, { nameId: await samlUser() })
    const cookies = cookiesOf(traveller, 'doorlist-attempt')
    return { params: { idpId: at.saml.id }, cookies, form: { SAMLResponse, RelayState: 'relayed' } }
  }
  const samlUser = lazily(async () => {
    const userName = `${unique('saml')}@a.example`
    await at.user(at.saml, { userName })
    return userName
  })
  function logoutRequest(): string {
    const { logoutUrl } = partiesAt(house, at.saml)
    const xml = `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${crypto.randomUUID()}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${logoutUrl}"><saml:Issuer>https://idp.example/entity</saml:Issuer><saml:NameID>nobody@a.example</saml:NameID></samlp:LogoutRequest>`
    return Buffer.from(signedBy(xml, 'LogoutRequest', { key: at.samlKey })).toString('base64')
  }
  const claimed = lazily(async () => {
    const { idp, provider } = at.answering
    const name = unique('answered')
    await at.user(idp, { userName: `${name}@a.example` })
    provider.claims = person(name)
  })
  async function oidcAnswer(): Promise<Valid> {
    await claimed()
    const { idp, provider } = at.answering
    const traveller = openTraveller()
    const state = await goToOidc(house, idp, provider, traveller)
    const query = Object.fromEntries(new URL(callback(house, idp, provider, state)).searchParams)
    return { params: { idpId: idp.id }, cookies: cookiesOf(traveller, 'doorlist-attempt'), query }
  }
  const pageFor = (path: string): Cases => ({
    [`GET ${path}`]: { status: 200, valid: lastingSession },
  })

  return {
    ...pageFor('/'),
    ...pageFor('/profile'),
    ...pageFor('/sessions'),
    ...pageFor('/security'),
    'GET /password': { status: 200, valid: localSession },
    'POST /password': {
      status: 422, // it is the one that they have
      valid: async () => ({
        ...(await localSession()),
        form: { current: PASSWORD, password: PASSWORD, again: PASSWORD },
      }),
    },
    'POST /sign-out': { status: 200, valid: async () => ({ ...(await session()), form: {} }) },
    'POST /sessions/others/end': {
      status: 303,
      valid: async () => ({ ...(await lastingSession()), form: {} }),
    },
    'POST /sessions/:id/end': {
      status: 303,
      valid: async () => ({ ...(await lastingSession()), params: { id: NOBODY }, form: {} }),
    },
    'GET /sign-in': {
      status: 200,
      valid: () => ({ query: { tenant: at.slug, return_to: '/profile' } }),
      optional: { headers: GUARD },
    },
    'POST /sign-in/email': {
      status: 422,
      valid: () => ({ form: { tenant: at.slug, return_to: '/profile', email: 'a@nowhere.example' } }),
      optional: { headers: GUARD },
    },
    'GET /sign-in/with/:idpId': {
      status: 303,
      valid: () => ({
        params: { idpId: at.local.id },
        query: { return_to: '/profile', fresh: 'yes', hint: 'a@b.example' },
      }),
    },
    'GET /sign-in/next': {
      status: 200,
      valid: async () => ({ ...(await challenged()), query: { method: 'email', sent: 'yes' } }),
    },
    'GET /sign-in/passkey.js': { status: 200, valid: () => ({}) },
    'POST /sign-in/enroll': {
      status: 422,
      valid: async () => {
        const { cookies, id } = await enrolling()
        const form = { method: 'totp', id, code: '000000', remember: 'yes' }
        return { cookies, form }
      },
      optional: { form: { credential: '' } },
    },
    'POST /sign-in/challenge': {
      status: 401,
      valid: async () => ({
        ...(await challenged()),
        form: { method: 'totp', code: '000000', remember: 'yes' },
      }),
      optional: { form: { id: '', credential: '' } },
    },
    'POST /sign-in/code': {
      status: 303,
      valid: async () => ({
        cookies: (await enrolling()).cookies,
        form: { method: 'phone', number: '+81 90 1234 5678' },
        query: { method: 'phone', sent: 'yes' }, // of the page that the form was on
      }),
    },
    'POST /sign-in/personal-desktop': {
      status: 303,
      valid: async () => {
        const name = unique('desktop') // who has told a name once is not asked again
        await at.user(at.desktop, { userName: `${name}@a.example` })
        const { traveller } = await arrived(at.desktop, name)
        return { cookies: cookiesOf(traveller, 'doorlist-attempt'), form: { name: 'PC-1' } }
      },
    },
    'GET /sign-in/local': {
      status: 200,
      valid: async () => ({ ...(await lastingAttempt()), query: { hint: 'a@b.example' } }),
    },
    'POST /sign-in/local': {
      status: 303,
      valid: async () => ({
        ...(await localAttempt()),
        form: { name: await localUser(), password: PASSWORD },
      }),
      optional: { cookies: { '__Host-doorlist-browser': '' } },
    },
    'GET /sign-in/forgotten': { status: 200, valid: () => ({ query: { idp: at.local.id } }) },
    'POST /sign-in/forgotten': {
      status: 200,
      valid: async () => ({ form: { idp: at.local.id, name: await localUser() } }),
    },
    'GET /sign-in/password': {
      status: 200,
      valid: async () => ({ query: { token: await lastingLink() } }),
    },
    'POST /sign-in/password': {
      status: 200,
      valid: async () => ({
        form: { token: await link(await invited()), password: PASSWORD, again: PASSWORD },
      }),
    },
    'GET /security/totp': { status: 200, valid: careful },
    'POST /security/totp': { status: 422, valid: () => ownFactor('/security/totp', { code: '000000' }) },
    'GET /security/passkey': { status: 200, valid: careful },
    'POST /security/passkey': {
      status: 422,
      valid: () => ownFactor('/security/passkey', { credential: '{"id":"x"}', name: 'Key' }),
    },
    'GET /security/remove': {
      status: 200,
      valid: async () => ({ ...(await careful()), query: { factor: 'totp' } }),
    },
    'POST /security/remove': {
      status: 404,
      valid: async () => ({ ...(await careful()), form: { factor: NOBODY } }),
    },
    'GET /security/recovery-codes': { status: 200, valid: careful },
    'POST /security/recovery-codes': {
      status: 200,
      valid: async () => ({ ...(await careful()), form: {} }),
    },
    'GET /logo/:tenantId/:hash': {
      status: 404,
      valid: () => ({ params: { tenantId: at.tenantId, hash: 'a'.repeat(64) } }),
    },
    'GET /oidc/:idpId/callback': { status: 303, valid: oidcAnswer },
    'POST /oidc/:idpId/backchannel-logout': {
      status: 200,
      format: 'oauth',
      valid: () => ({
        params: { idpId: at.oidc.id },
        form: { logout_token: at.provider.logoutToken({ sub: 'sub-nobody' }) },
      }),
    },
    'GET /saml/:idpId/metadata': { status: 200, valid: () => ({ params: { idpId: at.saml.id } }) },
    'POST /saml/:idpId/acs': { status: 303, valid: samlAnswer },
    'GET /saml/:idpId/logout': {
      status: 200,
      valid: () => ({ params: { idpId: at.saml.id }, query: { SAMLResponse: 'x', RelayState: 'relayed' } }),
      optional: { query: { SAMLRequest: '', SigAlg: '', Signature: '' } },
    },
    'POST /saml/:idpId/logout': {
      status: 303,
      valid: () => ({
        params: { idpId: at.saml.id },
        form: { SAMLRequest: logoutRequest(), RelayState: 'relayed' },
      }),
      optional: { form: { SAMLResponse: '' } },
    },
  }
}
