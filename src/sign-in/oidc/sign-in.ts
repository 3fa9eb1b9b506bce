// Signing in through an OpenID provider: authorization code flow with PKCE. Start here; configurations.ts fetches the
// provider's metadata. State, nonce and code verifier are derived from the attempt's token. Beyond the library's checks, every
// ID token's signature is verified and its age limited.
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

/** Returns the authorization request for the browser. @see OpenID Connect Core 1.0 §3.1.2.1 */
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
    // max_age makes auth_time mandatory in the ID token; prompt alone doesn't.
    ...(fresh === 'sign-in' && { prompt: 'login', max_age: '0' }),
    ...(hint !== undefined && { login_hint: hint }),
  })
}

/**
 * Redeems the authorization code and verifies the ID token.
 * @param url as the browser requested it, under our public URL
 * @throws {Unauthenticated} the answer or a token is invalid; the cause is for the log
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
    if (!isValidIdentifier(claims.sub)) throw new Error('sub is not a valid identifier')
    if (Math.abs(age) > OLDEST_SECONDS) throw new Error(`the ID token was issued ${Math.round(age)} s ago`)
    requireStorableClaims(claims)
    const first = assertionOf(claims, {}, now)
    // A provider may keep its ID tokens small and return the rest from its userinfo endpoint.
    const isShort = findClaim(first, 'userName') === undefined || findClaim(first, 'email') === undefined
    if (!isShort || !configuration.serverMetadata().userinfo_endpoint) return first
    const info = await fetchUserInfo(configuration, tokens.access_token, claims.sub)
    requireStorableClaims(info)
    return assertionOf(claims, info, now)
  } catch (error) {
    throw toUnauthenticated(error)
  }
}

/** How and when the user signed in is taken from the ID token only. @param info claims from the userinfo endpoint */
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

/** Refuses text that PostgreSQL can't store. Dropping such a claim could let another claim decide who the user is. */
function requireStorableClaims(claims: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(claims)) {
    if (!textsOf(value).every(isStorable)) throw new Error('a claim contains NUL or half of a surrogate pair')
    if (name === 'sid' && value !== null && !isValidIdentifier(value))
      throw new Error('sid is not a valid identifier')
  }
}

function textsOf(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string')
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** A refusal by the provider itself gets its own message. */
function toUnauthenticated(error: unknown): Unauthenticated {
  if (error instanceof AuthorizationResponseError && error.error === 'access_denied')
    return new Unauthenticated('Your identity provider refused the sign-in.', { cause: error })
  return new Unauthenticated('The response from your identity provider was not accepted.', { cause: error })
}
