// An OpenID provider that lies when it is told to: one that signs people in by code, as little as it needs.
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export function signingKey(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) }
}

type Claims = Readonly<Record<string, unknown>>

/** How a token is said; an honest one otherwise. */
export interface Saying {
  readonly alg?: 'RS256' | 'HS256' | 'none'
  readonly key?: SigningKey
  readonly header?: Claims
  /** Does something to the finished token. */
  readonly edit?: (token: string) => string
}

export interface LyingProvider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Whose tokens are honest; published as `published` says. */
  key: SigningKey
  published: SigningKey[]
  /** Claims of the next ID tokens beside (or, where named again, in place of) the honest ones; undefined takes one away. */
  claims: Claims
  /** Claims of the ID token that a code is exchanged for, where several people sign in at the same moment. */
  claimsByCode: Map<string, Claims>
  saying: Saying
  /** Of the token endpoint. */
  tokenAnswer: (answer: Claims) => { readonly status: number; readonly body: unknown }
  userInfo: Claims | undefined
  /** What the browser was sent with last, for the ID token. */
  nonce: string
  /** How often its key set was asked for. */
  readonly keySetAsked: () => number
  logoutToken(claims: Claims, saying?: Saying): string
  close(): Promise<void>
}

const CLIENT = { id: 'doorlist', secret: 'the-secret-of-a-client-in-a-test' }
const now = () => Math.floor(Date.now() / 1_000)

export async function openLyingProvider(metadata: Claims = {}): Promise<LyingProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const key = signingKey('one')
  let keySetAsked = 0
  const provider: LyingProvider = {
    issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    key,
    published: [key],
    claims: {},
    claimsByCode: new Map(),
    saying: {},
    tokenAnswer: (body) => ({ status: 200, body }),
    userInfo: undefined,
    nonce: '',
    keySetAsked: () => keySetAsked,
    logoutToken(claims, saying = {}) {
      const honest = {
        iss: issuer,
        aud: CLIENT.id,
        iat: now(),
        exp: now() + 120,
        jti: randomUUID(),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      }
      const header = { typ: 'logout+jwt', ...saying.header }
      return said({ ...honest, ...claims }, { key: provider.key, ...saying, header })
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  function answer(path: string, code: string): { status: number; body: unknown } {
    if (path === '/.well-known/openid-configuration') {
      const honest = {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/me`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        id_token_signing_alg_values_supported: ['RS256'],
        authorization_response_iss_parameter_supported: true,
      }
      return { status: 200, body: { ...honest, ...metadata } }
    }
    if (path === '/jwks') {
      keySetAsked += 1
      const keys = provider.published.map(({ kid, publicKey }) => ({
        ...publicKey.export({ format: 'jwk' }),
        kid,
        use: 'sig',
        alg: 'RS256',
      }))
      return { status: 200, body: { keys } }
    }
    if (path === '/me') return { status: provider.userInfo ? 200 : 404, body: provider.userInfo ?? {} }
    if (path !== '/token') return { status: 404, body: {} }
    const honest = { iss: issuer, aud: CLIENT.id, iat: now(), exp: now() + 120, nonce: provider.nonce }
    const claims = provider.claimsByCode.get(code) ?? provider.claims
    const idToken = said({ ...honest, ...claims }, { key: provider.key, ...provider.saying })
    const tokens = { access_token: 'access', token_type: 'Bearer', expires_in: 60, id_token: idToken }
    return provider.tokenAnswer(tokens)
  }

  server.on('request', async (request, response) => {
    const code = new URLSearchParams(await text(request)).get('code') ?? ''
    const { status, body } = answer(new URL(request.url ?? '/', issuer).pathname, code)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  return provider
}

function said(claims: Claims, { alg = 'RS256', key, header, edit = (token) => token }: Saying): string {
  if (!key) throw new Error('no key to sign with')
  const head = { alg, kid: key.kid, ...header }
  const text = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return edit(`${text}.${signatureOf(alg, key, text)}`)
}

function signatureOf(alg: NonNullable<Saying['alg']>, key: SigningKey, text: string): string {
  if (alg === 'none') return ''
  // By what everybody can read: the client's secret is not needed to say it.
  if (alg === 'HS256') {
    const pem = key.publicKey.export({ type: 'spki', format: 'pem' })
    return createHmac('sha256', pem).update(text).digest('base64url')
  }
  return sign('sha256', Buffer.from(text), key.privateKey).toString('base64url')
}
