// Logout with an OpenID provider: its signed logout tokens end sessions here, and our sign-out sends the browser to its
// end-session address.
import { errors, jwtVerify } from 'jose'
import { buildEndSessionUrl, type Configuration } from 'openid-client'
import { Unauthenticated, Unavailable } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Database } from '#platform/database/database.ts'
import { type LogoutToken, LogoutTokenError, readLogoutToken } from '#protocol/oidc/logout-token.ts'
import { consumeMessage } from '../provider-answer.ts'
import { endSessionsNamed, type SessionHolder } from '../sessions/sessions.ts'
import type { OidcConfigurations, OidcKeys } from './configurations.ts'

/** The most that a token may be old. */
const OLDEST_SECONDS = 300
const SKEW_SECONDS = 60

/**
 * Ends the session, or all sessions of the user, that a logout token names.
 * @returns the users whose sessions ended; none is no error
 * @throws {Unauthenticated} the token is invalid (the cause says why), or was used
 * @throws {Unavailable} the identity provider's keys can't be fetched
 * @see OpenID Connect Back-Channel Logout 1.0 §2.6, §2.7
 */
export async function receiveLogoutToken(
  db: Database,
  configurations: OidcConfigurations,
  provider: IdentityProvider,
  text: string,
  now: Date,
): Promise<SessionHolder[]> {
  const { jti, subject, sessionId } = await verifyLogoutToken(
    await configurations.keysOf(provider),
    text,
    now,
  )
  // After this, the token is refused for its age.
  const expiresAt = new Date(now.getTime() + (OLDEST_SECONDS + 2 * SKEW_SECONDS) * 1_000)
  return db.transaction({ tenantId: provider.tenantId }, async (tx) => {
    await consumeMessage(tx, provider.id, { id: `logout ${jti}`, expiresAt })
    const sessionIndexes = sessionId === undefined ? [] : [sessionId]
    return endSessionsNamed(tx, provider.id, { subject, sessionIndexes })
  })
}

async function verifyLogoutToken(
  { key, issuer, clientId, algorithms }: OidcKeys,
  text: string,
  now: Date,
): Promise<LogoutToken> {
  try {
    const { payload, protectedHeader } = await jwtVerify(text, key, {
      issuer,
      audience: clientId,
      algorithms: [...algorithms],
      requiredClaims: ['exp', 'iat', 'jti'],
      maxTokenAge: OLDEST_SECONDS,
      clockTolerance: SKEW_SECONDS,
      currentDate: now,
    })
    return readLogoutToken(protectedHeader.typ, payload)
  } catch (error) {
    throw toRefusal(error)
  }
}

function toRefusal(error: unknown): Error {
  // The key set couldn't be fetched; the same token may be valid in a moment.
  const isAway = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid
  const isWrong =
    error instanceof LogoutTokenError || (error instanceof errors.JOSEError && !isGeneric(error))
  if (isWrong && !isAway) return new Unauthenticated('The logout token was not accepted', { cause: error })
  return new Unavailable('The keys of the identity provider cannot be had now', { cause: error })
}

/** The library's error for a key set that answers with an error status. */
function isGeneric({ code }: errors.JOSEError): boolean {
  return code === 'ERR_JOSE_GENERIC'
}

/** Returns where the browser ends its session at the provider; undefined: it has no such address. */
export function endSessionUrl(configuration: Configuration, postLogoutRedirectUri: string): URL | undefined {
  if (!configuration.serverMetadata().end_session_endpoint) return undefined
  return buildEndSessionUrl(configuration, { post_logout_redirect_uri: postLogoutRedirectUri })
}
