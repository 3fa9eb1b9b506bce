// Signing in through an OpenID provider: code flow with PKCE. What state, nonce and verifier are, the attempt's token says.
// The library checks what the standards demand; switched on here beside that: the signature of every ID token, and how
// old it may be.
import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  type IDToken,
} from 'openid-client'
import { Unauthenticated } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { isValidIdentifier } from '#protocol/oidc/identifier.ts'
import { deriveValue } from '../attempts.ts'
import { findClaim } from '../claims.ts'
import { type Freshness, pastTime } from '../freshness.ts'
import type { Assertion } from '../identity/assertion.ts'

const OLDEST_SECONDS = 300

/** Where the browser goes. */
export async function authorizationUrl(
  configuration: Configuration,
  { details }: IdentityProvider,
  token: string,
  {
    redirectUri,
    fresh,
    hint,
  }: {
    readonly redirectUri: string
    readonly fresh: Freshness | undefined
    readonly hint: string | undefined
  },
): Promise<URL> {
  return buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: (details.scopes ?? ['openid', 'profile', 'email']).join(' '),
    state: deriveValue(token, 'state'),
    nonce: deriveValue(token, 'nonce'),
    code_challenge: await calculatePKCECodeChallenge(deriveValue(token, 'code-verifier')),
    code_challenge_method: 'S256',
    // With max_age, the ID token has to say when the user signed in; with prompt alone it need not.
    ...(fresh === 'sign-in' && { prompt: 'login', max_age: '0' }),
    ...(hint !== undefined && { login_hint: hint }),
  })
}

/**
 * Takes the answer that the browser brought back, and fetches the tokens.
 * @param url as the browser asked for it, under our public URL
 * @throws {Unauthenticated} whatever is wrong with the answer or the tokens; what it was goes to the log
 */
export async function redeemAnswer(
  configuration: Configuration,
  url: URL,
  token: string,
  now: Date,
): Promise<Assertion> {
  try {
    const tokens = await authorizationCodeGrant(configuration, url, {
      expectedState: deriveValue(token, 'state'),
      expectedNonce: deriveValue(token, 'nonce'),
      pkceCodeVerifier: deriveValue(token, 'code-verifier'),
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (!claims) throw new Error('no ID token')
    const age = now.getTime() / 1_000 - claims.iat
    if (!isValidIdentifier(claims.sub)) throw new Error('sub is no identifier')
    if (Math.abs(age) > OLDEST_SECONDS) throw new Error(`the ID token was issued ${Math.round(age)} s ago`)
    requireStorableClaims(claims)
    const first = assertionOf(claims, {}, now)
    // An identity provider may keep its ID tokens small and tell the rest on request.
    const isShort = findClaim(first, 'userName') === undefined || findClaim(first, 'email') === undefined
    if (!isShort || !configuration.serverMetadata().userinfo_endpoint) return first
    const info = await fetchUserInfo(configuration, tokens.access_token, claims.sub)
    requireStorableClaims(info)
    return assertionOf(claims, info, now)
  } catch (error) {
    throw toUnauthenticated(error)
  }
}

/** How and when the user signed in is said by the ID token alone. @param info from the userinfo endpoint, about the user */
function assertionOf(claims: IDToken, info: object, now: Date): Assertion {
  const { iss, sub, amr, acr, sid, auth_time } = claims
  const all: Readonly<Record<string, unknown>> = { ...info, ...claims }
  const authenticatedAt = pastTime(auth_time === undefined ? undefined : auth_time * 1_000, now)
  return {
    issuer: iss,
    subject: sub,
    attributes: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, textsOf(value)])),
    ...(Array.isArray(amr) && { amr: textsOf(amr) }),
    ...(typeof acr === 'string' && { acr }),
    ...([false, 'false'].includes(all.email_verified as never) && { emailUnverified: true }),
    ...(authenticatedAt && { authenticatedAt }),
    ...(isValidIdentifier(sid) && { sessionIndex: sid }),
  }
}

/** JSON can write text that PostgreSQL cannot store. Leaving it out could make another claim decide who the user is. */
function requireStorableClaims(claims: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(claims)) {
    if (!textsOf(value).every(isStorable)) throw new Error('a claim contains NUL or half of a surrogate pair')
    if (name === 'sid' && value !== null && !isValidIdentifier(value)) throw new Error('sid is no identifier')
  }
}

function textsOf(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string')
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** What the identity provider itself answered may be told, by its code alone. */
function toUnauthenticated(error: unknown): Unauthenticated {
  if (error instanceof AuthorizationResponseError && error.error === 'access_denied')
    return new Unauthenticated('Your identity provider says that you were not let in', { cause: error })
  return new Unauthenticated('The answer of the identity provider was not accepted', { cause: error })
}
