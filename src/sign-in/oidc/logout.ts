// Logout by an OpenID provider: out of band it may end sessions here, by a token that it has signed; along with the
// browser we lead to where it ends its own.
import { errors, jwtVerify } from 'jose'
import { buildEndSessionUrl, type Configuration } from 'openid-client'
import { Unauthenticated, Unavailable } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Database } from '#platform/database/database.ts'
import { type LogoutToken, LogoutTokenError, readLogoutToken } from '#protocol/oidc/logout-token.ts'
import { consumeMessage } from '../provider-answer.ts'
import { endSessionsNamed, type SessionHolder } from '../sessions/sessions.ts'
import type { OidcConfigurations, OidcKeys } from './configurations.ts'

/** As old as an ID token may be; clocks differ. */
const OLDEST_SECONDS = 300
const SKEW_SECONDS = 60

/**
 * Ends what a logout token asks for: one session, or all of a subject, on every process.
 * @returns whose sessions ended; nobody's is no error
 * @throws {Unauthenticated} whatever is wrong with the token, which is the cause; or it was used
 * @throws {Unavailable} the identity provider does not tell its keys
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
  // Longer ago than this it is refused for its age.
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
  // The key set could not be had; the same token may be good in a moment.
  const isAway = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid
  const isWrong =
    error instanceof LogoutTokenError || (error instanceof errors.JOSEError && !isGeneric(error))
  if (isWrong && !isAway) return new Unauthenticated('The logout token was not accepted', { cause: error })
  return new Unavailable('The keys of the identity provider cannot be had now', { cause: error })
}

/** Thrown by the library for a key set that answers with an error. */
function isGeneric({ code }: errors.JOSEError): boolean {
  return code === 'ERR_JOSE_GENERIC'
}

/** Where signing out goes on at the identity provider; undefined when it has no such place. */
export function endSessionUrl(configuration: Configuration, postLogoutRedirectUri: string): URL | undefined {
  if (!configuration.serverMetadata().end_session_endpoint) return undefined
  return buildEndSessionUrl(configuration, { post_logout_redirect_uri: postLogoutRedirectUri })
}
