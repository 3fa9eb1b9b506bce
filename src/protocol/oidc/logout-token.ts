// Reads a logout token whose signature, issuer, audience and times are verified. Pure. @see OpenID Connect Back-Channel Logout
// 1.0 §2.4, §2.6
import { isValidIdentifier } from './identifier.ts'

export interface LogoutToken {
  readonly jti: string
  /** Undefined: only the session is named. */
  readonly subject: string | undefined
  /** `sid`; undefined: all sessions of the subject. */
  readonly sessionId: string | undefined
}

/** The token isn't a valid logout token; the message is for the log. */
export class LogoutTokenError extends Error {}

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** Accepted token types. Another type means the token was made for another purpose. */
const TYPES = [undefined, 'jwt', 'logout+jwt', 'application/logout+jwt']

/** @throws {LogoutTokenError} */
export function readLogoutToken(
  type: string | undefined,
  claims: Readonly<Record<string, unknown>>,
): LogoutToken {
  const { jti, sub, sid, events, nonce } = claims
  if (!TYPES.includes(type?.toLowerCase())) throw new LogoutTokenError(`typ ${type} is another kind of token`)
  // This distinguishes it from an ID token. @see §2.4
  if (!isObject(events) || !Object.hasOwn(events, LOGOUT_EVENT) || !isObject(events[LOGOUT_EVENT]))
    throw new LogoutTokenError(`events must hold ${LOGOUT_EVENT}`)
  if (nonce !== undefined) throw new LogoutTokenError('nonce must not be present')
  if (sub === undefined && sid === undefined) throw new LogoutTokenError('sub and sid are both missing')
  return {
    jti: identifier('jti', jti),
    subject: sub === undefined ? undefined : identifier('sub', sub),
    sessionId: sid === undefined ? undefined : identifier('sid', sid),
  }
}

function identifier(name: string, value: unknown): string {
  if (!isValidIdentifier(value)) throw new LogoutTokenError(`${name} is not a valid identifier`)
  return value
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
